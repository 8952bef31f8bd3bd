/**
 * The Disk interface of src/host/disk.ts over a state in memory, as Linux has it for root. Every change goes through `record`,
 * so the log of a disk is what a crash state is made of (crash-states.ts). test/unit/fault/memory-disk.test.ts holds it to the
 * real one. `gate` stands before each operation: it may let it pass, make it fail, or never answer, as a dead process.
 */
import { posix } from 'node:path';
import type { Disk, OpenFile, Stats } from '../../../src/host/disk.ts';
import { apply, newInode, ROOT, type Attributes, type Inode, type Op, type State } from './disk-state.ts';

/** What becomes of an operation: it is done; it fails without effect; half of the bytes are written, then it fails. */
export type Fate = { errno?: string; half?: true };
/** `write`: it changes something. */
export interface Call {
  name: string;
  path: string;
  write: boolean;
  /** Not of the disk: systemd, the runtime, HTTP. */
  other?: true;
}
export interface Gate {
  /** Of operations that wait for their answer. May never resolve. */
  pass(call: Call): Promise<Fate | undefined> | Fate | undefined;
  /** Of those that are synchronous. */
  look(call: Call): Fate | undefined;
}
export const OPEN: Gate = { pass: () => undefined, look: () => undefined };

export interface MemoryDisk extends Disk {
  readonly state: State;
  readonly log: Op[];
  /** For the machine's own programs: no gate. */
  inode(path: string): { ino: number; inode: Inode } | undefined;
}
export interface DiskOptions {
  gate?: Gate;
  now: () => bigint;
  /** Told of every change, after it. */
  onChange?: (op: Op) => void;
  /** Makes `randomName`, so that two runs are the same. */
  names?: { next: number };
}

/** strerror(3), for what cp(1) and touch(1) say. */
const SAID: Record<string, string> = {
  ENOSPC: 'No space left on device', EROFS: 'Read-only file system', EACCES: 'Permission denied', ENOENT: 'No such file or directory', EIO: 'Input/output error',
  EMFILE: 'Too many open files', EEXIST: 'File exists', ENOTDIR: 'Not a directory', EISDIR: 'Is a directory',
};
/** As in the kernel: MAXSYMLINKS, include/linux/namei.h. */
const MAX_LINKS = 40;

class KernelError extends Error {
  readonly code: string;
  readonly syscall: string;
  constructor(code: string, syscall: string, path: string) {
    // most of them are caught at once, and a stack is what takes the time
    const limit = Error.stackTraceLimit;
    Error.stackTraceLimit = 0;
    super(`${code}: ${SAID[code] ?? code}, ${syscall} '${path}'`);
    Error.stackTraceLimit = limit;
    this.code = code;
    this.syscall = syscall;
  }
}

