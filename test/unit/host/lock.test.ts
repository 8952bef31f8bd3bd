import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import { fileURLToPath } from 'node:url';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { makeLocator } from '../../../src/host/locate.ts';
import { flock } from '../../../src/host/lock.ts';
import type { Lock } from '../../../src/host/host.ts';
import { kcfgError, makeTree, type Tree } from './tree.ts';

const own = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
function node(): Tree & { lock: Lock } {
  const tree = makeTree();
  fs.mkdirSync(tree.at('/run'));
  return { ...tree, lock: flock(tree.files, makeLocator(tree.root), own) };
}

test('a second taker is refused with the words of the first, until that one lets go', async () => {
  const { lock, at } = node();
  const release = await lock.take('set staticPodPath');
  assert.equal(await lock.held(), true);
  await assert.rejects(lock.take('apply'), (error: unknown) => {
    assert.ok(kcfgError('locked')(error));
    const { notes, exit } = error as { notes: string[]; exit: number };
    assert.match(notes.join(), new RegExp(`^it says: set staticPodPath, process ${process.pid}, since \\d{4}-`));
    assert.equal(exit, 7);
    return true;
  });
  await release();
  await release();
  assert.equal(await lock.held(), false);
  await (await lock.take('a shorter one'))();
  assert.match(fs.readFileSync(at('/run/kcfg/lock'), 'utf8'), /^a shorter one, process \d+, since \S+\n$/);
});

test('asking whether it is held makes nothing, and does not get in the way of a taker', async () => {
  const { lock, at } = node();
  assert.equal(await lock.held(), false);
  assert.equal(fs.existsSync(at('/run/kcfg')), false);
  await (await lock.take('first'))();
  const looks = Array.from({ length: 4 }, () => lock.held());
  const release = await lock.take('second');
  await Promise.all(looks);
  assert.equal(await lock.held(), true);
  await release();
  assert.deepEqual(await Promise.all([lock.held(), lock.held(), lock.held()]), [false, false, false]);
});

test('the lock holds even when its release is forgotten and the garbage collector runs', async () => {
  const { lock } = node();
  await lock.take('forgetful');
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  for (let i = 0; i < 3; i++) {
    collect();
    await new Promise((resolve) => setImmediate(resolve));
  }
  assert.equal(await lock.held(), true);
});

test('the lock is free as soon as its holder is killed, whatever it was doing', async () => {
  const { lock, root } = node();
  const program = fileURLToPath(new URL('lock-holder.ts', import.meta.url));
  const holder = spawn(process.execPath, ['--import', 'tsx', program, root], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    await once(holder.stdout, 'data');
    assert.equal(await lock.held(), true);
    await assert.rejects(lock.take('me'), kcfgError('locked'));
  } finally {
    const gone = once(holder, 'exit');
    holder.kill('SIGKILL');
    await gone;
  }
  assert.equal(await lock.held(), false);
  await (await lock.take('me'))();
});

test('a directory that others may write to, a link or a link for the lock itself are refused', async () => {
  const loose = node();
  fs.mkdirSync(loose.at('/run/kcfg'));
  fs.chmodSync(loose.at('/run/kcfg'), 0o777);
  await assert.rejects(loose.lock.take('x'), kcfgError('unsafe-owner', /\/run\/kcfg is not kcfg's own/));

  const linked = node();
  fs.mkdirSync(linked.at('/tmp'));
  fs.symlinkSync('/tmp', linked.at('/run/kcfg'));
  await assert.rejects(linked.lock.take('x'), kcfgError('io'));
  assert.deepEqual(fs.readdirSync(linked.at('/tmp')), []);

  const planted = node();
  fs.mkdirSync(planted.at('/run/kcfg'), { mode: 0o700 });
  fs.writeFileSync(planted.at('/victim'), 'precious');
  fs.symlinkSync('/victim', planted.at('/run/kcfg/lock'));
  await assert.rejects(planted.lock.take('x'), kcfgError('io', /it is a link/));
  assert.equal(fs.readFileSync(planted.at('/victim'), 'utf8'), 'precious');
});
