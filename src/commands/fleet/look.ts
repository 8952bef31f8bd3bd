/** `kcfg fleet status|doctor|verify -i INVENTORY`: every node asked at once, a row each, what is wrong first. Changes nothing. */
import type { Context } from '../../cli/context.ts';
import { EXIT, type ExitStatus } from '../../errors.ts';
import { askPlays } from '../../fleet/plays.ts';
import { NO_KCFG } from '../../fleet/fleet-plan.ts';
import { ask } from '../../fleet/run-plays.ts';
import { type FleetLook, nodeStanding } from '../../fleet/standing.ts';
import { installLine, standingTable } from '../../report/fleet.ts';
import { count } from '../../report/format.ts';
import { nodesOf } from './target.ts';

const VERDICT: Record<FleetLook, [good: string, bad: string]> = { status: ['healthy', 'to look at'], doctor: ['with nothing wrong', 'broken, or about to be'], verify: ['as they have to be', 'not as they have to be'] };

export const look = (what: FleetLook) => async ({ host, request, out, version }: Context): Promise<ExitStatus> => {
  const target = await nodesOf(host, request, `kcfg fleet ${what} -i INVENTORY`);
  const began = host.clock.seconds();
  const answers = await ask(host, target, askPlays({ looks: what === 'status' ? [] : [what] }));
  const nodes = [...answers].map(([name, answer]) => nodeStanding(name, answer, what));
  const bad = nodes.filter(({ ok }) => !ok);
  await out.document({ ok: bad.length === 0, nodes });
  const [good, wrong] = VERDICT[what];
  out.lines(out.style.strong(`${count(nodes.length, 'node')} asked in ${(host.clock.seconds() - began).toFixed(1)} s: ${bad.length === 0 ? `all ${good}` : `${bad.length} ${wrong}`}.`));
  if (!out.quiet) out.lines(...standingTable([...bad, ...nodes.filter(({ ok }) => ok)], out.style, out.columns));
  if ([...answers.values()].some(({ result }) => result.code === NO_KCFG)) out.lines(out.style.strong('Next'), installLine(out.style, version, target.inventories));
  return bad.length === 0 ? EXIT.done : EXIT.found;
};
