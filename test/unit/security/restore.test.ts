/**
 * What is put back is what was there: bytes, owner, mode, time to the nanosecond, and what else the filesystem keeps of a file
 * (ACL, SELinux label: extended attributes). A restore without the owner is none (canonical/netplan#548).
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, linkSync, lstatSync, readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import type { Plan } from '../../../src/plan/plan.ts';
import { openHost } from '../../../src/host/machine.ts';
import { REMOVE_DIRECTORY } from '../../../src/transaction/directories.ts';
import { recover } from '../../../src/transaction/recover.ts';
import { savedPath } from '../../../src/transaction/saved.ts';
import { attributes } from './attributes.ts';
import { begin, CONFIG, makeNodeTree, NEW, type NodeTree, OLD, planMove } from './tree.ts';

const A = `${OLD}/a.yaml`;
const B = `${OLD}/it's b.yaml`;
const ownNumbers = process.getuid?.() === 0 ? [[1234, 1235], [1236, 1237]] as const : [];

/** All that is kept of a file; of a directory what a rename keeps. */
function whole({ at }: NodeTree, path: string): unknown {
  const { mode, uid, gid, mtimeNs } = lstatSync(at(path), { bigint: true });
  const text = lstatSync(at(path)).isFile() ? readFileSync(at(path), 'utf8') : undefined;
  return { mode, uid, gid, mtimeNs, text, more: attributes.get(at(path)) };
}

async function labelled(): Promise<NodeTree> {
  const tree = await makeNodeTree();
  for (const [uid, gid] of ownNumbers.slice(0, 1)) for (const path of [CONFIG, A, B]) chownSync(tree.at(path), uid, gid);
  for (const [uid, gid] of ownNumbers.slice(1)) chownSync(tree.at(OLD), uid, gid);
  // odd nanoseconds: what milliseconds would lose
  for (const path of [CONFIG, A, B, OLD]) {
    attributes.set(tree.at(path));
    execFileSync('touch', ['-m', '-d', '@1600000000.123456789', tree.at(path)]);
  }
  return tree;
}

const goBack = async ({ host }: NodeTree, folder: Awaited<ReturnType<typeof begin>>): Promise<void> => {
  const went = await recover(host, folder, async () => undefined, { kind: 'asked' }, () => {});
  assert.equal(went?.result, 'rolled-back');
};

for (const steps of [1, 2, 4]) {
  test(`going back behind step ${steps} gives back every file and the directory, to the last attribute`, async () => {
    const tree = await labelled();
    const paths = [CONFIG, A, B, OLD];
    const before = paths.map((path) => whole(tree, path));
    const folder = await begin(tree, await planMove(tree), steps);
    await goBack(tree, folder);
    assert.deepEqual(paths.map((path) => whole(tree, path)), before);
  });
}

test('a file that someone else wrote, and gave away, comes back all the same; theirs is set aside as it was', async () => {
  const tree = await labelled();
  const before = whole(tree, CONFIG);
  const folder = await begin(tree, await planMove(tree), 2);
  writeFileSync(tree.at(CONFIG), 'by hand\n');
  chmodSync(tree.at(CONFIG), 0o777);
  for (const [uid, gid] of ownNumbers.slice(1)) chownSync(tree.at(CONFIG), uid, gid);
  const { text, mode, uid, mtimeNs } = whole(tree, CONFIG) as Record<string, unknown>;
  await goBack(tree, folder);
  assert.deepEqual(whole(tree, CONFIG), before);
  const aside = whole(tree, `${folder.path}/found${CONFIG}`) as Record<string, unknown>;
  assert.deepEqual([aside['text'], aside['mode'], aside['uid'], aside['mtimeNs']], [text, mode, uid, mtimeNs]);
});

test('the copy that is kept to go back has all of it, and is behind a directory for root alone', async () => {
  const tree = await labelled();
  const folder = await begin(tree, await planMove(tree), 0);
  for (const path of [CONFIG, A, B]) assert.deepEqual(whole(tree, savedPath(folder, path)), whole(tree, path), path);
  for (const path of ['/var/lib/kcfg', folder.path, `${folder.path}/old`, `${folder.path}/old/etc/kubernetes`]) assert.equal(lstatSync(tree.at(path)).mode & 0o7777, 0o700, path);
});

test('a manifest in the new directory has owner, mode, time, ACL and label of the one that it is a copy of', async () => {
  const tree = await labelled();
  await begin(tree, await planMove(tree), 1);
  for (const name of ['a.yaml', "it's b.yaml"]) {
    const { text: _, ...copy } = whole(tree, `${NEW}/${name}`) as Record<string, unknown>;
    const { text: __, ...original } = whole(tree, `${OLD}/${name}`) as Record<string, unknown>;
    assert.deepEqual(copy, original, name);
  }
});

test('a state file that was set aside comes back whole', async () => {
  const tree = await labelled();
  const plan = await planMove(tree);
  const steps: Plan['steps'] = [{ kind: 'set-aside', path: CONFIG, why: 'a test' }];
  const before = whole(tree, CONFIG);
  const folder = await begin(tree, { ...plan, steps }, 1);
  assert.equal(lstatSync(tree.at(CONFIG), { throwIfNoEntry: false }), undefined);
  await goBack(tree, folder);
  assert.deepEqual(whole(tree, CONFIG), before);
});

test('where the directory cannot be renamed, it comes back from copies with its owner, mode and time', async () => {
  const tree = await labelled();
  const host = await openHost({ root: tree.root });
  const files = { ...host.files, rename: (from: string, to: string) => (from === OLD ? Promise.reject(new Error('rename', { cause: Object.assign(new Error('EXDEV'), { code: 'EXDEV' }) })) : host.files.rename(from, to)) };
  const plan = await planMove(tree);
  const context = { host: { ...host, files }, plan, folder: { id: '1', path: '/var/lib/kcfg/1' }, verify: async () => {}, beforeRestart: async () => {} };
  const link = plan.steps.find((step) => step.kind === 'link-directory') ?? assert.fail();
  const step = { kind: 'remove-directory', path: OLD, entries: link.entries } as const;
  const before = [A, B].map((path) => whole(tree, path));
  const { more: _, ...directory } = whole(tree, OLD) as Record<string, unknown>;
  await REMOVE_DIRECTORY.do(context, step);
  await REMOVE_DIRECTORY.undo(context, step);
  assert.deepEqual([A, B].map((path) => whole(tree, path)), before);
  const { more: __, ...again } = whole(tree, OLD) as Record<string, unknown>;
  assert.deepEqual(again, directory);
});

test('a second name of an edited file keeps the bytes from before: nothing is written through it', async () => {
  const tree = await labelled();
  linkSync(tree.at(CONFIG), tree.at('/var/lib/kubelet/second-name'));
  const before = readFileSync(tree.at(CONFIG), 'utf8');
  await begin(tree, await planMove(tree), 2);
  assert.notEqual(readFileSync(tree.at(CONFIG), 'utf8'), before);
  assert.equal(readFileSync(tree.at('/var/lib/kubelet/second-name'), 'utf8'), before);
});
