/**
 * What a power cut leaves of a recording, as ALICE (Pillai et al., OSDI 2014) and CrashMonkey have it. Durable are the content
 * and the attributes of a file after its fsync, and the names in a directory after the directory's. Of all else each may or may
 * not have reached the disk, whatever the order: every subset of the changed names (a rename is one change), and of each file
 * that is there every subset of its changed attributes, with its old content, its new, half of it, or zeros of its length.
 */
import { apply, hashOf, newInode, type Inode, type Op, type State } from './disk-state.ts';

type InodeOp = Extract<Op, { op: 'data' | 'attributes' }>;

export interface CrashState {
  state: State;
  hash: string;
  /** The operations before it. */
  after: number;
}
export interface Enumeration {
  operations: number;
  /** With those that are the same tree. */
  states: number;
  /** Whose attributes were not taken apart because a set was too large. */
  bounded: number;
}
export interface Bounds {
  /** Files under a temporary name have either none of their unsynced attributes or all: recovery looks at their names alone. */
  temporaries: 'whole' | 'every subset';
  /** Told apart up to here; beyond, by the last one that was lost. */
  names: number;
}

/** Of a file that is written and not in its place yet. */
const TEMPORARY = /^\..*\.kcfg-[0-9a-f]{12}$/;

/** Yields the states after each operation from `from` on. `seen`: hashes that are left out, and to which new ones are added. */
export function* crashStates(start: State, log: readonly Op[], seen: Set<string>, count: Enumeration, bounds: Bounds, from = 0): Generator<CrashState> {
  const durable: State = new Map(start);
  const made = new Map<number, Inode>();
  let pending: Op[] = [];
  const emit = function* (after: number): Generator<CrashState> {
    for (const state of subsets(durable, made, pending, count, bounds)) {
      count.states++;
      const hash = hashOf(state);
      if (seen.has(hash)) continue;
      seen.add(hash);
      yield { state, hash, after };
    }
  };
  if (from === 0) yield* emit(0);
  for (const [index, op] of log.entries()) {
    if (op.op === 'names' && op.makes !== undefined) made.set(op.makes.ino, op.makes.inode);
    if (op.op === 'sync') {
      const covered = (each: Op): boolean => {
        if (each.op === 'names') return op.dataOnly !== true && each.names.some(({ dir }) => dir === op.ino);
        return each.op !== 'sync' && each.ino === op.ino && (each.op === 'data' || op.dataOnly !== true);
      };
      for (const each of pending.filter(covered)) {
        // what is synced before any name leads to it is there all the same, once one does
        if (each.op !== 'names' && each.op !== 'sync' && !durable.has(each.ino)) {
          const inode = made.get(each.ino);
          if (inode !== undefined) durable.set(each.ino, inode);
        }
        apply(durable, each);
      }
      pending = pending.filter((each) => !covered(each));
    } else pending.push(op);
    if (index < from) continue;
    count.operations++;
    yield* emit(index + 1);
  }
}

function* subsets(durable: State, made: ReadonlyMap<number, Inode>, pending: readonly Op[], count: Enumeration, bounds: Bounds): Generator<State> {
  const names = pending.filter((op) => op.op === 'names');
  const ofInodes = new Map<number, InodeOp[]>();
  for (const op of pending) if (op.op === 'data' || op.op === 'attributes') ofInodes.set(op.ino, [...(ofInodes.get(op.ino) ?? []), op]);
  if (names.length > bounds.names) count.bounded++;
  for (const chosen of choices(names, bounds.names)) {
    const state: State = new Map(durable);
    for (const op of chosen) {
      for (const { ino } of op.names) {
        const inode = ino === undefined || state.has(ino) ? undefined : made.get(ino);
        if (ino !== undefined && inode !== undefined) state.set(ino, inode);
      }
      apply(state, { op: 'names', names: op.names });
    }
    const there = reachable(state);
    const open = [...ofInodes].filter(([ino]) => there.has(ino));
    yield* product(state, open, (ino) => bounds.temporaries === 'whole' && TEMPORARY.test(there.get(ino) ?? ''));
  }
}

/** Every subset, in the order of the operations. Too many: all but one, and all up to one. */
function* choices<T>(all: readonly T[], most: number): Generator<T[]> {
  if (all.length <= most) {
    for (let bits = 0; bits < 1 << all.length; bits++) yield all.filter((_, index) => ((bits >> index) & 1) === 1);
    return;
  }
  for (let at = 0; at <= all.length; at++) {
    yield all.slice(0, at);
    yield all.filter((_, index) => index !== at);
  }
}

/** Number of every inode that a name leads to, with one of its names. */
function reachable(state: State): Map<number, string> {
  const found = new Map<number, string>();
  const walk = (ino: number, name: string): void => {
    if (found.has(ino)) return;
    found.set(ino, name);
    for (const [below, each] of state.get(ino)?.entries ?? []) walk(each, below);
  };
  walk(1, '');
  return found;
}

function* product(state: State, open: readonly (readonly [number, InodeOp[]])[], whole: (ino: number) => boolean): Generator<State> {
  const [first, ...others] = open;
  if (first === undefined) {
    yield state;
    return;
  }
  const [ino, ops] = first;
  const inode = state.get(ino) ?? newInode('file', 0n, 0);
  for (const variant of variants(inode, ops, whole(ino))) {
    const next: State = new Map(state);
    next.set(ino, variant);
    yield* product(next, others, whole);
  }
}

function* variants(inode: Inode, ops: readonly InodeOp[], whole: boolean): Generator<Inode> {
  const attributes = ops.filter((op) => op.op === 'attributes');
  const contents = contentsOf(inode.data, ops.flatMap((op) => (op.op === 'data' ? [op.data] : [])));
  const written = ops.filter((op) => op.op === 'data').at(-1);
  const sets = whole ? (attributes.length === 0 ? [[]] : [[], attributes]) : [...choices(attributes, 6)];
  for (const data of contents) {
    for (const set of sets) {
      const found = new Map([[0, data === inode.data || written === undefined ? inode : { ...inode, data, mtimeNs: written.at }]]);
      for (const op of set) apply(found, { ...op, ino: 0 });
      yield found.get(0) ?? inode;
    }
  }
}

/** Old, each new one, half of each new one, and zeros where the last one is new. */
function contentsOf(old: Buffer, later: readonly Buffer[]): Buffer[] {
  const found = [old];
  let before = old;
  for (const [index, data] of later.entries()) {
    let same = 0;
    while (same < before.length && same < data.length && before[same] === data[same]) same++;
    const fresh = data.length - same;
    if (fresh > 1) found.push(data.subarray(0, same + (fresh >> 1)));
    if (fresh > 0 && index === later.length - 1) found.push(Buffer.concat([data.subarray(0, same), Buffer.alloc(fresh)]));
    found.push(data);
    before = data;
  }
  return [...new Map(found.map((each) => [each.toString('latin1'), each])).values()];
}
