/**
 * Starts a change in a systemd service of its own, and shows what it says. The terminal is only a window: SSH, SIGHUP and
 * Ctrl-C end the window, not the change. ExecStopPost= of the service undoes the change however its main process died.
 */
import { posix } from 'node:path';
import { KcfgError } from '../errors.ts';
import type { Host } from '../host/host.ts';
import type { Observed } from '../node/observed.ts';
import type { Plan } from '../plan/plan.ts';
import type { Event, Outcome, Report } from '../report/event.ts';
import { runTransaction } from './run.ts';
import { createFolder, readOutcome, writePrivate, type Folder } from './store.ts';
import { unitWord } from './units.ts';

/** The whole change must be over by then: verification of `recreate` alone may take 3 min (wait.ts). */
const DEADLINE = '15min';
/** For ExecStopPost: a stop and a start of the kubelet (90 s each at most by systemd's default), and the checks. */
const UNDO_TIME = '5min';

export function unitOf(id: string): string {
  return `kcfg-${id}.service`;
}
export function concludeUnitOf(id: string): string {
  return `kcfg-${id}-conclude.service`;
}
export function eventsOf(folder: Folder): string {
  return `${folder.path}/events`;
}

/** Runs the plan to its end and returns how it ended. `signal`: the window closes, the change goes on. */
export async function launch(host: Host, plan: Plan, observed: Observed, report: Report, signal: AbortSignal): Promise<Outcome | 'left'> {
  const folder = await createFolder(host, plan, { who: host.user.login, startedAt: host.clock.now().toISOString() });
  if (!host.live) return await runTransaction(host, folder, observed, report);
  await writePrivate(host, eventsOf(folder), '');
  const argv = await keepProgram(host, folder);
  const internal = (...words: string[]): string[] => [...argv, 'internal', ...words];
  await host.systemd.runService(unitOf(plan.id), internal('run', plan.id), [
    `Description=kcfg change ${plan.id}`,
    'Type=exec',
    `ExecStopPost=${internal('recover', plan.id).map(unitWord).join(' ')}`,
    `RuntimeMaxSec=${DEADLINE}`,
    `TimeoutStopSec=${UNDO_TIME}`,
    'KillMode=mixed',
    'UMask=0077',
    'SyslogIdentifier=kcfg',
  ]);
  return await watch(host, folder, report, signal);
}

/** Undoes a change whose end is open, in a service of its own as well. Throws `locked` while the change itself runs. */
export async function launchUndo(host: Host, folder: Folder, report: Report, signal: AbortSignal): Promise<Outcome | 'left'> {
  const { ActiveState } = await host.systemd.show(unitOf(folder.id), ['ActiveState']);
  if (ActiveState === 'active' || ActiveState === 'deactivating') {
    throw new KcfgError('locked', `change ${folder.id} is at work right now`, { help: [`watch it: kcfg show ${folder.id}`], outcome: 'Nothing was changed.' });
  }
  await host.systemd.job('stop', concludeUnitOf(folder.id)).catch(() => undefined);
  await writePrivate(host, eventsOf(folder), '');
  await host.systemd.runService(unitOf(folder.id), [...host.self, 'internal', 'recover', folder.id, 'asked'], [
    `Description=kcfg change ${folder.id}: going back`,
    'Type=exec',
    `RuntimeMaxSec=${UNDO_TIME}`,
    'UMask=0077',
    'SyslogIdentifier=kcfg',
  ]);
  return await watch(host, folder, report, signal);
}

/** The program as it is now, kept with the change: an upgrade of kcfg in the middle does not swap it. */
async function keepProgram(host: Host, folder: Folder): Promise<readonly string[]> {
  const [node, script] = [host.self[0], host.self.at(-1)];
  if (host.sandbox || node === undefined || script === undefined || posix.basename(script) !== 'main.js') return host.self;
  const program = `${folder.path}/program`;
  const { exitCode, stderr } = await host.run(['cp', '-r', '--', posix.dirname(script), program]);
  if (exitCode !== 0) throw new KcfgError('io', `the program could not be kept: ${stderr.trim()}`, { where: [{ file: program }] });
  return [node, `${program}/main.js`];
}

/** Once a change is decided its program has no more to do. The last act of its last process: nothing can be loaded after. */
export async function dropProgram(host: Host, folder: Folder): Promise<void> {
  const result = (await readOutcome(host, folder))?.result;
  if (host.sandbox || (result !== 'done' && result !== 'rolled-back')) return;
  await host.run(['rm', '-rf', '--', `${folder.path}/program`]);
}

/** Shows the events of a running change until its outcome is there. */
export async function watch(host: Host, folder: Folder, report: Report, signal: AbortSignal): Promise<Outcome | 'left'> {
  const over = new AbortController();
  signal.addEventListener('abort', () => over.abort(), { once: true });
  let outcome: Outcome | undefined;
  let rest = '';
  const following = host.files.follow(
    eventsOf(folder),
    (text) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        if (line === '') continue;
        const event = JSON.parse(line) as Event;
        report(event);
        if (event.event === 'outcome') {
          outcome = event.outcome;
          over.abort();
        }
      }
    },
    over.signal,
  );
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
    const { ActiveState } = await host.systemd.show(unitOf(folder.id), ['ActiveState']);
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

