/**
 * Starts a change in a systemd service of its own, and shows what it says. The terminal is only a window: SSH, SIGHUP and
 * Ctrl-C end the window, not the change. ExecStopPost= of the service undoes the change however its main process died.
 */
import { KcfgError } from '../errors.ts';
import type { Host } from '../host/host.ts';
import type { Observed } from '../node/observed.ts';
import type { Plan } from '../plan/plan.ts';
import type { Outcome, Report } from '../report/event.ts';
import { readState } from './journal.ts';
import { refusePending, takeMarkAway } from './pending.ts';
import { keepProgram, programOf } from './program.ts';
import { eventsOf, parseEvent } from './records.ts';
import { recover } from './recover.ts';
import { nothingDone, runTransaction } from './run.ts';
import { createFolder, folderOf, pendingId, readOutcome, writePrivate, type Folder } from './store.ts';
import { stopTimer } from './trial.ts';
import { concludeUnitOf, transientUnit, unitOf } from './units.ts';

/** There once someone asked a running change to end: who. */
export const abortOf = (folder: Folder): string => `${folder.path}/abort`;
/** Longer than the unit's TimeoutStopSec=. */
const STOP_TIMEOUT_MS = 330_000;

/**
 * Runs the plan to its end and returns how it ended. `signal`: the window closes, the change goes on. The lock is held until
 * the service runs, which then takes it: of two kcfg at once, one alone gets that far.
 */
export async function launch(host: Host, plan: Plan, observed: Observed, report: Report, signal: AbortSignal, confirmWithin?: number): Promise<Outcome | 'left'> {
  const release = await takeLock(host, plan.id);
  const folder = folderOf(plan.id);
  try {
    await refusePending(host);
    await takeMarkAway(host);
    await createFolder(host, plan, {
      who: host.user.login,
      startedAt: host.clock.now().toISOString(),
      login: host.user.session,
      ...(confirmWithin === undefined ? {} : { confirmWithin }),
    });
    if (!host.live) return await runTransaction(host, folder, observed, report).catch((error: unknown) => nothingDone(host, folder, error)).catch((error: unknown) => endInProcess(host, folder, observed, report, error));
    await writePrivate(host, eventsOf(folder), '');
    const argv = await keepProgram(host, folder);
    await host.systemd.runService(unitOf(plan.id), [...argv, 'internal', 'run', plan.id], transientUnit('change', plan.id, argv));
  } catch (error) {
    await forget(host, folder, error).catch(() => undefined);
    throw error;
  } finally {
    await release();
  }
  return await watch(host, folder, report, signal);
}

/** A tree may have no /run, such as the layer of an image; nobody else works on it through that then. */
async function takeLock(host: Host, id: string): Promise<() => Promise<void>> {
  if (!host.live && (await host.files.info('/run')) === undefined) return async () => {};
  return await host.lock.take(`change ${id}`);
}

/** A tree has no service whose ExecStopPost= recovers: what could not be written to its end is recovered at once, by the same rule. */
async function endInProcess(host: Host, folder: Folder, observed: Observed, report: Report, error: unknown): Promise<Outcome> {
  if (!(error instanceof KcfgError)) throw error;
  await recover(host, folder, async () => observed, { kind: 'cut-off', words: error.message }, report).catch(() => undefined);
  const outcome = (await readState(host, folder)).decided === undefined ? undefined : await readOutcome(host, folder);
  if (outcome !== undefined) return outcome;
  const { message, where, notes } = error;
  throw new KcfgError('incomplete', `change ${folder.id} was cut off: ${message}`, { where, notes, help: ['once that is mended: kcfg abort'], outcome: 'A person is needed.', cause: error });
}

/** It never began: the number stays, and history says why; nobody waits for it. */
async function forget(host: Host, folder: Folder, error: unknown): Promise<void> {
  if ((await pendingId(host)) !== folder.id || (await readState(host, folder)).begun) return;
  await nothingDone(host, folder, error);
}

/** Undoes a change that waits or was left half-way, in a service of its own as well. Throws `locked` while the change itself runs. */
export async function launchUndo(host: Host, folder: Folder, report: Report, signal: AbortSignal, how: 'asked' | 'signal' = 'asked'): Promise<Outcome | 'left'> {
  if (!host.live) return await undoInProcess(host, folder, report, how);
  await host.systemd.job('stop', concludeUnitOf(folder.id)).catch(() => undefined);
  // First the service, then the timer: what follows the end of a change's process would set it again.
  await waitUntilGone(host, unitOf(folder.id));
  await stopTimer(host, folder);
  await writePrivate(host, eventsOf(folder), '');
  const argv = await programOf(host, folder);
  await host.systemd.runService(unitOf(folder.id), [...argv, 'internal', 'recover', folder.id, how], transientUnit('undo', folder.id, argv));
  return await watch(host, folder, report, signal);
}

