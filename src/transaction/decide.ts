/**
 * The last acts of a change, in this order: its outcome as a file, the record `decided`, and only then `pending` goes. A crash
 * in between leaves `pending`, so that whoever comes next looks, finds the record or writes it, and takes `pending` away.
 * What could not be undone to its end is not decided: `pending` stays, and the next boot, or `kcfg abort`, tries again.
 */
import type { Host } from '../host/host.ts';
import type { Plan } from '../plan/plan.ts';
import type { Outcome } from '../report/event.ts';
import type { Journal, State } from './journal.ts';
import { NOTICE, PENDING, pendingId, writeOutcome, writePrivate, type Folder } from './store.ts';

/** `notice`: nobody waits for this end at a terminal, so the next kcfg tells it. */
export async function decide(host: Host, folder: Folder, journal: Journal, outcome: Outcome, notice?: 'notice'): Promise<void> {
  await writeOutcome(host, folder, { ...outcome, decidedAt: host.clock.now().toISOString() });
  if (notice !== undefined) await writePrivate(host, NOTICE, `${folder.id}\n`);
  if (outcome.result === 'incomplete') return;
  await journal.append({ type: 'decided', result: outcome.result });
  await clearPending(host, folder);
}

export async function clearPending(host: Host, folder: Folder): Promise<void> {
  if ((await pendingId(host)) === folder.id) await host.files.remove(PENDING);
}

/** What going back needs is being taken away, or is gone already: from here there is only forward, whoever asks. */
export function tidying(plan: Plan, state: State): boolean {
  return state.verified && plan.steps.some((step, index) => step.kind === 'disarm' && state.intents.has(index));
}
