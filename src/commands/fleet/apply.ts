/**
 * `kcfg fleet apply FILE`: every node is asked again, and none is touched unless all that change are as they were planned and
 * etcd is whole; then one worker, the control planes one at a time, the workers in batches. The first failure ends the run. What
 * is there already is left out, so that the same command goes on where it stopped.
 */
import type { Context } from '../../cli/context.ts';
import { isOn, valueOf } from '../../cli/request.ts';
import { EXIT, KcfgError, NOTHING_CHANGED, type ExitStatus } from '../../errors.ts';
import type { OutcomeDocument, StatusDocument } from '../../fleet/documents.ts';
import { etcdStanding } from '../../fleet/etcd-standing.ts';
import { type Answer, type FleetNode, fleetNode, type FleetPlan, parseFleetPlan } from '../../fleet/fleet-plan.ts';
import { inOrder, stages } from '../../fleet/order.ts';
import { askPlays, changePlays, type Pace } from '../../fleet/plays.ts';
import { ask, runPlays } from '../../fleet/run-plays.ts';
import { names, outcomeWords, planTable } from '../../report/fleet.ts';
import { count } from '../../report/format.ts';
import { openReader } from '../../report/reader.ts';

export async function run(context: Context, words: readonly string[]): Promise<ExitStatus> {
  const { host, request, out } = context;
  const file = words[0] ?? '';
  const text = await host.readReport(file);
  if (text === undefined) throw new KcfgError('bad-plan', `there is no file ${file}`, { help: ['make one: kcfg fleet plan set FIELD=VALUE -i INVENTORY --out FILE'] });
  const plan = parseFleetPlan(file, text);
  const answers = await ask(host, plan.target, askPlays({ settings: plan.target.settings }));
  const nodes = inOrder([...answers].map(([name, answer]) => fleetNode(name, answer)));
  refuseMoved(plan, nodes);
  const etcd = etcdStanding(answers);
  const some = nodes.filter(({ verdict }) => verdict === 'change');
  if (etcd.wrong.length > 0 && some.some(({ role }) => role === 'control plane')) {
    throw new KcfgError('no-quorum', `no control plane is touched: ${etcd.wrong[0]}`, { notes: etcd.wrong.slice(1), help: ['mend it first: kcfg doctor on that node', 'workers alone: kcfg fleet plan … --hosts PATTERN'] });
  }
  if (!out.quiet) out.lines(...planTable(nodes, out.style, out.columns));
  if (some.length === 0) {
    await out.document({ result: 'unchanged', nodes });
    out.lines('Nothing to do.');
    return EXIT.done;
  }
  if (!isOn(request, 'yes')) {
    if (!out.interactive) throw new KcfgError('no-terminal', 'this change has a question, and no terminal to ask it on', { help: ['apply it with --yes'], outcome: NOTHING_CHANGED });
    const { confirm } = await import('../../cli/ask.ts');
    if ((await confirm(out, `Apply to ${count(some.length, 'node')}?`)) !== 'yes') {
      out.lines(NOTHING_CHANGED);
      return EXIT.failed;
    }
  }
  return await change(context, file, plan, nodes, paceOf(context));
}

/** A node that would do something else than was planned is told, and nothing is touched. */
function refuseMoved(plan: FleetPlan, nodes: readonly FleetNode[]): void {
  const planned = new Map(plan.nodes.map((node) => [node.name, node]));
  const moved = nodes.filter(({ name, verdict, digest }) => {
    const then = planned.get(name);
    return verdict === 'change' && (then?.verdict !== 'change' || then.digest !== digest);
  });
  const [first] = moved;
  if (first === undefined) return;
  const then = planned.get(first.name);
  throw new KcfgError('stale-plan', `${names(moved.map(({ name }) => name))}: not as planned`, {
    notes: [`${first.name} then: ${then?.what ?? 'was not in the inventory'}`, `${first.name} now: ${first.what}`],
    help: ['make the plan anew: kcfg fleet plan'],
  });
}

function paceOf({ request }: Context): Pace {
  const batch = valueOf(request, 'batch') ?? '10%';
  const maxFail = valueOf(request, 'max-fail') ?? '0%';
  if (!/^[1-9]\d*%?$/.test(batch)) throw new KcfgError('usage', '--batch is a number of workers, or a percentage', { help: ['--batch 10%'] });
  if (!/^\d{1,2}%$/.test(maxFail)) throw new KcfgError('usage', '--max-fail is a percentage of a batch', { help: ['--max-fail 5%'] });
  const within = valueOf(request, 'confirm-within');
  return { batch, maxFail: Number.parseInt(maxFail, 10), ...(within === undefined ? {} : { within }) };
}

