/** Plays that change nodes: asked for first, shown as they go, a line for each node that has ended. */
import type { Context } from '../../cli/context.ts';
import { isOn, valueOf } from '../../cli/request.ts';
import { EXIT, KcfgError, NOTHING_CHANGED, type ExitStatus } from '../../errors.ts';
import type { OutcomeDocument } from '../../fleet/documents.ts';
import { etcdStanding } from '../../fleet/etcd-standing.ts';
import type { Answer, FleetNode, FleetTarget } from '../../fleet/fleet-plan.ts';
import type { Pace } from '../../fleet/plays.ts';
import { runPlays } from '../../fleet/run-plays.ts';
import { outcomeWords } from '../../report/fleet.ts';
import { openReader } from '../../report/reader.ts';

export interface Ended {
  ok: boolean;
  words: string;
  outcome: OutcomeDocument | undefined;
}

/** Throws `usage` for a pace that Ansible would not understand. */
export function paceOf({ request }: Context): Pace {
  const batch = valueOf(request, 'batch') ?? '10%';
  const maxFail = valueOf(request, 'max-fail') ?? '0%';
  if (!/^[1-9]\d*%?$/.test(batch)) throw new KcfgError('usage', '--batch is a number of workers, or a percentage', { help: ['--batch 10%'] });
  if (!/^\d{1,2}%$/.test(maxFail)) throw new KcfgError('usage', '--max-fail is a percentage of a batch', { help: ['--max-fail 5%'] });
  const within = valueOf(request, 'confirm-within');
  return { batch, maxFail: Number.parseInt(maxFail, 10), ...(within === undefined ? {} : { within }) };
}

/** Throws `no-quorum` where one of these is a control plane, and a member of etcd is away. */
export function refuseBrokenEtcd(answers: ReadonlyMap<string, Answer>, going: readonly FleetNode[], help: readonly string[] = []): void {
  const [first, ...others] = etcdStanding(answers).wrong;
  if (first === undefined || !going.some(({ role }) => role === 'control plane')) return;
  throw new KcfgError('no-quorum', `no control plane is touched: ${first}`, { notes: others, help: ['mend it first: kcfg doctor on that node', ...help] });
}

/** With --yes nobody is asked. Throws `no-terminal` where there is no one. */
export async function agreed({ request, out }: Context, question: string): Promise<boolean> {
  if (isOn(request, 'yes')) return true;
  if (!out.interactive) throw new KcfgError('no-terminal', 'this change has a question, and no terminal to ask it on', { help: ['apply it with --yes'], outcome: NOTHING_CHANGED });
  const { confirm } = await import('../../cli/ask.ts');
  if ((await confirm(out, question)) === 'yes') return true;
  out.lines(NOTHING_CHANGED);
  return false;
}

/** Runs the plays over these nodes, in this order. A node that was not come to is not in the answer. Ctrl-C: Ansible begins nothing more. */
export async function carryOut({ host, out, onInterrupt }: Context, target: FleetTarget, nodes: readonly string[], plays: unknown, env?: Record<string, string>): Promise<Map<string, Ended>> {
  const order = new Map(nodes.map((name, index) => [name, index + 1]));
  const reader = openReader(out, host.clock, nodes.length);
  const began = new Map<string, number>();
  const ended = new Map<string, Ended>();
  const stop = new AbortController();
  const release = onInterrupt(() => stop.abort());
  try {
    await runPlays(host, target, plays, (event) => {
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
    }, { signal: stop.signal, ...(env === undefined ? {} : { env }) });
  } finally {
    reader.close();
    release();
  }
  return ended;
}

/** 6 where a node needs a person, 5 where one went back or was not come to. */
export function exitOf(ended: ReadonlyMap<string, Ended>, whole: boolean): ExitStatus {
  if (whole) return EXIT.done;
  return [...ended.values()].some(({ outcome }) => outcome?.result === 'incomplete') ? EXIT.incomplete : EXIT.rolledBack;
}
