/**
 * What is on a disk, as plain values: inodes by number, and the operations that change them. An inode is never changed in
 * place, so a snapshot is a copy of one map. The times of directories are not modelled: every temporary file changes them.
 */
import { createHash } from 'node:crypto';

export interface Inode {
  readonly kind: 'file' | 'directory' | 'link';
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly mtimeNs: bigint;
  readonly ctimeNs: bigint;
  readonly xattrs: Readonly<Record<string, string>>;
  /** Of a file; of a link what it says. */
  readonly data: Buffer;
  /** Of a directory. */
  readonly entries: ReadonlyMap<string, number>;
}
export type Attributes = Partial<Pick<Inode, 'mode' | 'uid' | 'gid' | 'mtimeNs' | 'xattrs'>>;

/** One change, as small as the kernel makes them. */
export type Op =
  /** Names in directories, all at once: a rename is one. `makes`: a new inode behind them. */
  | { op: 'names'; names: readonly { dir: number; name: string; ino?: number }[]; makes?: { ino: number; inode: Inode } }
  | { op: 'data'; ino: number; data: Buffer; at: bigint }
  | { op: 'attributes'; ino: number; set: Attributes; at: bigint }
  | { op: 'sync'; ino: number; dataOnly?: true };

export const ROOT = 1;
export const EMPTY = Buffer.alloc(0);
const NOTHING: ReadonlyMap<string, number> = new Map();

export type State = Map<number, Inode>;

export function newInode(kind: Inode['kind'], at: bigint, mode: number, more: Partial<Inode> = {}): Inode {
  return { kind, mode, uid: 0, gid: 0, mtimeNs: at, ctimeNs: at, xattrs: {}, data: EMPTY, entries: NOTHING, ...more };
}
export function emptyState(): State {
  return new Map([[ROOT, newInode('directory', 0n, 0o755)]]);
}

export function apply(state: State, op: Op): void {
  const change = (ino: number, more: Partial<Inode>): void => {
    const inode = state.get(ino);
    if (inode !== undefined) state.set(ino, { ...inode, ...more });
  };
  switch (op.op) {
    case 'names':
      if (op.makes !== undefined && !state.has(op.makes.ino)) state.set(op.makes.ino, op.makes.inode);
      for (const { dir, name, ino } of op.names) {
        const entries = new Map(state.get(dir)?.entries);
        if (ino === undefined) entries.delete(name);
        else entries.set(name, ino);
        change(dir, { entries });
      }
      return;
    case 'data':
      return change(op.ino, { data: op.data, mtimeNs: op.at, ctimeNs: op.at });
    case 'attributes':
      return change(op.ino, { ...op.set, ctimeNs: op.at });
    case 'sync':
      return;
  }
}

const described = new WeakMap<Inode, string>();
/** All of an inode but its names and its ctime. */
export function describeInode(inode: Inode): string {
  let text = described.get(inode);
  if (text === undefined) {
    const hash = inode.kind === 'directory' ? '' : `${inode.data.length} ${createHash('sha1').update(inode.data).digest('hex')}`;
    const xattrs = Object.entries(inode.xattrs).map(([name, value]) => `${name}=${value}`);
    text = [inode.kind, inode.mode.toString(8), `${inode.uid}:${inode.gid}`, inode.kind === 'file' ? inode.mtimeNs : '', ...xattrs, hash].join(' ');
    described.set(inode, text);
  }
  return text;
}

/** Every path that is there, with what it is. `skip`: paths left out, with all below them. */
export function listing(state: State, skip: (path: string) => boolean = () => false): Map<string, string> {
  const found = new Map<string, string>();
  const walk = (ino: number, path: string): void => {
    const inode = state.get(ino);
    if (inode === undefined) throw new Error(`${path}: an entry without an inode`);
    found.set(path, describeInode(inode));
    for (const name of [...inode.entries.keys()].sort()) {
      const below = `${path === '/' ? '' : path}/${name}`;
      if (!skip(below)) walk(inode.entries.get(name) ?? 0, below);
    }
  };
  walk(ROOT, '/');
  return found;
}

/** The same for the same tree, whatever the numbers of its inodes. */
export function hashOf(state: State): string {
  const walk = (ino: number): string => {
    const inode = state.get(ino);
    if (inode === undefined) throw new Error('an entry without an inode');
    if (inode.kind !== 'directory') return describeInode(inode);
    const below = [...inode.entries.keys()].sort().map((name) => `${name}\0${walk(inode.entries.get(name) ?? 0)}\n`);
    return createHash('sha1').update(`${describeInode(inode)}\n${below.join('')}`).digest('base64');
  };
  return walk(ROOT);
}
