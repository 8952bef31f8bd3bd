/**
 * kcfg's own systemd units. The change itself runs in a transient service (launch.ts); the one unit on disk is
 * kcfg-recover.service, idle at every boot unless a change is pending: it puts files back before the kubelet starts.
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
