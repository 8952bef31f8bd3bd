/** undo.sh, run by sh on a node without kcfg, from any point of a change: every file as it was, to the last attribute. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, lstatSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import type { Plan } from '../../../src/plan/plan.ts';
import { snapshot } from '../../sandbox/snapshot.ts';
import { begin, CONFIG, makeNodeTree, NEW, type NodeTree, OLD, planMove } from './tree.ts';
import { attributes } from './attributes.ts';

/** The script as it is, with the tree's paths, and a systemctl that only writes down what it was asked. */
function runScript({ at, root }: NodeTree): string[] {
  mkdirSync(at('/fake'), { recursive: true });
  writeFileSync(at('/fake/systemctl'), `#!/bin/sh\necho "$*" >> ${at('/fake/log')}\n`, { mode: 0o755 });
  const script = readFileSync(at('/var/lib/kcfg/1/undo.sh'), 'utf8').replaceAll(/(?<=[\s'"])\/(?=(etc|var)\/)/g, `${root}/`);
  writeFileSync(at('/fake/undo.sh'), script);
  const { status, stderr } = spawnSync('/bin/sh', [at('/fake/undo.sh')], { env: { PATH: `${at('/fake')}:/usr/bin:/bin` }, encoding: 'utf8' });
  assert.deepEqual([status, stderr], [0, '']);
  return readFileSync(at('/fake/log'), 'utf8').trim().split('\n');
}

/** Everything outside kcfg's own folder and this test's, and the time of the directory that makes way. */
const nodeFiles = ({ root, at }: NodeTree): unknown => {
  const found = Object.entries(snapshot(root)).filter(([path]) => !/^\/(var\/lib\/kcfg|fake|run)(\/|$)|^\/$/.test(path));
  const time = lstatSync(at(OLD), { bigint: true, throwIfNoEntry: false })?.mtimeNs;
  return [found.map(([path, { ino: _, ...state }]) => [path, state]), time];
};

async function prepared(): Promise<{ tree: NodeTree; plan: Plan; label: () => Record<string, string> }> {
  const tree = await makeNodeTree();
  const names = [CONFIG, `${OLD}/a.yaml`, `${OLD}/it's b.yaml`];
  if (process.getuid?.() === 0) for (const path of names) chownSync(tree.at(path), 1234, 1235);
  if (process.getuid?.() === 0) chownSync(tree.at(OLD), 1236, 1237);
  for (const path of names) attributes.set(tree.at(path));
  return { tree, plan: await planMove(tree), label: () => Object.fromEntries(names.map((path) => [path, attributes.get(tree.at(path))])) };
}

for (const steps of [0, 1, 2, 4, 5]) {
  test(`behind step ${steps} of 5 it leads back, and again when it is run twice`, async () => {
    const { tree, plan, label } = await prepared();
    const [before, labels] = [nodeFiles(tree), label()];
    await begin(tree, plan, steps);
    if (steps > 0) assert.notDeepEqual(nodeFiles(tree), before);
    const log = runScript(tree);
    assert.deepEqual(nodeFiles(tree), before);
    assert.deepEqual(label(), labels);
    assert.deepEqual(log, ['stop kcfg-1-revert.timer kcfg-1-conclude.service', 'stop kubelet.service', 'start kubelet.service']);
    assert.ok(!existsSync(tree.at('/var/lib/kcfg/pending')));
    runScript(tree);
    assert.deepEqual(nodeFiles(tree), before);
    assert.deepEqual(label(), labels);
  });
}

test('what someone else wrote meanwhile is kept, and so is the file of a directory that goes', async () => {
  const { tree, plan } = await prepared();
  const before = nodeFiles(tree);
  await begin(tree, plan, 5);
  writeFileSync(tree.at(CONFIG), 'by hand\n');
  writeFileSync(tree.at(`${NEW}/a.yaml`), 'by hand too\n');
  runScript(tree);
  assert.deepEqual(nodeFiles(tree), before);
  assert.equal(readFileSync(tree.at(`/var/lib/kcfg/1/found${tree.root}${CONFIG}`), 'utf8'), 'by hand\n');
  assert.equal(readFileSync(tree.at(`/var/lib/kcfg/1/found${tree.root}${NEW}/a.yaml`), 'utf8'), 'by hand too\n');
});

test('a file that was made goes; one that was set aside, or whose directory went, comes back', async () => {
  const { tree } = await prepared();
  writeFileSync(tree.at('/var/lib/kubelet/cpu_manager_state'), '{}', { mode: 0o600 });
  const edits = [{ offset: 0, remove: 0, insert: 'x: 1\n' }];
  const made = { kind: 'edit-config', path: '/etc/kubernetes/00.conf', sha256: '', edits, result: 'of another', field: 'x', line: 1, create: { mode: 0o644, uid: 0, gid: 0 } } as const;
  const plan = await planMove(tree);
  const moved = { ...plan, steps: [{ kind: 'set-aside', path: '/var/lib/kubelet/cpu_manager_state', why: '' }, made, ...plan.steps] } satisfies Plan;
  const before = nodeFiles(tree);
  await begin(tree, moved, 7);
  assert.ok(existsSync(tree.at(made.path)) && !existsSync(tree.at('/var/lib/kubelet/cpu_manager_state')));
  runScript(tree);
  assert.deepEqual(nodeFiles(tree), before);
  assert.equal(readFileSync(tree.at(`/var/lib/kcfg/1/found${tree.root}${made.path}`), 'utf8'), 'x: 1\n', 'a hash it does not know: kept');
});

test('no value of a plan becomes a command of the script', async () => {
  const tree = await makeNodeTree();
  const evil = 'a\ntouch /tmp/kcfg-pwned; $(id) `id`\r\u2028rm';
  const plan = { ...(await planMove(tree)), to: evil, from: evil, field: evil, node: evil };
  await begin(tree, plan, 0);
  const script = readFileSync(tree.at('/var/lib/kcfg/1/undo.sh'), 'utf8');
  const telling = script.split('\n').filter((line) => line.includes('kcfg-pwned'));
  assert.equal(telling.length, 1);
  assert.match(telling[0] ?? '', /^# /);
  execFileSync('/bin/sh', ['-n', tree.at('/var/lib/kcfg/1/undo.sh')]);
  assert.equal(lstatSync(tree.at('/var/lib/kcfg/1/undo.sh')).mode & 0o777, 0o600);
});

test('a directory that was made anew, because nothing of the old one is left, has its owner, mode and time', async () => {
  const { tree, plan } = await prepared();
  const before = nodeFiles(tree);
  await begin(tree, plan, 4);
  // the hidden one is lost
  renameSync(tree.at('/etc/kubernetes/.manifests.kcfg-1'), tree.at('/run/lost'));
  chmodSync(tree.at(NEW), 0o700);
  runScript(tree);
  assert.deepEqual(nodeFiles(tree), before);
});
