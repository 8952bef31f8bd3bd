/** `kcfg fleet plan set FIELD=VALUE -i INVENTORY`: every node is asked at once what the change would do there. Changes nothing. */
import { randomBytes } from 'node:crypto';
import { readAssignments } from '../../cli/assignments.ts';
import type { Context } from '../../cli/context.ts';
import { reasonOf } from '../../cli/reason.ts';
import { type Request, valueOf } from '../../cli/request.ts';
import { EXIT, KcfgError, NOTHING_CHANGED, type ExitStatus } from '../../errors.ts';
import { fleetNode, type FleetPlan, type FleetTarget, NO_KCFG } from '../../fleet/fleet-plan.ts';
import { inOrder } from '../../fleet/order.ts';
import type { Host } from '../../host/host.ts';
import { askPlays } from '../../fleet/plays.ts';
import { ask } from '../../fleet/run-plays.ts';
import { askedWords, installLine, planTable } from '../../report/fleet.ts';
import { nodesOf } from './target.ts';

export async function run({ host, request, out, version }: Context, words: readonly string[]): Promise<ExitStatus> {
  const target = await targetOf(host, request, words);
  const began = host.clock.seconds();
  const answers = await ask(host, target, askPlays({ settings: target.settings }));
  const nodes = inOrder([...answers].map(([name, answer]) => fleetNode(name, answer)));
  const plan: FleetPlan = { format: 1, kcfg: version, id: randomBytes(4).toString('hex'), madeAt: host.clock.now().toISOString(), target, nodes };
  const file = valueOf(request, 'out');
  if (file !== undefined) await host.writeReport(file, `${JSON.stringify(plan, undefined, 1)}\n`);
  await out.document(plan);
  const { style, columns } = out;
  const some = nodes.some(({ verdict }) => verdict === 'change');
  out.lines(style.strong(`${askedWords(nodes, host.clock.seconds() - began)} ${NOTHING_CHANGED}`));
  if (!out.quiet) out.lines(...planTable(nodes, style, columns));
  if (some) out.lines(style.strong('Next'), `  ${style.typed(`kcfg fleet apply ${file ?? 'FILE'}`)}   ${file === undefined ? 'once it is kept: the same with --out FILE' : 'one control plane at a time, etcd proven between'}`);
  if (nodes.some(({ refusal }) => refusal?.code === NO_KCFG)) out.lines(...(some ? [] : [style.strong('Next')]), installLine(style, version, target.inventories));
  return nodes.some(({ verdict }) => verdict === 'refused' || verdict === 'unreachable') ? EXIT.found : EXIT.done;
}

async function targetOf(host: Host, request: Request, words: readonly string[]): Promise<FleetTarget> {
  const [verb, ...rest] = words;
  const help = 'kcfg fleet plan set FIELD=VALUE -i INVENTORY --out FILE';
  if (verb !== 'set') throw new KcfgError('usage', verb === undefined ? 'what is to change is missing' : `a fleet plan can not ${verb}`, { help: [help] });
  const settings: Record<string, string> = {};
  for (const { field, value } of readAssignments(rest)) {
    if (value === undefined) throw new KcfgError('usage', `the value of ${field} is missing`, { help: [help] });
    settings[field] = value;
  }
  if (Object.keys(settings).length === 0) throw new KcfgError('usage', 'what is to change is missing', { help: [help] });
  const reason = reasonOf(request);
  return { ...(await nodesOf(host, request, help)), settings, ...(reason === undefined ? {} : { reason }) };
}
