/**
 * Owner, mode, times and xattrs (SELinux label, ACL), carried from one file to another. cp(1) and touch(1) do what
 * Node.js cannot: xattrs, and nanoseconds. All else goes through an open file, so a name that is swapped underneath
 * for a link gets nothing.
 */
import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { KcfgError } from '../errors.ts';
import { ioErrorFromText } from './io-errors.ts';
import type { Attributes, Host } from './host.ts';

export interface Keeper {
  /** Content and attributes of `from` at `to`, which must not be there yet. `path` is the node's name for errors. */
  copy(from: string, to: string, path: string): Promise<void>;
  /** An empty file at `to` with the attributes of `from`: no room is taken for content that will be replaced. */
  copyAttributes(from: string, to: string, path: string): Promise<void>;
  /** `machine` is the name of what `handle` is open on. A negative gid means: as it is. Not synced. */
  set(handle: FileHandle, machine: string, attributes: Partial<Attributes>, path: string): Promise<void>;
}

/** `run` works on the machine's own paths. */
export function keepAttributes(run: Host['run']): Keeper {
  const cp = async (options: string[], from: string, to: string, path: string): Promise<void> => {
    const result = await run(['cp', '--preserve=all', '--no-dereference', '--no-target-directory', ...options, '--', from, to]);
    if (result.exitCode !== 0) throw ioErrorFromText('write', path, result.stderr);
  };
  return {
    copy: (from, to, path) => cp([], from, to, path),
    copyAttributes: (from, to, path) => cp(['--attributes-only'], from, to, path),
    async set(handle, machine, { mode, uid, gid, mtimeNs }, path) {
      const now = await handle.stat();
      const owner = { uid: uid ?? now.uid, gid: gid === undefined || gid < 0 ? now.gid : gid };
      // chown clears set-id bits: the mode comes after it
      if (owner.uid !== now.uid || owner.gid !== now.gid) await handle.chown(owner.uid, owner.gid);
      if (mode !== undefined) await handle.chmod(mode);
      if (mtimeNs === undefined) return;
      const seconds = `${mtimeNs.slice(0, -9) || '0'}.${mtimeNs.slice(-9).padStart(9, '0')}`;
      const { exitCode, stderr } = await run(['touch', '--no-dereference', '--no-create', '-m', '-d', `@${seconds}`, '--', machine]);
      if (exitCode !== 0) throw ioErrorFromText('set the time of', path, stderr);
    },
  };
}

/** Opens what is there, file or directory, to look at it and to set its attributes; no link, and no waiting on a FIFO. */
export function openEntry(machine: string): Promise<FileHandle> {
  return open(machine, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
}

/** cp is content when it may not give a file away (it is not root, or a network disk forbids it); kcfg is not. */
export async function requireOwner(handle: FileHandle, wanted: { uid: number; gid: number }, path: string): Promise<void> {
  const { uid, gid } = await handle.stat();
  if (uid === wanted.uid && gid === wanted.gid) return;
  throw new KcfgError('io', `cannot write ${path}: its owner ${wanted.uid}:${wanted.gid} cannot be kept`, { where: [{ file: path }] });
}
