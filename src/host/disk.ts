/**
 * The lowest operations on files: what is asked of the kernel, of cp(1) and of touch(1), one each. All that kcfg writes to a
 * node goes through here, so that tests can put a disk in its place that loses power, fills up or breaks at any of them
 * (test/fault/memory-disk.ts). Nothing is decided here: which operations, and in which order, is durable.ts's and files.ts's.
 */
import { closeSync, constants, fstatSync, lstatSync, openSync, readFileSync, readlinkSync, readSync, type BigIntStats } from 'node:fs';
import { link, lstat, mkdir, open, readdir, readFile, readlink, rename, rmdir, stat, statfs, symlink, unlink } from 'node:fs/promises';
import type { RunResult } from './host.ts';
import { errnoOf } from './io-errors.ts';

/** What lstat(2) says, as far as kcfg asks. */
export type Stats = Pick<BigIntStats, 'isFile' | 'isDirectory' | 'isSymbolicLink' | 'size' | 'mode' | 'uid' | 'gid' | 'mtimeNs' | 'ctimeNs' | 'dev' | 'ino' | 'nlink'>;

/** An open file or directory: a name that is swapped underneath changes nothing. */
export interface OpenFile {
  stat(): Promise<{ uid: number; gid: number; size: number }>;
  read(into: Uint8Array, offset: number, length: number, position: number): Promise<{ bytesRead: number }>;
  writeFile(content: Uint8Array | string): Promise<void>;
  truncate(size: number): Promise<void>;
  chmod(mode: number): Promise<void>;
  chown(uid: number, gid: number): Promise<void>;
  /** fsync(2): content and attributes of a file; of a directory, which names it has. */
  sync(): Promise<void>;
  /** fdatasync(2): the content, and what is needed to read it. */
  datasync(): Promise<void>;
  close(): Promise<void>;
}

/**
 * All paths are the machine's. Errors are the kernel's, with `code` and `syscall`. Nothing follows a link in the last
 * component but stat, readdir and statfs.
 */
export interface Disk {
  lstat(path: string): Promise<Stats>;
  stat(path: string): Promise<Stats>;
  readlink(path: string): Promise<string>;
  /** What a link says; undefined for all else, also for what is missing or out of reach. */
  linkText(path: string): string | undefined;
  /** Names in no order. */
  readdir(path: string): Promise<Buffer[]>;
  /** Of a regular file all bytes, or of a part fewer where it ends; undefined where it is something else. */
  read(path: string, part?: { offset: number; length: number }): Buffer | undefined;
  statfs(path: string): Promise<{ bavail: number; bsize: number }>;
  /** /proc/self/mountinfo */
  mounts(): Promise<string>;

  /** `look`: file or directory, no waiting on a FIFO. `append` makes the file where it is missing, with 0600. */
  open(path: string, how: 'look' | 'write' | 'append'): Promise<OpenFile>;
  /** A new empty file, 0600, that no one else can have put there. */
  create(path: string): Promise<void>;
  mkdir(path: string, mode: number): Promise<void>;
  symlink(target: string, path: string): Promise<void>;
  /** A second name for the same file (a hard link); of a link, for the link itself. */
  link(from: string, to: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  unlink(path: string): Promise<void>;
  rmdir(path: string): Promise<void>;
  /** Twelve hex digits that no one can foresee. */
  randomName(): string;

  // cp(1) and touch(1) do what Node.js cannot: xattrs, and nanoseconds. Each gives back what it said when it failed.
  /** Content and attributes of `from` at `to`, which must not be there yet. */
  copy(from: string, to: string): Promise<string | undefined>;
  /** An empty file at `to` with the attributes of `from`: no room is taken for content that will be replaced. */
  copyAttributes(from: string, to: string): Promise<string | undefined>;
  /** `seconds` since the epoch, with nine decimals. */
  setTime(path: string, seconds: string): Promise<string | undefined>;
}

const { O_RDONLY, O_WRONLY, O_APPEND, O_CREAT, O_EXCL, O_NOFOLLOW, O_NONBLOCK } = constants;
const OPENINGS = { look: O_RDONLY | O_NONBLOCK, write: O_WRONLY, append: O_WRONLY | O_APPEND | O_CREAT };
const COPY = ['cp', '--preserve=all', '--no-dereference', '--no-target-directory'] as const;

/** `run` works on the machine's own paths. */
export function realDisk(run: (argv: readonly [string, ...string[]]) => Promise<RunResult>): Disk {
  const failure = async (...argv: [string, ...string[]]): Promise<string | undefined> => {
    const { exitCode, stderr } = await run(argv);
    return exitCode === 0 ? undefined : stderr;
  };
  return {
    lstat: (path) => lstat(path, { bigint: true }),
    stat: (path) => stat(path, { bigint: true }),
    readlink: (path) => readlink(path),
    linkText,
    readdir: (path) => readdir(path, { encoding: 'buffer' }),
    read,
    statfs: (path) => statfs(path),
    mounts: () => readFile('/proc/self/mountinfo', 'utf8'),
    open: (path, how) => open(path, OPENINGS[how] | O_NOFOLLOW, 0o600),
    create: async (path) => (await open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600)).close(),
    mkdir: (path, mode) => mkdir(path, { mode }).then(() => undefined),
    symlink: (target, path) => symlink(target, path),
    link: (from, to) => link(from, to),
    rename: (from, to) => rename(from, to),
    unlink: (path) => unlink(path),
    rmdir: (path) => rmdir(path),
    // node:crypto takes 5 ms to load, and `kcfg get` writes nothing: so it is loaded when something is written
    randomName: () => process.getBuiltinModule('node:crypto').randomBytes(6).toString('hex'),
    copy: (from, to) => failure(...COPY, '--', from, to),
    copyAttributes: (from, to) => failure(...COPY, '--attributes-only', '--', from, to),
    setTime: (path, seconds) => failure('touch', '--no-dereference', '--no-create', '-m', '-d', `@${seconds}`, '--', path),
  };
}

/** Synchronous: a path has some five components, and five questions to the thread pool cost more than their answers. */
export function linkText(path: string): string | undefined {
  try {
    return lstatSync(path).isSymbolicLink() ? readlinkSync(path) : undefined;
  } catch (error) {
    if (errnoOf(error) !== undefined) return undefined; // opening it gives the reason
    throw error;
  }
}

/** Of what is read whole. The kubelet takes no manifest above 10 MiB (file.go, maxConfigLength), and etcd no object above 1.5 MiB. */
export const LARGEST = 64 * 1024 * 1024;

/** Synchronous: these files are small, and at hand. */
function read(path: string, part?: { offset: number; length: number }): Buffer | undefined {
  const descriptor = openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  try {
    const { size } = regular(descriptor) ?? {};
    if (size === undefined) return undefined;
    if (part === undefined && size > LARGEST) throw Object.assign(new Error('EFBIG: file too large, read'), { code: 'EFBIG', syscall: 'read' });
    if (part === undefined) return readFileSync(descriptor);
    const bytes = Buffer.allocUnsafe(Math.max(0, Math.min(part.length, size - part.offset)));
    return bytes.subarray(0, readSync(descriptor, bytes, 0, bytes.length, part.offset));
  } finally {
    closeSync(descriptor);
  }
}

/** A FIFO or a device would keep us waiting, or never end. */
function regular(descriptor: number): { size: number } | undefined {
  const found = fstatSync(descriptor);
  return found.isFile() ? found : undefined;
}
