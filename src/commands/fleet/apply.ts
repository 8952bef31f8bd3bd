/**
 * `kcfg fleet apply FILE`: every node is asked again, and none is touched unless all that change are as they were planned and
 * etcd is whole; then one worker, the control planes one at a time, the workers in batches. The first failure ends the run. What
 * is there already is left out, so that the same command goes on where it stopped.
 */
import type { Context } from '../../cli/context.ts';
import { EXIT, KcfgError, type ExitStatus } from '../../errors.ts';
import type { StatusDocument } from '../../fleet/documents.ts';
import { etcdStanding } from '../../fleet/etcd-standing.ts';
import { type Answer, type FleetNode, fleetNode, type FleetPlan } from '../../fleet/fleet-plan.ts';
import { inOrder, stages } from '../../fleet/order.ts';
import { askPlays, changePlays, type Pace } from '../../fleet/plays.ts';
import { ask } from '../../fleet/run-plays.ts';
import { names, planTable } from '../../report/fleet.ts';
import { count } from '../../report/format.ts';
import { agreed, carryOut, type Ended, exitOf, paceOf, refuseBrokenEtcd } from './carry-out.ts';
import { readPlan } from './target.ts';

export async function run(context: Context, words: readonly string[]): Promise<ExitStatus> {
  const { host, out } = context;
  const { file, plan } = await readPlan(host, words);
  const answers = await ask(host, plan.target, askPlays({ settings: plan.target.settings }));
  const nodes = inOrder([...answers].map(([name, answer]) => fleetNode(name, answer)));
  refuseMoved(plan, nodes);
  const some = nodes.filter(({ verdict }) => verdict === 'change');
  refuseBrokenEtcd(answers, some, ['workers alone: kcfg fleet plan … --hosts PATTERN']);
  if (!out.quiet) out.lines(...planTable(nodes, out.style, out.columns));
  if (some.length === 0) {
    await out.document({ result: 'unchanged', nodes });
    out.lines('Nothing to do.');
    return EXIT.done;
  }
  if (!(await agreed(context, `Apply to ${count(some.length, 'node')}?`))) return EXIT.failed;
  return await change(context, file, plan, nodes, paceOf(context));
}

/** A node that would do something else than was planned is told, and nothing is touched. */
function refuseMoved(plan: FleetPlan, nodes: readonly FleetNode[]): void {
  const planned = new Map(plan.nodes.map((node) => [node.name, node]));
  const moved = nodes.filter(({ name, verdict, digest }) => {
    const then = planned.get(name);
    if (verdict === 'change') return then?.verdict !== 'change' || then.digest !== digest;
    return verdict !== 'there' && then?.verdict === 'change';
  });
  const [first] = moved;
  if (first === undefined) return;
  const then = planned.get(first.name);
  throw new KcfgError('stale-plan', `${names(moved.map(({ name }) => name))}: not as planned`, {
    notes: [`${first.name} then: ${then?.what ?? 'was not in the inventory'}`, `${first.name} now: ${first.what}`],
    help: ['make the plan anew: kcfg fleet plan, without a node that is away: --hosts PATTERN'],
  });
}

async function change(context: Context, file: string, plan: FleetPlan, nodes: readonly FleetNode[], pace: Pace): Promise<ExitStatus> {
  const changing = nodes.filter(({ verdict }) => verdict === 'change').map(({ name }) => name);
  const ended = await carryOut(context, plan.target, changing, changePlays(stages(nodes), plan.target, plan.id, pace));
  const bad = [...ended].filter(([, { ok }]) => !ok).map(([name]) => name);
  const done = [...nodes.filter(({ verdict }) => verdict === 'there').map(({ name }) => name), ...changing.filter((name) => ended.get(name)?.ok)];
  const before = nodes.map(({ name }) => name).filter((name) => !done.includes(name));
  const whole = changing.every((name) => ended.get(name)?.ok);
  const { host, out } = context;
  await out.document({ result: whole ? 'done' : 'stopped', plan: plan.id, nodes: nodes.map(({ name, verdict, role }) => ({ name, verdict, role, ...(ended.get(name) ?? {}) })) });
  await tell({ host, out, file, plan, pace, controlPlane: nodes.some(({ role }) => role === 'control plane'), done, before, bad, whole, ended });
  return exitOf(ended, whole);
}

interface Ending extends Pick<Context, 'host' | 'out'> {
  file: string;
  plan: FleetPlan;
  pace: Pace;
  /** One at least is in the plan. */
  controlPlane: boolean;
  done: string[];
  before: string[];
  bad: string[];
  whole: boolean;
  ended: ReadonlyMap<string, Ended>;
}

/** Where everything stands; with control planes asked anew of all nodes. */
async function tell({ host, out, file, plan, pace, controlPlane, done, before, bad, whole, ended }: Ending): Promise<void> {
  const { style } = out;
  // of workers alone there is no etcd to tell of
  const answers: ReadonlyMap<string, Answer> = controlPlane ? await ask(host, plan.target, askPlays({})).catch(() => new Map()) : new Map();
  const etcd = etcdStanding(answers);
  const controlPlanes = [...answers.values()].filter(({ result }) => (result.status as StatusDocument | undefined)?.role === 'control plane').length;
  const cluster = controlPlanes === 0 ? '' : etcd.wrong.length > 0 ? ` ${etcd.wrong.join('. ')}.` : etcd.words === undefined ? '' : ` etcd ${etcd.words}.`;
  out.lines('', style.strong(`${whole ? `Done: ${count(done.length, 'node')}.` : bad.length > 0 ? `Stopped at ${names(bad)}.` : 'Stopped.'}${cluster}`));
  if (done.length > 0 && before.length > 0) out.lines(`  as wanted   ${names(done)}`, `  as before   ${names(before)}`);
  if (whole && pace.within !== undefined) out.lines(`On trial for ${pace.within}, each node from its own end: then it goes back by itself.`, style.strong('Next'), `  ${style.typed(`kcfg fleet confirm ${file}`)}   keep it on all of them`);
  if (whole) return;
  const [first] = bad;
  const change = first === undefined ? undefined : ended.get(first)?.outcome?.transaction;
  out.lines(style.strong('Next'), ...(change === undefined ? [] : [`  ${style.typed(`kcfg show ${change}`)}   on ${first}: why, with the kubelet's last words`]), `  ${style.typed(`kcfg fleet apply ${file}`)}   after the mend: goes on with what is left`);
}