/** Brings a change to its end that was cut off, by the rule; in process where there is no systemd. */
export async function launchRecovery(host: Host, folder: Folder, report: Report, signal: AbortSignal): Promise<Outcome | 'left'> {
  return await launchUndo(host, folder, report, signal, 'signal');
}

/** A tree has no systemd, and nobody but us at work on it. */
async function undoInProcess(host: Host, folder: Folder, report: Report, how: 'asked' | 'signal'): Promise<Outcome> {
  const release = await takeLock(host, folder.id);
  try {
    await recover(host, folder, async () => undefined, how === 'asked' ? { kind: 'asked' } : { kind: 'cut-off', words: 'kcfg was killed' }, report);
    return (await readOutcome(host, folder)) ?? died(folder);
  } finally {
    await release();
  }
}

/** A service that has said all it has to say may still be on its way out, and its name is free only then. */
async function waitUntilGone(host: Host, unit: string): Promise<void> {
  for (const until = host.clock.seconds() + 30; host.clock.seconds() < until; await host.clock.sleep(100)) {
    const { ActiveState } = await host.systemd.show(unit, ['ActiveState']);
    if (ActiveState === 'inactive' || ActiveState === 'failed') return;
  }
}

/** Ends a change that is at work: systemd stops its process, and undoes it as after any other end. */
export async function stopChange(host: Host, folder: Folder, report: Report, signal: AbortSignal): Promise<Outcome | 'left'> {
  await writePrivate(host, abortOf(folder), `${host.user.login}\n`);
  const [outcome] = await Promise.all([watch(host, folder, report, signal), host.systemd.job('stop', unitOf(folder.id), { timeout: STOP_TIMEOUT_MS })]);
  // It may have told an end by itself already, which what systemd ran after it then made better.
  return outcome === 'left' ? outcome : ((await readOutcome(host, folder)) ?? outcome);
}

/** Shows the events of a running change until its outcome is there. */
export async function watch(host: Host, folder: Folder, report: Report, signal: AbortSignal): Promise<Outcome | 'left'> {
  const over = new AbortController();
  signal.addEventListener('abort', () => over.abort(), { once: true });
  let outcome: Outcome | undefined;
  let rest = '';
  // A window that cannot see: the change goes on, and how it ended is read from its record.
  const following = host.files.follow(
    eventsOf(folder),
    (text) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        const event = parseEvent(line);
        if (event === undefined) continue;
        report(event);
        if (event.event === 'outcome') {
          outcome = event.outcome;
          over.abort();
        }
      }
    },
    over.signal,
  ).catch((error: unknown) => {
    if (!(error instanceof KcfgError)) throw error;
  });
  const gone = waitForEnd(host, folder, over);
  await Promise.all([following, gone]);
  if (outcome !== undefined) return outcome;
  if (signal.aborted) return 'left';
  return (await readOutcome(host, folder)) ?? died(folder);
}

/** The service is gone, and said nothing for two looks: whatever it was, there is nothing more to wait for. */
async function waitForEnd(host: Host, folder: Folder, over: AbortController): Promise<void> {
  let quiet = 0;
  while (!over.signal.aborted) {
    await host.clock.sleep(1000, over.signal).catch(() => undefined);
    if (over.signal.aborted) return;
    // systemd out of reach says nothing of the change, whose own words still come
    const { ActiveState } = await host.systemd.show(unitOf(folder.id), ['ActiveState']).catch(() => ({ ActiveState: 'unknown' }));
    quiet = ActiveState === 'inactive' || ActiveState === 'failed' ? quiet + 1 : 0;
    if (quiet >= 2) over.abort();
  }
}

function died(folder: Folder): never {
  throw new KcfgError('incomplete', `change ${folder.id} ended without a word`, {
    where: [{ file: `${folder.path}/journal` }],
    help: [`journalctl -u ${unitOf(folder.id)}`, `kcfg show ${folder.id}`],
    outcome: 'A person is needed.',
  });
}

