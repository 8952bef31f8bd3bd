/** /proc and /sys of a pretend node, as far as kcfg reads them: plain files, written when something starts or stops. */
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Machine } from './machine.ts';
import { CONTROL_PLANE_PROGRAMS } from './scripts.ts';

/** sysconf(_SC_CLK_TCK): field 22 of /proc/PID/stat counts in it. */
const TICKS_PER_SECOND = 100;

const put = (machine: Machine, path: string, text: string): void => {
  const file = join(machine.root, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
};

/** What the kernel of a fresh boot shows. */
export function writeKernel(machine: Machine): void {
  rmSync(join(machine.root, 'proc'), { recursive: true, force: true });
  rmSync(join(machine.root, 'sys'), { recursive: true, force: true });
  put(machine, 'proc/stat', `cpu  0 0 0 0 0 0 0 0 0 0\nbtime ${Math.floor(machine.bootedAt / 1000)}\nprocesses 4711\n`);
  put(machine, 'proc/sys/kernel/random/boot_id', `${machine.bootId}\n`);
  put(machine, 'proc/sys/kernel/hostname', `${machine.settings.name}\n`);
  put(
    machine,
    'proc/self/mountinfo',
    [
      '25 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw',
      '26 25 0:22 / /proc rw,nosuid,nodev,noexec,relatime shared:5 - proc proc rw',
      '27 25 0:23 / /run rw,nosuid,nodev shared:6 - tmpfs tmpfs rw,size=800000k,mode=755',
      '',
    ].join('\n'),
  );
  put(machine, 'proc/swaps', 'Filename\tType\tSize\tUsed\tPriority\n');
  put(machine, 'sys/fs/cgroup/cgroup.controllers', 'cpuset cpu io memory hugetlb pids\n');
}

export interface PretendProcess {
  pid: number;
  argv: readonly string[];
  /** Milliseconds since the epoch. */
  startedAt: number;
  /** Main process of this service. */
  unit?: string;
}

export function showProcess(machine: Machine, { pid, argv, startedAt, unit }: PretendProcess): void {
  const ticks = Math.max(0, Math.round(((startedAt - Math.floor(machine.bootedAt / 1000) * 1000) / 1000) * TICKS_PER_SECOND));
  const name = (argv[0] ?? '').split('/').at(-1) ?? '';
  const fields = [
    pid,
    `(${name})`,
    'S',
    1,
    pid,
    pid,
    0,
    -1,
    4194560,
    ...Array<number>(12).fill(0),
    ticks,
    ...Array<number>(30).fill(0),
  ];
  put(machine, `proc/${pid}/cmdline`, argv.map((argument) => `${argument}\0`).join(''));
  if (CONTROL_PLANE_PROGRAMS.some((program) => program === name)) {
    rmSync(join(machine.root, `proc/${pid}/exe`), { force: true });
    symlinkSync(`/usr/local/bin/${name}`, join(machine.root, `proc/${pid}/exe`));
  }
  put(machine, `proc/${pid}/comm`, `${name.slice(0, 15)}\n`);
  put(machine, `proc/${pid}/stat`, `${fields.join(' ')}\n`);
  if (unit !== undefined) {
    put(machine, `proc/${pid}/cgroup`, `0::/system.slice/${unit}\n`);
    put(machine, `sys/fs/cgroup/system.slice/${unit}/cgroup.procs`, `${pid}\n`);
  }
}

/** The inotify watch of a process on a directory: descriptor 11, the directory's true inode (proc(5), fdinfo). */
export function showWatch(machine: Machine, pid: number, inode: bigint): void {
  const line = `inotify wd:1 ino:${inode.toString(16)} sdev:800001 mask:fc6 ignored_mask:0 fhandle-bytes:8 fhandle-type:1 f_handle:0000000000000000`;
  put(machine, `proc/${pid}/fdinfo/11`, `pos:\t0\nflags:\t02004000\nmnt_id:\t15\nino:\t1062\n${line}\n`);
}

export function hideWatch(machine: Machine, pid: number): void {
  rmSync(join(machine.root, `proc/${pid}/fdinfo/11`), { force: true });
}

export function hideProcess(machine: Machine, pid: number, unit?: string): void {
  rmSync(join(machine.root, `proc/${pid}`), { recursive: true, force: true });
  if (unit !== undefined) rmSync(join(machine.root, `sys/fs/cgroup/system.slice/${unit}`), { recursive: true, force: true });
}
