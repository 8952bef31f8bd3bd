/** Looking and reading: what is at a path, without being kept waiting, and without losing a name. */
import { KcfgError } from '../errors.ts';
import type { Disk, Stats } from './disk.ts';
import type { FileInfo } from './host.ts';

/** What lstat(2) or stat(2) found at `machine`. */
export async function describe(disk: Disk, path: string, found: Stats, machine: string): Promise<FileInfo> {
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
    ...(kind === 'link' ? { target: await disk.readlink(machine) } : {}),
  };
}

/** A FIFO or a device would keep us waiting, or never end. Of a `part` fewer bytes where the file ends. */
export function readRegular(disk: Disk, machine: string, path: string, part?: { offset: number; length: number }): Buffer {
  const bytes = disk.read(machine, part);
  if (bytes === undefined) throw notAFile(path);
  return bytes;
}

/**
 * Names, byte-sorted. A name that is not UTF-8 could be listed and then not be found: better no list than one with a
 * file missing.
 */
export async function listNames(disk: Disk, machine: string, path: string): Promise<string[]> {
  const names = await disk.readdir(machine);
  return names.sort(Buffer.compare).map((name) => {
    const text = name.toString('utf8');
    if (Buffer.from(text).equals(name)) return text;
    throw new KcfgError('io', `a name in ${path} is not UTF-8`, { where: [{ file: `${path}/${text}` }], help: ['this shows it:', `  ls -b ${path}`] });
  });
}

export function notAFile(path: string): KcfgError {
  return new KcfgError('io', `${path} is not a regular file`, { where: [{ file: path }] });
}
