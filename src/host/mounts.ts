/** The mount that holds a path, from /proc/self/mountinfo (proc(5)). A tree has no mounts of its own: the machine's count. */
import { dirname } from 'node:path';
import type { Disk } from './disk.ts';
import { ioError, isMissing } from './io-errors.ts';
import type { Locator } from './locate.ts';

export interface Mount {
  /** Where it is mounted, e.g. '/'. */
  point: string;
  /** Filesystem type as in /proc/self/mountinfo: 'ext4', 'tmpfs', 'overlay', … */
  type: string;
  readOnly: boolean;
  dev: string;
  /** What is mounted: '/dev/sda1', 'server:/export'. */
  source?: string;
  /** Of an overlay: where what is written goes. */
  upper?: string;
}

export async function readMount(disk: Disk, locator: Locator, path: string): Promise<Mount> {
  const { machine } = await locator.target(path);
  const lines = (await disk.mounts()).split('\n');
  let best: Omit<Mount, 'dev'> | undefined;
  for (const line of lines) {
    const [left, right] = line.split(' - ');
    const fields = left?.split(' ') ?? [];
    const point = unescape(fields[4] ?? '');
    if (point === '' || !(machine === point || point === '/' || machine.startsWith(`${point}/`))) continue;
    // A later line of the same point lies on top of an earlier one.
    if (best !== undefined && point.length < best.point.length) continue;
    const [type = '', source = '', superOptions = ''] = right?.split(' ') ?? [];
    const readOnly = [fields[5] ?? '', superOptions].some((options) => options.split(',').includes('ro'));
    const upper = /(?:^|,)upperdir=((?:\\.|[^,\\])*)/.exec(superOptions)?.[1];
    best = { point, type, readOnly, source: unescape(source), ...(upper === undefined ? {} : { upper: unescape(upper).replace(/\\(.)/g, '$1') }) };
  }
  const found = best ?? { point: '/', type: '', readOnly: false };
  return { ...found, point: nodePath(locator.root, found.point), dev: await device(disk, machine, path) };
}

/** Blanks, tabs, newlines and backslashes stand as octal escapes. */
function unescape(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}

function nodePath(root: string, point: string): string {
  if (root === '/') return point;
  return point.startsWith(`${root}/`) ? point.slice(root.length) : '/';
}

async function device(disk: Disk, machine: string, path: string): Promise<string> {
  for (let at = machine; ; at = dirname(at)) {
    try {
      return (await disk.stat(at)).dev.toString();
    } catch (error) {
      if (!isMissing(error) || at === '/') throw ioError('look at', path, error);
    }
  }
}
