/** Processes by /proc and by the cgroup of their service: nothing is started, and no one is asked. */
import type { Files, Processes } from './host.ts';

/** USER_HZ: the unit of times in /proc/PID/stat is fixed at 1/100 s on Linux (proc(5), sysconf(3)). */
const TICKS_PER_SECOND = 100;

export function procfs(files: Files): Processes {
  const text = async (path: string): Promise<string | undefined> => (await files.read(path).catch(() => undefined))?.toString('utf8');
  /** Field 22, counted after the command in parentheses, which may hold blanks and parentheses (proc(5)). */
  const startTicks = async (pid: number): Promise<number | undefined> => {
    const ticks = (await text(`/proc/${pid}/stat`))?.replace(/^.*\) /s, '').split(' ')[19];
    return ticks === undefined ? undefined : Number(ticks);
  };
  return {
    async argv(pid) {
      const line = await text(`/proc/${pid}/cmdline`);
      return line === undefined || line === '' ? undefined : line.replace(/\0$/, '').split('\0');
    },
    async watchedInodes(pid) {
      const inodes = new Set<string>();
      for (const fd of (await files.list(`/proc/${pid}/fdinfo`).catch(() => undefined)) ?? []) {
        const info = (await text(`/proc/${pid}/fdinfo/${fd}`)) ?? '';
        for (const [, ino] of info.matchAll(/^inotify wd:\S+ ino:([0-9a-f]+) /gm)) inodes.add(BigInt(`0x${ino}`).toString());
      }
      return inodes;
    },
    async ofService(unit) {
      // systemd's own hierarchy: cgroup v1, hybrid, and v2.
      for (const base of ['/sys/fs/cgroup/systemd', '/sys/fs/cgroup', '/sys/fs/cgroup/unified']) {
        const pids = await text(`${base}/system.slice/${unit}/cgroup.procs`);
        if (pids === undefined) continue;
        const found = pids.split('\n').filter((line) => line !== '').map(Number);
        // PIDs start over at their maximum: a lower number is not always older.
        const ages = new Map(await Promise.all(found.map(async (pid) => [pid, await startTicks(pid)] as const)));
        return found.sort((a, b) => (ages.get(a) ?? Infinity) - (ages.get(b) ?? Infinity) || a - b);
      }
      return [];
    },
    async startedAt(pid) {
      const boot = /^btime (\d+)$/m.exec((await text('/proc/stat')) ?? '')?.[1];
      const ticks = await startTicks(pid);
      if (ticks === undefined || boot === undefined) return undefined;
      return new Date((Number(boot) + ticks / TICKS_PER_SECOND) * 1000);
    },
    async bootId() {
      return ((await text('/proc/sys/kernel/random/boot_id')) ?? '').trim();
    },
  };
}
