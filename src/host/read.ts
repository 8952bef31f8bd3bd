/** Looking and reading: what is at a path, without being kept waiting, and without losing a name. */
import { closeSync, constants, fstatSync, openSync, readFileSync, readSync, type BigIntStats } from 'node:fs';
import { readdir, readlink } from 'node:fs/promises';
import { KcfgError } from '../errors.ts';
import type { FileInfo } from './host.ts';

/** What lstat(2) or stat(2) found at `machine`. */
export async function describe(path: string, found: BigIntStats, machine: string): Promise<FileInfo> {
  const kind = found.isFile() ? 'file' : found.isDirectory() ? 'directory' : found.isSymbolicLink() ? 'link' : 'other';
  return {
    path,
    kind,
    size: Number(found.size),
    mode: Number(found.mode) & 0o7777,
    uid: Number(found.uid),
    gid: Number(found.gid),
    mtimeNs: found.mtimeNs.toString(),
    ctimeNs: found.ctimeNs.toString(),
    dev: found.dev.toString(),
    ino: found.ino.toString(),
    nlink: Number(found.nlink),
    ...(kind === 'link' ? { target: await readlink(machine) } : {}),
  };
}

/** Synchronous: these files are small, and at hand. */
export function readRegular(machine: string, path: string): Buffer {
  return withRegular(machine, path, readFileSync);
}

/** Fewer bytes where the file ends, or begins to be something else than the caller thinks. */
export function readPart(machine: string, path: string, offset: number, length: number): Buffer {
  return withRegular(machine, path, (descriptor) => {
    const bytes = Buffer.allocUnsafe(Math.max(0, Math.min(length, fstatSync(descriptor).size - offset)));
    return bytes.subarray(0, readSync(descriptor, bytes, 0, bytes.length, offset));
  });
}

/** A FIFO or a device would keep us waiting, or never end. */
function withRegular(machine: string, path: string, read: (descriptor: number) => Buffer): Buffer {
  const descriptor = openSync(machine, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    if (!fstatSync(descriptor).isFile()) throw notAFile(path);
    return read(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/**
 * Names, byte-sorted. A name that is not UTF-8 could be listed and then not be found: better no list than one with a
 * file missing.
 */
export async function listNames(machine: string, path: string): Promise<string[]> {
  const names = await readdir(machine, { encoding: 'buffer' });
  return names.sort(Buffer.compare).map((name) => {
    const text = name.toString('utf8');
    if (Buffer.from(text).equals(name)) return text;
    throw new KcfgError('io', `a name in ${path} is not UTF-8`, { where: [{ file: `${path}/${text}` }], help: ['this shows it:', `  ls -b ${path}`] });
  });
}

export function notAFile(path: string): KcfgError {
  return new KcfgError('io', `${path} is not a regular file`, { where: [{ file: path }] });
}
