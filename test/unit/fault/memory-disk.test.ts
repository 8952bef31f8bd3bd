/** The disk in memory is held to the real one: the same operations give the same answers, and the same tree. */
import assert from 'node:assert/strict';
import { lstatSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { realDisk, type Disk } from '../../../src/host/disk.ts';
import { errnoOf } from '../../../src/host/io-errors.ts';
import { runProgram } from '../../../src/host/run.ts';
import { emptyState, ROOT, type State } from '../../fault/model/disk-state.ts';
import { memoryDisk } from '../../fault/model/memory-disk.ts';

type Deed = (disk: Disk, at: (path: string) => string) => Promise<unknown>;

const name = fc.constantFrom('/a', '/b', '/d', '/d/a', '/d/b', '/d/d', '/d/d/a', '/x/a');
const mode = fc.constantFrom(0o600, 0o644, 0o640, 0o755, 0o4755);
const text = fc.constantFrom('', 'x', 'some words', 'more than that, and a line\n');
/** Long ago, so that a time that was set is told from one that happened. */
const seconds = fc.constantFrom('1000000000.000000007', '1500000000.123456789', '7.000000000');

const deed: fc.Arbitrary<[string, Deed]> = fc.oneof(
  name.map((a): [string, Deed] => [`create ${a}`, (disk, at) => disk.create(at(a))]),
  fc.tuple(name, mode).map(([a, m]): [string, Deed] => [`mkdir ${a} ${m.toString(8)}`, (disk, at) => disk.mkdir(at(a), m)]),
  fc.tuple(name, fc.constantFrom('a', 'd', 'none')).map(([a, to]): [string, Deed] => [`symlink ${to} ${a}`, (disk, at) => disk.symlink(to, at(a))]),
  fc.tuple(name, name).map(([a, b]): [string, Deed] => [`link ${a} ${b}`, (disk, at) => disk.link(at(a), at(b))]),
  fc.tuple(name, name).map(([a, b]): [string, Deed] => [`rename ${a} ${b}`, (disk, at) => disk.rename(at(a), at(b))]),
  name.map((a): [string, Deed] => [`unlink ${a}`, (disk, at) => disk.unlink(at(a))]),
  name.map((a): [string, Deed] => [`rmdir ${a}`, (disk, at) => disk.rmdir(at(a))]),
  name.map((a): [string, Deed] => [`read ${a}`, async (disk, at) => disk.read(at(a))?.toString()]),
  name.map((a): [string, Deed] => [`readlink ${a}`, (disk, at) => disk.readlink(at(a))]),
  name.map((a): [string, Deed] => [`linkText ${a}`, async (disk, at) => disk.linkText(at(a))]),
  name.map((a): [string, Deed] => [`readdir ${a}`, async (disk, at) => (await disk.readdir(at(a))).map(String).sort()]),
  fc.tuple(name, fc.constantFrom('lstat' as const, 'stat' as const)).map(([a, how]): [string, Deed] => [`${how} ${a}`, async (disk, at) => {
    const found = await disk[how](at(a));
    return [found.isFile(), found.isDirectory(), found.isSymbolicLink(), Number(found.mode) & 0o7777];
  }]),
  fc.tuple(name, text, fc.constantFrom('write' as const, 'append' as const)).map(([a, words, how]): [string, Deed] => [`${how} ${a} ${JSON.stringify(words)}`, async (disk, at) => {
    const file = await disk.open(at(a), how);
    try {
      await file.writeFile(words);
      await file.sync();
      return (await file.stat()).size;
    } finally {
      await file.close();
    }
  }]),
  fc.tuple(name, mode, fc.constantFrom(0, 3, 20)).map(([a, m, size]): [string, Deed] => [`chmod ${a} ${m.toString(8)}, truncate to ${size}`, async (disk, at) => {
    const file = await disk.open(at(a), 'append');
    try {
      await file.chmod(m);
      await file.truncate(size);
      await file.datasync();
    } finally {
      await file.close();
    }
  }]),
  fc.tuple(name, seconds).map(([a, time]): [string, Deed] => [`touch ${time} ${a}`, async (disk, at) => (await disk.setTime(at(a), time)) === undefined]),
  // only what files.ts asks for: from a file, to a name that is not there
  fc.tuple(name, name, fc.constantFrom('copy' as const, 'copyAttributes' as const)).map(([a, b, how]): [string, Deed] => [`${how} ${a} ${b}`, async (disk, at) => {
    const [from, to] = [await disk.lstat(at(a)), await disk.lstat(at(b)).catch(() => undefined)];
    if (!from.isFile() || to !== undefined) return 'not asked for';
    return (await disk[how](at(a), at(b))) === undefined;
  }]),
);

async function answer(call: Promise<unknown>): Promise<unknown> {
  try {
    return (await call) ?? 'done';
  } catch (error) {
    return errnoOf(error) ?? error;
  }
}

/** Path → kind, mode, content, and the time where it is one that was set. */
function realTree(root: string, below = ''): string[] {
  return readdirSync(join(root, below)).sort().flatMap((entry): string[] => {
    const path = `${below}/${entry}`;
    const found = lstatSync(join(root, path), { bigint: true });
    const permissions = (Number(found.mode) & 0o7777).toString(8);
    if (found.isSymbolicLink()) return [`${path} -> ${readlinkSync(join(root, path))}`];
    if (found.isDirectory()) return [`${path}/ ${permissions}`, ...realTree(root, path)];
    return [`${path} ${permissions} ${timeOf(found.mtimeNs)} ${readFileSync(join(root, path), 'utf8')}`];
  });
}
function memoryTree(state: State, ino = ROOT, below = ''): string[] {
  const entries = state.get(ino)?.entries ?? new Map<string, number>();
  return [...entries.keys()].sort().flatMap((entry): string[] => {
    const path = `${below}/${entry}`;
    const number = entries.get(entry) ?? 0;
    const inode = state.get(number) ?? assert.fail();
    if (inode.kind === 'link') return [`${path} -> ${inode.data.toString()}`];
    if (inode.kind === 'directory') return [`${path}/ ${inode.mode.toString(8)}`, ...memoryTree(state, number, path)];
    return [`${path} ${inode.mode.toString(8)} ${timeOf(inode.mtimeNs)} ${inode.data.toString()}`];
  });
}
const timeOf = (nanoseconds: bigint): string => (nanoseconds < 1_600_000_000_000_000_000n ? String(nanoseconds) : 'now');

test('the disk in memory does what the real one does', async () => {
  const mask = process.umask(0);
  try {
    await fc.assert(
      fc.asyncProperty(fc.array(deed, { minLength: 4, maxLength: 30 }), async (deeds) => {
        const root = mkdtempSync(join(tmpdir(), 'kcfg-disk-'));
        try {
          const memory = memoryDisk(emptyState(), { now: () => 1_700_000_000_000_000_000n });
          const real = realDisk(runProgram);
          for (const [words, call] of deeds) {
            const [expected, found] = [await answer(call(real, (path) => root + path)), await answer(call(memory, (path) => path))];
            assert.deepEqual(found, expected, words);
          }
          assert.deepEqual(memoryTree(memory.state), realTree(root));
        } finally {
          rmSync(root, { recursive: true, force: true });
        }
      }),
      { numRuns: Number(process.env.KCFG_RUNS ?? 60) },
    );
  } finally {
    process.umask(mask);
  }
});
