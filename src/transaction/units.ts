/**
 * kcfg's own systemd units. The one on disk is kcfg-recover.service, idle at every boot unless a change is pending: it puts
 * files back before the kubelet starts. The others are transient, exist while they are needed and leave nothing behind: their
 * properties are in templates/systemd/transient.json.
 */
import templates from '../../templates/systemd/transient.json' with { type: 'json' };
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
UMask=${templates.each.UMask}
SyslogIdentifier=${templates.each.SyslogIdentifier}
UnsetEnvironment=${templates.each.UnsetEnvironment}

[Install]
WantedBy=multi-user.target
`;
}

export const unitOf = (id: string): string => `kcfg-${id}.service`;
export const concludeUnitOf = (id: string): string => `kcfg-${id}-conclude.service`;
export const revertUnitOf = (id: string): string => `kcfg-${id}-revert.service`;
export const revertTimerOf = (id: string): string => `kcfg-${id}-revert.timer`;

/**
 * Properties of a transient unit of change `id`; `argv` starts kcfg.
 *
 * change: makes it. RuntimeMaxSec= is its deadline: verification of `recreate` alone may take 3 min (wait.ts). ExecStopPost=
 *   brings it to its end however the main process ended, with systemd's word for that (systemd.exec(5), $SERVICE_RESULT); a
 *   stop and a start of the kubelet take 90 s each at most by systemd's default, then come the checks.
 * undo: goes back because someone asked. revert: because nobody confirmed; tried again, for nobody is there to do it.
 * conclude: waits for an API server that was down.
 * KillMode=process: with others systemd first waits for what the main process left behind, the systemctl that restarts the
 *   kubelet among them, and where it hears of no empty cgroup (cgroup v1 in a container, systemd unit.c unit_kill_context) it
 *   waits for all of TimeoutStopSec= before ExecStopPost= begins. A systemctl without a parent ends with its job.
 * Of each, what the manager's environment may hold (systemctl set-environment) loads no code into kcfg.
 */
export function transientUnit(kind: 'change' | 'undo' | 'revert' | 'conclude', id: string, argv: readonly string[]): string[] {
  const kcfg = argv.map(unitWord).join(' ');
  return Object.entries({ ...templates[kind], ...templates.each }).map(([key, value]) => `${key}=${value.replaceAll('@ID@', id).replaceAll('@KCFG@', () => kcfg)}`);
}

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
