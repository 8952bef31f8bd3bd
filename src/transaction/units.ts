/**
 * kcfg's own systemd units. The one on disk is kcfg-recover.service, idle at every boot unless a change is pending: it puts
 * files back before the kubelet starts. The others are transient, exist while they are needed and leave nothing behind.
 * templates/systemd/ has each as a file to read; a test holds the two together.
 */
import type { Host } from '../host/host.ts';
import { PENDING, STORE } from './store.ts';

export const RECOVER_UNIT = 'kcfg-recover.service';
/** Packages bring the unit here; else it is written below /etc once, at the first change. */
const PACKAGED = `/usr/lib/systemd/system/${RECOVER_UNIT}`;
const INSTALLED = `/etc/systemd/system/${RECOVER_UNIT}`;
const WANTED = `/etc/systemd/system/multi-user.target.wants/${RECOVER_UNIT}`;
/** What is written below /etc. */
export const UNIT_FILES: readonly string[] = [INSTALLED, WANTED];
const ROOT_FILE = { mode: 0o644, uid: 0, gid: 0 };

/** Text of the boot unit. `argv` starts kcfg. */
export function recoverUnit(argv: readonly string[]): string {
  return `[Unit]
Description=kcfg: undo a change of the kubelet's configuration that was cut off
Documentation=man:kcfg(1)
ConditionPathExists=${PENDING}
RequiresMountsFor=${STORE} /etc/kubernetes /var/lib/kubelet
After=local-fs.target
Before=kubelet.service

[Service]
Type=oneshot
ExecStart=${argv.map(unitWord).join(' ')} internal boot
TimeoutStartSec=60

[Install]
WantedBy=multi-user.target
`;
}

/** The whole change must be over by then: verification of `recreate` alone may take 3 min (wait.ts). */
const DEADLINE = '15min';
/** A stop and a start of the kubelet (90 s each at most by systemd's default), and the checks. */
const UNDO_TIME = '5min';

export const unitOf = (id: string): string => `kcfg-${id}.service`;
export const concludeUnitOf = (id: string): string => `kcfg-${id}-conclude.service`;
export const revertUnitOf = (id: string): string => `kcfg-${id}-revert.service`;
export const revertTimerOf = (id: string): string => `kcfg-${id}-revert.timer`;

/**
 * What every unit of a change has. The manager's environment may hold what root once put there (systemctl
 * set-environment): nothing of it is to load code into kcfg.
 */
function ofChanges(id: string, what: string): string[] {
  return [`Description=kcfg change ${id}${what}`, 'Type=exec', 'UMask=0077', 'SyslogIdentifier=kcfg', 'UnsetEnvironment=NODE_OPTIONS NODE_PATH LD_PRELOAD LD_LIBRARY_PATH'];
}

/** However the main process ended, and with systemd's word for it (systemd.exec(5), $SERVICE_RESULT). */
function recoversAfter(argv: readonly string[], id: string): string[] {
  return [`ExecStopPost=${argv.map(unitWord).join(' ')} internal recover ${id} $SERVICE_RESULT`, `TimeoutStopSec=${UNDO_TIME}`, 'KillMode=mixed'];
}

/** Properties of the service that makes a change; `argv` starts kcfg. */
export const CHANGE = (id: string, argv: readonly string[]): string[] => [...ofChanges(id, ''), ...recoversAfter(argv, id), `RuntimeMaxSec=${DEADLINE}`];
/** Of the one that undoes it because someone asked. */
export const UNDO = (id: string, argv: readonly string[]): string[] => [...ofChanges(id, ': going back'), ...recoversAfter(argv, id), `RuntimeMaxSec=${UNDO_TIME}`];
/** Of the one that the timer of a trial starts. Tried again until it is decided: nobody is there to do it. */
export const REVERT = (id: string): string[] => [...ofChanges(id, ': not confirmed, going back'), `RuntimeMaxSec=${UNDO_TIME}`, 'Restart=on-failure', 'RestartSec=5s'];
/** Of the one that waits for an API server which was down. */
export const CONCLUDE = (id: string): string[] => [...ofChanges(id, ': waits for the API server, then decides'), 'Restart=on-failure', 'RestartSec=5s'];

/** One word of a command line in a unit (systemd.service(5), "Command lines"): quoted where it must be, `%` and `$` doubled. */
export function unitWord(word: string): string {
  const escaped = word.replace(/[\\"]/g, '\\$&').replaceAll('%', '%%').replaceAll('$', '$$$$');
  return /[\s"'\\;]/.test(word) ? `"${escaped}"` : escaped;
}

/**
 * No daemon-reload: systemd reads unit files anew at boot, which is when this one counts, and a reload would also
 * activate units that other people have edited and not meant to start yet.
 */
export async function installRecoverUnit(host: Host): Promise<void> {
  const { files } = host;
  const own = host.user.uid === 0 ? ROOT_FILE : { ...ROOT_FILE, uid: host.user.uid, gid: -1 };
  const packaged = (await files.info(PACKAGED)) !== undefined;
  if (!packaged) {
    const text = recoverUnit(host.self);
    const present = (await files.read(INSTALLED))?.toString('utf8');
    if (present !== text) await files.write(INSTALLED, text, own);
  }
  if ((await files.info(WANTED)) === undefined) {
    await files.mkdir(WANTED.slice(0, WANTED.lastIndexOf('/')), { ...own, mode: 0o755 });
    await files.link(WANTED, packaged ? PACKAGED : INSTALLED);
  }
}