async function change({ host, out, onInterrupt }: Context, file: string, plan: FleetPlan, nodes: readonly FleetNode[], pace: Pace): Promise<ExitStatus> {
  const order = new Map(nodes.map(({ name, order: place }) => [name, place ?? 0]));
  const reader = openReader(out, host.clock, order.size);
  const began = new Map<string, number>();
  const ended = new Map<string, { ok: boolean; words: string; outcome: OutcomeDocument | undefined }>();
  const stop = new AbortController();
  const release = onInterrupt(() => stop.abort());
  try {
    await runPlays(host, plan.target, changePlays(stages(nodes), plan.target, plan.id, pace), (event) => {
      if (event.event === 'no-hosts') return;
      const id = order.get(event.host) ?? 0;
      if (event.event === 'start') {
        began.set(event.host, host.clock.seconds());
        return reader.report({ event: 'step', id, title: event.host, state: 'started' });
      }
      const outcome = event.result.outcome as OutcomeDocument | undefined;
      const ok = event.event === 'ok';
      const words = event.event === 'unreachable' ? `does not answer: ${event.result.msg ?? ''}` : outcomeWords(outcome, ok ? undefined : (outcome?.error?.message ?? event.result.msg));
      ended.set(event.host, { ok, words, outcome });
      reader.report({ event: 'step', id, title: event.host, state: ok ? 'done' : 'failed', seconds: host.clock.seconds() - (began.get(event.host) ?? 0), detail: words });
    }, stop.signal);
  } finally {
    reader.close();
    release();
  }
  const bad = [...ended].filter(([, { ok }]) => !ok).map(([name]) => name);
  const changing = nodes.filter(({ verdict }) => verdict === 'change').map(({ name }) => name);
  const done = [...nodes.filter(({ verdict }) => verdict === 'there').map(({ name }) => name), ...changing.filter((name) => ended.get(name)?.ok)];
  const before = nodes.map(({ name }) => name).filter((name) => !done.includes(name));
  const whole = bad.length === 0 && changing.every((name) => ended.get(name)?.ok);
  await out.document({ result: whole ? 'done' : 'stopped', plan: plan.id, nodes: nodes.map(({ name, verdict, role }) => ({ name, verdict, role, ...(ended.get(name) ?? {}) })) });
  await tell({ host, out, file, plan, done, before, bad, whole, ended });
  return whole ? EXIT.done : bad.some((name) => ended.get(name)?.outcome?.result === 'incomplete') ? EXIT.incomplete : EXIT.rolledBack;
}

interface Ending extends Pick<Context, 'host' | 'out'> {
  file: string;
  plan: FleetPlan;
  done: string[];
  before: string[];
  bad: string[];
  whole: boolean;
  ended: ReadonlyMap<string, { words: string; outcome: OutcomeDocument | undefined }>;
}

/** Where everything stands, asked anew of all of them. */
async function tell({ host, out, file, plan, done, before, bad, whole, ended }: Ending): Promise<void> {
  const { style } = out;
  const answers: ReadonlyMap<string, Answer> = await ask(host, plan.target, askPlays({})).catch(() => new Map());
  const etcd = etcdStanding(answers);
  const controlPlanes = [...answers.values()].filter(({ result }) => (result.status as StatusDocument | undefined)?.role === 'control plane').length;
  const cluster = controlPlanes === 0 ? '' : etcd.wrong.length > 0 ? ` ${etcd.wrong.join('. ')}.` : etcd.words === undefined ? '' : ` etcd ${etcd.words}.`;
  out.lines('', style.strong(`${whole ? `Done: ${count(done.length, 'node')}.` : bad.length > 0 ? `Stopped at ${names(bad)}.` : 'Stopped.'}${cluster}`));
  if (done.length > 0 && before.length > 0) out.lines(`  as wanted   ${names(done)}`, `  as before   ${names(before)}`);
  if (whole) return;
  const [first] = bad;
  const change = first === undefined ? undefined : ended.get(first)?.outcome?.transaction;
  out.lines(style.strong('Next'), ...(change === undefined ? [] : [`  ${style.typed(`kcfg show ${change}`)}   on ${first}: why, with the kubelet's last words`]), `  ${style.typed(`kcfg fleet apply ${file}`)}   after the mend: goes on with what is left`);
}
