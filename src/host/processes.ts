/** Processes by /proc and by the cgroup of their service: nothing is started, and no one is asked. */
import type { Files, Processes } from './host.ts';

/** USER_HZ: the unit of times in /proc/PID/stat is fixed at 1/100 s on Linux (proc(5), sysconf(3)). */
const TICKS_PER_SECOND = 100;

export function procfs(files: Files): Processes {
  const text = async (path: string): Promise<string | undefined> => (await files.read(path).catch(() => undefined))?.toString('utf8');
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
        return pids.split('\n').filter((line) => line !== '').map(Number).sort((a, b) => a - b);
      }
      return [];
    },
    async startedAt(pid) {
      // Field 22 counts after the command in parentheses, which may hold blanks (proc(5)).
      const stat = (await text(`/proc/${pid}/stat`))?.replace(/^.*\) /s, '').split(' ');
      const boot = /^btime (\d+)$/m.exec((await text('/proc/stat')) ?? '')?.[1];
      const ticks = stat?.[19];
      if (ticks === undefined || boot === undefined) return undefined;
      return new Date((Number(boot) + Number(ticks) / TICKS_PER_SECOND) * 1000);
    },
    async bootId() {
      return ((await text('/proc/sys/kernel/random/boot_id')) ?? '').trim();
    },
  };
}
