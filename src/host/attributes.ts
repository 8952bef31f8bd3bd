/**
 * Owner, mode, times and xattrs (SELinux label, ACL), carried from one file to another. cp(1) and touch(1) do what
 * Node.js cannot: xattrs, and nanoseconds. All else goes through an open file, so a name that is swapped underneath
 * for a link gets nothing.
 */
import { KcfgError } from '../errors.ts';
import type { Disk, OpenFile } from './disk.ts';
import { ioErrorFromText } from './io-errors.ts';
import type { Attributes } from './host.ts';

export interface Keeper {
  /** Content and attributes of `from` at `to`, which must not be there yet. `path` is the node's name for errors. */
  copy(from: string, to: string, path: string): Promise<void>;
  /** An empty file at `to` with the attributes of `from`. */
  copyAttributes(from: string, to: string, path: string): Promise<void>;
  /** `machine` is the name of what `handle` is open on. A negative gid means: as it is. Not synced. */
  set(handle: OpenFile, machine: string, attributes: Partial<Attributes>, path: string): Promise<void>;
}

export function keepAttributes(disk: Disk): Keeper {
  const refuse = (doing: string, path: string, said: string | undefined): void => {
    if (said !== undefined) throw ioErrorFromText(doing, path, said);
  };
  return {
    copy: async (from, to, path) => refuse('write', path, await disk.copy(from, to)),
    copyAttributes: async (from, to, path) => refuse('write', path, await disk.copyAttributes(from, to)),
    async set(handle, machine, { mode, uid, gid, mtimeNs }, path) {
      const now = await handle.stat();
      const owner = { uid: uid ?? now.uid, gid: gid === undefined || gid < 0 ? now.gid : gid };
      // chown clears set-id bits: the mode comes after it
      if (owner.uid !== now.uid || owner.gid !== now.gid) await handle.chown(owner.uid, owner.gid);
      if (mode !== undefined) await handle.chmod(mode);
      if (mtimeNs === undefined) return;
      refuse('set the time of', path, await disk.setTime(machine, `${mtimeNs.slice(0, -9) || '0'}.${mtimeNs.slice(-9).padStart(9, '0')}`));
    },
  };
}

/** cp is content when it may not give a file away (it is not root, or a network disk forbids it); kcfg is not. */
export async function requireOwner(handle: OpenFile, wanted: { uid: number | bigint; gid: number | bigint }, path: string): Promise<void> {
  const { uid, gid } = await handle.stat();
  if (uid === Number(wanted.uid) && gid === Number(wanted.gid)) return;
  throw new KcfgError('io', `cannot write ${path}: its owner ${wanted.uid}:${wanted.gid} cannot be kept`, { where: [{ file: path }] });
}
