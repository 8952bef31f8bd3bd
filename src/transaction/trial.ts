/**
 * A change on trial (`--confirm-within`): everything is done and verified, and goes back by itself unless someone confirms it
 * from another login. The model is Junos' `commit confirmed` and `netplan try`. What holds the deadline is a timer of
 * systemd's; where that is gone (a reboot), the boot unit goes back before the kubelet starts.
 */
import { KcfgError } from '../errors.ts';
import type { Host } from '../host/host.ts';
import { AFTER_TRIAL } from '../plan/step.ts';
import type { Outcome } from '../report/event.ts';
import { decide } from './decide.ts';
import { doStep, withoutChecks } from './execute.ts';
import { openJournal, type Journal } from './journal.ts';
import { dropProgram, programOf } from './program.ts';
import { readMeta, readOutcome, readPlan, type Folder } from './store.ts';
import { revertTimerOf, revertUnitOf, transientUnit } from './units.ts';

/** Writes down the deadline, then sets the timer. Returns the deadline, ISO. */
export async function beginTrial(host: Host, folder: Folder, journal: Journal, seconds: number): Promise<string> {
  const until = journal.state.trial ?? new Date(host.clock.now().getTime() + seconds * 1000).toISOString();
  if (journal.state.trial === undefined) await journal.append({ type: 'trial', until });
  const { ActiveState } = await host.systemd.show(revertTimerOf(folder.id), ['ActiveState']);
  if (ActiveState === 'active') return until;
  // The clock may have been set since: never longer than asked for.
  const left = Math.min(Math.max((Date.parse(until) - host.clock.now().getTime()) / 1000, 0.1), seconds);
  const argv = await programOf(host, folder);
  await host.systemd.runService(revertUnitOf(folder.id), [...argv, 'internal', 'revert', folder.id], transientUnit('revert', folder.id, argv), left);
  return until;
}

/** Keeps a change for good. The caller holds the lock. Throws `not-pending` when it is not on trial any more. */
export async function confirm(host: Host, folder: Folder, by: string): Promise<Outcome> {
  const journal = await openJournal(host, folder);
  const { state } = journal;
  if (state.trial === undefined || state.undoing !== undefined || state.decided !== undefined) {
    throw new KcfgError('not-pending', `change ${folder.id} is not on trial${state.undoing === undefined ? '' : ' any more: it goes back'}`, { help: [`see what becomes of it: kcfg show ${folder.id}`] });
  }
  // From here on it is kept, whatever happens: who comes next finishes it.
  await journal.append({ type: 'confirmed', by });
  return await keep(host, folder, journal);
}

/** What is left to do once it is confirmed. Can be done twice. */
export async function keep(host: Host, folder: Folder, journal: Journal): Promise<Outcome> {
  const plan = await readPlan(host, folder);
  for (const step of plan.steps) if (AFTER_TRIAL.has(step.kind)) await doStep(withoutChecks(host, plan, folder), step);
  const { until: _until, within: _within, ...outcome } = (await readOutcome(host, folder)) ?? { transaction: folder.id, changes: plan.changes, checks: [], restarted: [], seconds: 0, result: 'done' as const };
  const kept: Outcome = { ...outcome, result: 'done', confirmed: true };
  await decide(host, folder, journal, kept);
  await stopTimer(host, folder);
  await dropProgram(host, folder);
  return kept;
}

export async function stopTimer(host: Host, folder: Folder): Promise<void> {
  if ((await readMeta(host, folder))?.confirmWithin === undefined) return;
  await host.systemd.job('stop', revertTimerOf(folder.id)).catch(() => undefined);
}