export function memoryDisk(state: State, options: DiskOptions): MemoryDisk {
  const { gate = OPEN, now, names = { next: 1 } } = options;
  const log: Op[] = [];
  let nextIno = Math.max(...state.keys()) + 1;
  const record = (op: Op): void => {
    log.push(op);
    apply(state, op);
    options.onChange?.(op);
  };
  const get = (ino: number): Inode => state.get(ino) ?? newInode('file', 0n, 0);

  /** Directory and last name of a path, links in between followed. */
  const locate = (syscall: string, path: string, followLast = false): { dir: number; name: string; ino: number | undefined } => {
    const todo = path.split('/').filter((part) => part !== '' && part !== '.');
    const trail: number[] = [ROOT];
    let links = 0;
    let name = '';
    let dir = ROOT;
    while (todo.length > 0) {
      const part = todo.shift() ?? '';
      const here = trail.at(-1) ?? ROOT;
      if (part === '..') {
        if (trail.length > 1) trail.pop();
        continue;
      }
      if (get(here).kind !== 'directory') throw new KernelError('ENOTDIR', syscall, path);
      const ino = get(here).entries.get(part);
      [dir, name] = [here, part];
      if (todo.length === 0 && (ino === undefined || get(ino).kind !== 'link' || !followLast)) return { dir, name, ino };
      if (ino === undefined) throw new KernelError('ENOENT', syscall, path);
      if (get(ino).kind === 'link') {
        if (++links > MAX_LINKS) throw new KernelError('ELOOP', syscall, path);
        const text = get(ino).data.toString();
        if (text.startsWith('/')) trail.length = 1;
        todo.unshift(...text.split('/').filter((each) => each !== '' && each !== '.'));
      } else trail.push(ino);
    }
    return { dir, name, ino: trail.at(-1) };
  };
  const find = (syscall: string, path: string, followLast = false): number => {
    const { ino } = locate(syscall, path, followLast);
    if (ino === undefined) throw new KernelError('ENOENT', syscall, path);
    return ino;
  };
  const existing = (path: string): number | undefined => {
    try {
      return locate('utimensat', path).ino;
    } catch (error) {
      if (error instanceof KernelError && error.code === 'ENOENT') return undefined;
      throw error;
    }
  };
  const stats = (ino: number): Stats => {
    const { kind, mode, uid, gid, mtimeNs, ctimeNs, data, entries } = get(ino);
    const size = kind === 'directory' ? 4096 : data.length;
    const subdirectories = [...entries.values()].filter((each) => get(each).kind === 'directory').length;
    return {
      isFile: () => kind === 'file', isDirectory: () => kind === 'directory', isSymbolicLink: () => kind === 'link',
      size: BigInt(size), mode: BigInt(mode), uid: BigInt(uid), gid: BigInt(gid), mtimeNs, ctimeNs, dev: 1n, ino: BigInt(ino),
      nlink: kind === 'directory' ? BigInt(2 + subdirectories) : 1n,
    };
  };
  const make = (syscall: string, path: string, inode: Inode): number => {
    const { dir, name, ino } = locate(syscall, path);
    if (ino !== undefined) throw new KernelError('EEXIST', syscall, path);
    const made = nextIno++;
    record({ op: 'names', names: [{ dir, name, ino: made }], makes: { ino: made, inode } });
    return made;
  };
  const setData = (ino: number, data: Buffer): void => record({ op: 'data', ino, data, at: now() });
  const setAttributes = (ino: number, set: Attributes): void => record({ op: 'attributes', ino, set, at: now() });
  const failOn = (fate: Fate | undefined, name: string, path: string): void => {
    if (fate?.errno !== undefined) throw new KernelError(fate.errno, name, path);
  };
  const pass = async (name: string, path: string, write: boolean): Promise<Fate | undefined> => {
    const fate = await gate.pass({ name, path, write });
    if (fate?.half !== true) failOn(fate, name, path);
    return fate;
  };
  const look = (name: string, path: string): void => failOn(gate.look({ name, path, write: false }), name, path);
  /** One of the small changes inside of cp(1): the process may end between any two. */
  const inside = async (name: string, path: string): Promise<void> => void (await pass(name, path, true));

  const openFile = (ino: number, path: string, append: boolean): OpenFile => ({
    async stat() {
      await pass('fstat', path, false);
      const { uid, gid, data } = get(ino);
      return { uid, gid, size: data.length };
    },
    async read(into, offset, length, position) {
      await pass('read', path, false);
      const bytes = get(ino).data.subarray(position, position + length);
      into.set(bytes, offset);
      return { bytesRead: bytes.length };
    },
    async writeFile(content) {
      const bytes = Buffer.from(content);
      const fate = await pass('write', path, true);
      const part = fate?.half === true ? bytes.subarray(0, bytes.length >> 1) : bytes;
      const { data } = get(ino);
      if (part.length > 0) setData(ino, append ? Buffer.concat([data, part]) : Buffer.concat([part, data.subarray(part.length)]));
      failOn(fate, 'write', path);
    },
    async truncate(size) {
      await pass('ftruncate', path, true);
      setData(ino, Buffer.concat([get(ino).data.subarray(0, size), Buffer.alloc(Math.max(0, size - get(ino).data.length))]));
    },
    async chmod(mode) {
      await pass('fchmod', path, true);
      setAttributes(ino, { mode });
    },
    async chown(uid, gid) {
      await pass('fchown', path, true);
      const { kind, mode } = get(ino);
      // set-id bits go with the owner, but the set-group-id bit of what no group may execute (chown(2))
      setAttributes(ino, { uid, gid, mode: kind === 'directory' ? mode : mode & ~0o4000 & ((mode & 0o010) === 0 ? 0o7777 : ~0o2000) });
    },
    async sync() {
      await pass('fsync', path, true);
      record({ op: 'sync', ino });
    },
    async datasync() {
      await pass('fdatasync', path, true);
      record({ op: 'sync', ino, dataOnly: true });
    },
    async close() {},
  });

  const copyTo = async (name: string, from: string, to: string, content: boolean): Promise<string | undefined> => {
    try {
      const fate = await pass(name, to, true);
      const source = get(find('open', from));
      const target = make('open', to, newInode('file', now(), 0o600));
      if (content) {
        if (fate?.half !== true) await inside(`${name}: write`, to);
        setData(target, fate?.half === true ? source.data.subarray(0, source.data.length >> 1) : source.data);
        failOn(fate, name, to);
      }
      await inside(`${name}: chown`, to);
      setAttributes(target, { uid: source.uid, gid: source.gid });
      await inside(`${name}: xattrs`, to);
      setAttributes(target, { xattrs: source.xattrs });
      await inside(`${name}: chmod`, to);
      setAttributes(target, { mode: source.mode });
      await inside(`${name}: times`, to);
      setAttributes(target, { mtimeNs: source.mtimeNs });
      return undefined;
    } catch (error) {
      if (!(error instanceof KernelError)) throw error;
      return `cp: error with '${to}': ${SAID[error.code] ?? error.code}\n`;
    }
  };

  return {
    state,
    log,
    inode(path) {
      try {
        const ino = find('stat', path, true);
        return { ino, inode: get(ino) };
      } catch {
        return undefined;
      }
    },
    async lstat(path) {
      await pass('lstat', path, false);
      return stats(find('lstat', path));
    },
    async stat(path) {
      await pass('stat', path, false);
      return stats(find('stat', path, true));
    },
    async readlink(path) {
      await pass('readlink', path, false);
      const inode = get(find('readlink', path));
      if (inode.kind !== 'link') throw new KernelError('EINVAL', 'readlink', path);
      return inode.data.toString();
    },
    linkText(path) {
      try {
        const inode = get(find('lstat', path));
        return inode.kind === 'link' ? inode.data.toString() : undefined;
      } catch {
        return undefined;
      }
    },
    async readdir(path) {
      await pass('scandir', path, false);
      const inode = get(find('scandir', path, true));
      if (inode.kind !== 'directory') throw new KernelError('ENOTDIR', 'scandir', path);
      return [...inode.entries.keys()].map((name) => Buffer.from(name));
    },
    read(path, part) {
      look('open', path);
      const inode = get(find('open', path));
      if (inode.kind === 'link') throw new KernelError('ELOOP', 'open', path);
      if (inode.kind !== 'file') return undefined;
      return Buffer.from(part === undefined ? inode.data : inode.data.subarray(part.offset, part.offset + part.length));
    },
    async statfs(path) {
      await pass('statfs', path, false);
      find('statfs', path, true);
      return { bavail: 1 << 20, bsize: 4096 };
    },
    mounts: async () => '1 0 8:1 / / rw,relatime - ext4 /dev/sda1 rw\n',

    async open(path, how) {
      // Of a name that is there, append changes nothing: what changes is its making.
      await pass('open', path, how === 'append');
      const { ino } = locate('open', path);
      if (ino === undefined && how === 'append') return openFile(make('open', path, newInode('file', now(), 0o600)), path, true);
      const found = find('open', path);
      const { kind } = get(found);
      if (kind === 'link') throw new KernelError('ELOOP', 'open', path);
      if (kind === 'directory' && how !== 'look') throw new KernelError('EISDIR', 'open', path);
      return openFile(found, path, how === 'append');
    },
    async create(path) {
      await pass('open', path, true);
      make('open', path, newInode('file', now(), 0o600));
    },
    async mkdir(path, mode) {
      await pass('mkdir', path, true);
      make('mkdir', path, newInode('directory', now(), mode & 0o1777)); // mkdir(2)
    },
    async symlink(target, path) {
      await pass('symlink', path, true);
      make('symlink', path, newInode('link', now(), 0o777, { data: Buffer.from(target) }));
    },
    async link(from, to) {
      await pass('link', to, true);
      const source = locate('link', from);
      if (source.ino === undefined) throw new KernelError('ENOENT', 'link', from);
      const target = locate('link', to);
      if (target.ino !== undefined) throw new KernelError('EEXIST', 'link', from);
      if (get(source.ino).kind === 'directory') throw new KernelError('EPERM', 'link', from);
      record({ op: 'names', names: [{ dir: target.dir, name: target.name, ino: source.ino }] });
    },
    async rename(from, to) {
      await pass('rename', to, true);
      const [source, target] = [locate('rename', from), locate('rename', to)];
      const ino = source.ino;
      if (ino === undefined) throw new KernelError('ENOENT', 'rename', from);
      if (target.ino === ino) return;
      const isDirectory = get(ino).kind === 'directory';
      if (isDirectory && `${posix.normalize(to)}/`.startsWith(`${posix.normalize(from)}/`)) throw new KernelError('EINVAL', 'rename', from);
      if (`${posix.normalize(from)}/`.startsWith(`${posix.normalize(to)}/`)) throw new KernelError('ENOTEMPTY', 'rename', from);
      if (target.ino !== undefined) {
        const replaced = get(target.ino);
        if (isDirectory && replaced.kind !== 'directory') throw new KernelError('ENOTDIR', 'rename', from);
        if (!isDirectory && replaced.kind === 'directory') throw new KernelError('EISDIR', 'rename', from);
        if (replaced.entries.size > 0) throw new KernelError('ENOTEMPTY', 'rename', from);
      }
      record({ op: 'names', names: [{ dir: source.dir, name: source.name }, { dir: target.dir, name: target.name, ino }] });
    },
    async unlink(path) {
      await pass('unlink', path, true);
      const { dir, name, ino } = locate('unlink', path);
      if (ino === undefined) throw new KernelError('ENOENT', 'unlink', path);
      if (get(ino).kind === 'directory') throw new KernelError('EISDIR', 'unlink', path);
      record({ op: 'names', names: [{ dir, name }] });
    },
    async rmdir(path) {
      await pass('rmdir', path, true);
      const { dir, name, ino } = locate('rmdir', path);
      if (ino === undefined) throw new KernelError('ENOENT', 'rmdir', path);
      if (get(ino).kind !== 'directory') throw new KernelError('ENOTDIR', 'rmdir', path);
      if (get(ino).entries.size > 0) throw new KernelError('ENOTEMPTY', 'rmdir', path);
      record({ op: 'names', names: [{ dir, name }] });
    },
    randomName: () => (names.next++).toString(16).padStart(12, '0'),
    copy: (from, to) => copyTo('cp', from, to, true),
    copyAttributes: (from, to) => copyTo('cp --attributes-only', from, to, false),
    async setTime(path, seconds) {
      try {
        await pass('touch', path, true);
        const [whole = '0', nanos = '0'] = seconds.split('.');
        const ino = existing(path);
        // with --no-create nothing there is nothing wrong
        if (ino !== undefined) setAttributes(ino, { mtimeNs: BigInt(whole) * 1_000_000_000n + BigInt(nanos) });
        return undefined;
      } catch (error) {
        if (!(error instanceof KernelError)) throw error;
        return `touch: setting times of '${path}': ${SAID[error.code] ?? error.code}\n`;
      }
    },
  };
}
