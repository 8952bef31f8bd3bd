import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { makeLocator } from '../../../src/host/locate.ts';
import { kcfgError, makeTree } from './tree.ts';

const { root, files, at } = makeTree();
const locator = makeLocator(root);
fs.mkdirSync(at('/etc/kubernetes/static'), { recursive: true });
fs.writeFileSync(at('/etc/kubernetes/static/f'), 'inside');
fs.symlinkSync('/etc/kubernetes/static', at('/etc/absolute'));
fs.symlinkSync('kubernetes/static', at('/etc/relative'));
fs.symlinkSync('../../../../../../../etc/passwd', at('/etc/escape'));
fs.symlinkSync('/etc/absolute', at('/etc/twice'));
fs.symlinkSync('loop-b', at('/etc/loop-a'));
fs.symlinkSync('loop-a', at('/etc/loop-b'));
fs.symlinkSync('/nowhere/at/all', at('/etc/dangling'));

test('an absolute link means the same root, not this machine', async () => {
  assert.deepEqual(await locator.target('/etc/absolute/f'), { machine: at('/etc/kubernetes/static/f'), node: '/etc/kubernetes/static/f' });
  assert.equal((await locator.target('/etc/twice')).node, '/etc/kubernetes/static');
  assert.equal(await files.resolve('/etc/twice/f'), '/etc/kubernetes/static/f');
  assert.equal((await files.read('/etc/relative/f'))?.toString(), 'inside');
});

test('no number of dots leads out of the root', async () => {
  assert.equal((await locator.target('/etc/escape')).machine, at('/etc/passwd'));
  assert.equal(await files.read('/etc/escape'), undefined, "this machine's own passwd is not read");
  assert.equal((await locator.target('/../../..')).machine, root);
  assert.equal((await locator.entry('/..//../etc/./passwd')).machine, at('/etc/passwd'));
});

test('an entry is the link itself, whatever leads to it', async () => {
  assert.equal((await locator.entry('/etc/absolute')).node, '/etc/absolute');
  assert.equal((await locator.entry('/etc/absolute/')).node, '/etc/absolute');
  assert.equal((await locator.entry('/etc/twice/f')).node, '/etc/kubernetes/static/f');
  assert.equal((await files.info('/etc/absolute'))?.kind, 'link');
  assert.equal((await files.target('/etc/absolute'))?.kind, 'directory');
});

test('the parent of a link is the parent of what it leads to, as for the kernel', async () => {
  assert.equal((await locator.target('/etc/absolute/../static/f')).node, '/etc/kubernetes/static/f');
});

test('a loop is told with a link that is in it', async () => {
  await assert.rejects(locator.target('/etc/loop-a/x'), (error: unknown) => {
    assert.ok(kcfgError('link-loop', /^\/etc\/loop-a\/x leads through more than 40 links$/)(error));
    const [place] = (error as { where: { file: string }[] }).where;
    assert.match(place?.file ?? '', /^\/etc\/loop-[ab]$/);
    return true;
  });
  await assert.rejects(files.read('/etc/loop-a'), kcfgError('link-loop'));
  assert.equal((await files.info('/etc/loop-a'))?.kind, 'link', 'looking at the entry itself is possible');
});

test('a link to nothing is nothing to read, and still an entry', async () => {
  assert.equal(await files.target('/etc/dangling'), undefined);
  assert.equal(await files.resolve('/etc/dangling'), undefined);
  assert.equal((await locator.target('/etc/dangling')).node, '/nowhere/at/all');
  assert.equal((await files.info('/etc/dangling'))?.target, '/nowhere/at/all');
});

test('a path that is relative, empty or has a NUL is refused', async () => {
  for (const path of ['', 'etc', './etc', '/etc\0/passwd']) await assert.rejects(locator.entry(path), kcfgError('unusable-path'));
});

test('at the root of the machine the answer is that of realpath(3)', async () => {
  const machine = makeLocator('/');
  fs.symlinkSync(join('kubernetes', '..', 'kubernetes', 'static'), at('/etc/dotted'));
  for (const path of [at('/etc/dotted/f'), at('/etc/relative'), '/proc/self/fd/..', '/']) {
    assert.equal((await machine.target(path)).machine, fs.realpathSync(path));
  }
});
