/** `kcfg abort`: go back now, from whatever is not decided: a change at work, on trial, open, or left half-way. */
import type { Context } from '../cli/context.ts';
import { EXIT, KcfgError, type ExitStatus } from '../errors.ts';
import { needRoot } from '../node/observe.ts';
import { openReader } from '../report/reader.ts';
import { tellOutcome } from '../report/outcome.ts';
import { launchUndo, stopChange } from '../transaction/launch.ts';
import { readPending, takeMarkAway } from '../transaction/pending.ts';
import { clearNotice, folderOf, pendingId, readPlan } from '../transaction/store.ts';

export async function run(context: Context): Promise<ExitStatus> {
  const { host, out, onInterrupt } = context;
  needRoot(host);
  const pending = await readPending(host);
  if (pending === undefined) {
    if ((await pendingId(host)) !== undefined) {
      const release = await host.lock.take('looking');
      await takeMarkAway(host).finally(release);
    }
    throw new KcfgError('not-pending', 'no change is at work, on trial or cut off', { help: ['go back from one that was kept: kcfg rollback', 'see them all: kcfg history'] });
  }
  const { id } = pending;
  const plan = await readPlan(host, folderOf(id));
  const reader = openReader(out, host.clock, plan.steps.length);
  const window = new AbortController();
  const release = onInterrupt(() => window.abort());
  try {
    const end = pending.kind === 'running' ? stopChange : launchUndo;
    const outcome = await end(host, folderOf(id), (event) => reader.report(event), window.signal);
    reader.close();
    if (outcome === 'left') {
      out.note(`It goes on: kcfg show ${id}`);
      return EXIT.undecided;
    }
    await clearNotice(host, id);
    const { error: _, ...asked } = outcome;
    const exit = await tellOutcome(out, outcome.result === 'rolled-back' ? asked : outcome);
    // Going back is what was asked for: it is done, not failed. Only a change that was over already is not.
    return outcome.result === 'rolled-back' || outcome.result === 'unchanged' ? EXIT.done : outcome.result === 'done' ? EXIT.failed : exit;
  } finally {
    reader.close();
    release();
  }
}
