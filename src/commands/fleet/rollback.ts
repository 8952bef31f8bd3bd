/** `kcfg fleet rollback FILE`: nodes that a plan changed go back, the last one first; control planes one at a time. */
import type { Context } from '../../cli/context.ts';
import { EXIT, type ExitStatus } from '../../errors.ts';
import type { StatusDocument } from '../../fleet/documents.ts';
import { changesOfPlan, IN_FORCE } from '../../fleet/change-of-plan.ts';
import type { Answer, FleetNode } from '../../fleet/fleet-plan.ts';
import { inOrder, stages } from '../../fleet/order.ts';
import { askPlays, rollbackPlays } from '../../fleet/plays.ts';
import { ask } from '../../fleet/run-plays.ts';
import { names, planTable } from '../../report/fleet.ts';
import { count } from '../../report/format.ts';
import { agreed, carryOut, exitOf, paceOf, refuseBrokenEtcd } from './carry-out.ts';
import { readPlan } from './target.ts';

export async function run(context: Context, words: readonly string[]): Promise<ExitStatus> {
  const { host, out } = context;
  const { file, plan } = await readPlan(host, words);
  const answers = await ask(host, plan.target, askPlays({ looks: ['history'] }));
  const changes = changesOfPlan(answers, plan.id, IN_FORCE);
  const nodes = inOrder([...answers].map(([name, answer]) => fleetNode(name, answer, changes.get(name))));
  const going = nodes.filter(({ verdict }) => verdict === 'change');
  if (going.length === 0) {
    await out.document({ result: 'unchanged', nodes });
    out.lines('Nothing to go back from: no node has a change of this plan.');
    return EXIT.done;
  }
  refuseBrokenEtcd(answers, going);
  if (!out.quiet) out.lines(...planTable(going, out.style, out.columns));
  const pace = paceOf(context);
  if (!(await agreed(context, `Go back on ${count(going.length, 'node')}?`))) return EXIT.failed;
  const back = stages(nodes).reverse();
  const ended = await carryOut(context, plan.target, back.flatMap((stage) => stage.nodes), rollbackPlays(back, changes, pace));
  const whole = going.every(({ name }) => ended.get(name)?.ok);
  await out.document({ result: whole ? 'done' : 'stopped', plan: plan.id, nodes: going.map(({ name, role }) => ({ name, role, ...(ended.get(name) ?? {}) })) });
  const left = going.map(({ name }) => name).filter((name) => ended.get(name)?.ok !== true);
  out.lines('', out.style.strong(whole ? `Done: ${count(going.length, 'node')} as before.` : `Stopped. Not back yet: ${names(left)}.`));
  if (!whole) out.lines(out.style.strong('Next'), `  ${out.style.typed(`kcfg fleet rollback ${file}`)}   goes on with what is left`);
  return exitOf(ended, whole);
}

function fleetNode(name: string, { result }: Answer, id: string | undefined): FleetNode {
  const { role, kubelet } = (result.status ?? {}) as StatusDocument;
  return { name, verdict: id === undefined ? 'there' : 'change', what: id === undefined ? 'no change of this plan' : `goes back from change ${id}`, ...(role === undefined ? {} : { role }), ...(kubelet?.version === undefined ? {} : { kubelet: kubelet.version }) };
}
