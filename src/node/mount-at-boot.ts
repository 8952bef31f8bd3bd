/**
 * Whether the mount of a directory is there again after a boot, and who brings it: /etc/fstab or a unit file. One that was
 * mounted by hand is known to systemd from /proc/self/mountinfo alone, and has no file (systemd.mount(5)).
 */
import { posix } from 'node:path';
import type { Host } from '../host/host.ts';

export interface MountAtBoot {
  /** The file that says so. Absent: nothing mounts it at boot. */
  by?: string;
  /** What the kubelet's unit is to wait for: the path, and where its links lead. */
  paths: string[];
}

const FSTAB = '/etc/fstab';
/** Units that are gone after a boot (systemd.unit(5), "Unit File Load Path"); what generators wrote comes again. */
const UNTIL_BOOT = ['/run/systemd/transient/', '/run/systemd/system/', '/run/systemd/system.control/'];

export async function observeMountAtBoot(host: Host, point: string, path: string, parentReal: string | undefined): Promise<MountAtBoot> {
  const real = parentReal === undefined ? path : posix.join(parentReal, posix.basename(path));
  const { FragmentPath = '', SourcePath = '' } = await host.systemd.show(mountUnit(point), ['FragmentPath', 'SourcePath']);
  const lasting = FragmentPath !== '' && SourcePath !== FSTAB && !UNTIL_BOOT.some((directory) => FragmentPath.startsWith(directory));
  // the file counts at the next boot, whatever systemd has read of it so far
  const by = lasting ? FragmentPath : mountPoints((await host.files.read(FSTAB))?.toString('utf8') ?? '').includes(point) ? FSTAB : undefined;
  return { ...(by === undefined ? {} : { by }), paths: [...new Set([path, real])] };
}

/** Whether a directory still lies on that mount. What is a link by now leads elsewhere: the place of the link counts. */
export async function liesOn(host: Host, directory: string, point: string): Promise<boolean> {
  return (await host.files.mount(directory === point ? directory : posix.dirname(directory))).point === point;
}

/** Name of a mount's unit (systemd.unit(5), "String Escaping for Inclusion in Unit Names"). */
export function mountUnit(point: string): string {
  const bytes = Buffer.from(posix.normalize(point).replace(/^\/+|\/+$/g, ''));
  if (bytes.length === 0) return '-.mount';
  const escaped = [...bytes].map((byte, index) => {
    const char = String.fromCharCode(byte);
    if (char === '/') return '-';
    return /[A-Za-z0-9:_.]/.test(char) && !(index === 0 && char === '.') ? char : `\\x${byte.toString(16).padStart(2, '0')}`;
  });
  return `${escaped.join('')}.mount`;
}

/** The second word of each line; blanks in it stand as octal escapes (fstab(5)). */
function mountPoints(fstab: string): string[] {
  return fstab.split('\n').flatMap((line) => {
    const [device, point] = line.trim().split(/\s+/);
    if (device === undefined || point === undefined || device.startsWith('#')) return [];
    return [point.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8))).replace(/(.)\/+$/, '$1')];
  });
}
