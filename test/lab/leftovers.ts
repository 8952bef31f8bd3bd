/** What a lab has on this machine, found without the lab's own script: tests compare it with nothing. */
import { existsSync, readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { join } from 'node:path';

export interface Leftovers {
  processes: string[];
  mounts: string[];
  cgroups: string[];
  namespaces: string[];
  files: string[];
}

/** `network`: inode of the lab's network namespace while it had one; its members count even when its name is gone. */
export function leftovers(lab: string, network?: number): Leftovers {
  const home = join(process.env.KCFG_LAB ?? '/var/tmp/kcfg-lab', 'labs', lab);
  const mark = `kcfg-${lab}`;
  const namespace = `/run/netns/${mark}`;
  const ours = new RegExp(`/${mark}[-.]`);
  return {
    processes: readdirSync('/proc')
      .filter((pid) => /^\d+$/.test(pid) && alive(pid))
      .filter((pid) => ours.test(text(pid, 'cgroup')) || text(pid, 'cmdline').includes(`${home}/`) || networkOf(pid) === `net:[${network}]`)
      .map((pid) => `${pid} ${text(pid, 'cmdline').replaceAll('\0', ' ')}`),
    mounts: readFileSync('/proc/self/mounts', 'utf8')
      .split('\n')
      .filter((line) => line.includes(home)),
    cgroups: readdirSync('/sys/fs/cgroup').flatMap((controller) =>
      readdirSync(join('/sys/fs/cgroup', controller))
        .filter((name) => ours.test(`/${name}`))
        .map((name) => `${controller}/${name}`),
    ),
    namespaces: existsSync(namespace) ? [namespace] : [],
    files: existsSync(home) ? [home] : [],
  };
}

export function networkInode(lab: string): number | undefined {
  return statSync(`/run/netns/kcfg-${lab}`, { throwIfNoEntry: false })?.ino;
}

/** A zombie has ended: only the machine's init has not asked for its status yet. */
function alive(pid: string): boolean {
  return !/^State:\s+Z/m.test(text(pid, 'status'));
}

function text(pid: string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return ''; // it has just ended
  }
}

function networkOf(pid: string): string {
  try {
    return readlinkSync(`/proc/${pid}/ns/net`);
  } catch {
    return '';
  }
}
