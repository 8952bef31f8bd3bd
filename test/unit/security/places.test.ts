/** Owners, modes and places: what kcfg takes for its own, where it writes, and whose word it believes. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, linkSync, lstatSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'node:test';
import { loginName } from '../../../src/host/login-name.ts';
import { refuseLoosePlaces } from '../../../src/node/loose-place.ts';
import { createFolder } from '../../../src/transaction/store.ts';
import { kcfgError, makeTree } from '../host/tree.ts';
import { makeLocator } from '../../../src/host/locate.ts';
import { flock } from '../../../src/host/lock.ts';
import { begin, CONFIG, makeNodeTree, NEW, type NodeTree, OLD, planMove } from './tree.ts';

const STORE = '/var/lib/kcfg';
const isRoot = process.getuid?.() === 0;
const own = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };

/** Every file and directory of a change that is kcfg's alone. */
function notPrivate({ at }: NodeTree, path = STORE): string[] {
  const info = lstatSync(at(path));
  // the copies of others' files have their modes; the directories above them let nobody in
  if (path.startsWith(`${STORE}/1/old/`) && info.isFile()) return [];
  const odd = (info.mode & 0o7777) === (info.isDirectory() ? 0o700 : 0o600) && info.uid === own.uid ? [] : [`${path} ${(info.mode & 0o7777).toString(8)}`];
  return info.isDirectory() ? [...odd, ...readdirSync(at(path)).flatMap((name) => notPrivate({ at } as NodeTree, `${path}/${name}`))] : odd;
}

for (const mask of [0, 0o22, 0o77]) {
  test(`under umask ${mask.toString(8)} kcfg's files are for their owner alone, and all others have the mode they are to have`, async () => {
    const tree = await makeNodeTree();
    const plan = await planMove(tree);
    const before = process.umask(mask);
    try {
      await begin(tree, plan, 4);
    } finally {
      process.umask(before);
    }
    assert.deepEqual(notPrivate(tree), []);
    const mode = (path: string): number => lstatSync(tree.at(path)).mode & 0o7777;
    assert.deepEqual([mode(CONFIG), mode(NEW), mode(`${NEW}/a.yaml`)], [0o644, 0o750, 0o600]);
  });
}

test('the process has a umask of its own, but for the pretend node', () => {
  const main = readFileSync(fileURLToPath(new URL('../../../src/main.ts', import.meta.url)), 'utf8');
  assert.match(main, /process\.argv\[2\] !== 'sandbox'\) process\.umask\(0o077\)/);
});

test('a /var/lib/kcfg that others may write to, or own, or that is a link, is refused; one that they may read is mended', async () => {
  const attempt = async (prepare: (tree: NodeTree) => void): Promise<NodeTree> => {
    const tree = await makeNodeTree();
    prepare(tree);
    await createFolder(tree.host, await planMove(tree), { who: 'root', startedAt: '' });
    return tree;
  };
  for (const mode of [0o777, 0o1777, 0o770]) {
    await assert.rejects(attempt(({ at }) => { mkdirSync(at(STORE)); chmodSync(at(STORE), mode); }), kcfgError('unsafe-owner', /\/var\/lib\/kcfg is not kcfg's own/));
  }
  if (isRoot) await assert.rejects(attempt(({ at }) => { mkdirSync(at(STORE), { mode: 0o700 }); chownSync(at(STORE), 1234, 0); }), kcfgError('unsafe-owner'));
  await assert.rejects(attempt(({ at }) => { mkdirSync(at('/elsewhere')); symlinkSync('/elsewhere', at(STORE)); }), kcfgError('io'));
  const mended = await attempt(({ at }) => { mkdirSync(at(STORE)); chmodSync(at(STORE), 0o755); });
  assert.deepEqual(notPrivate(mended), []);
});

test('the lock is a file that no one else can open: others cannot hold it', async () => {
  const tree = makeTree();
  mkdirSync(tree.at('/run/kcfg'), { recursive: true });
  chmodSync(tree.at('/run/kcfg'), 0o755);
  writeFileSync(tree.at('/run/kcfg/lock'), '');
  chmodSync(tree.at('/run/kcfg/lock'), 0o666);
  const lock = flock(tree.files, makeLocator(tree.root), own);
  await (await lock.take('a test'))();
  assert.deepEqual(['/run/kcfg', '/run/kcfg/lock'].map((path) => lstatSync(tree.at(path)).mode & 0o7777), [0o700, 0o600]);
  writeFileSync(tree.at('/victim'), 'precious');
  for (const plant of [(path: string) => linkSync(tree.at('/victim'), path), (path: string) => symlinkSync('/victim', path)]) {
    spawnSync('rm', ['-f', tree.at('/run/kcfg/lock')]);
    plant(tree.at('/run/kcfg/lock'));
    await assert.rejects(lock.take('a test'), (error: unknown) => kcfgError('unsafe-owner')(error) || kcfgError('io', /it is a link/)(error));
  }
  if (isRoot) {
    spawnSync('rm', ['-f', tree.at('/run/kcfg/lock')]);
    writeFileSync(tree.at('/run/kcfg/lock'), '', { mode: 0o600 });
    chownSync(tree.at('/run/kcfg/lock'), 1234, 1234);
    await assert.rejects(lock.take('a test'), kcfgError('unsafe-owner', /\/run\/kcfg\/lock/));
  }
  assert.equal(readFileSync(tree.at('/victim'), 'utf8'), 'precious');
});

test('a place that others may write to is refused, sticky or not, for the pods, the configuration and the units', async () => {
  for (const [path, mode] of [[dirname(CONFIG), 0o777], ['/etc/kubernetes', 0o1777], ['/etc', 0o757]] as const) {
    const tree = await makeNodeTree();
    const plan = await planMove(tree);
    await refuseLoosePlaces(tree.host, plan);
    chmodSync(tree.at(path), mode);
    await assert.rejects(refuseLoosePlaces(tree.host, plan), kcfgError('unsafe-owner', new RegExp(`others may write to ${path}$`)));
  }
  if (!isRoot) return;
  const tree = await makeNodeTree();
  chownSync(tree.at(dirname(CONFIG)), 1234, 0);
  await assert.rejects(refuseLoosePlaces(tree.host, await planMove(tree)), kcfgError('unsafe-owner', /\/var\/lib\/kubelet$/));
});

test('a hard link that was planted where others may write is refused, and the file behind it is untouched', async () => {
  const tree = await makeNodeTree();
  const plan = await planMove(tree);
  linkSync(tree.at(CONFIG), tree.at('/etc/kubernetes/planted'));
  chmodSync(tree.at('/etc/kubernetes'), 0o777);
  const planted = { ...plan, steps: plan.steps.map((step) => (step.kind === 'edit-config' ? { ...step, path: '/etc/kubernetes/planted' } : step)) };
  await assert.rejects(refuseLoosePlaces(tree.host, planted), kcfgError('unsafe-owner'));
});

test('links that are planted at any name kcfg writes are not followed', async () => {
  const victim = '/etc/victim';
  const plants = [`${STORE}/pending`, `${STORE}/notice`, `${STORE}/1`, NEW, CONFIG];
  for (const path of plants) {
    const tree = await makeNodeTree();
    const plan = await planMove(tree);
    mkdirSync(tree.at(STORE), { recursive: true, mode: 0o700 });
    chmodSync(tree.at(STORE), 0o700);
    writeFileSync(tree.at(victim), 'precious');
    mkdirSync(tree.at('/etc/trap'));
    spawnSync('rm', ['-rf', tree.at(path)]);
    symlinkSync(path === NEW || path === `${STORE}/1` ? '/etc/trap' : victim, tree.at(path));
    // refused, or the link itself replaced: either way nothing goes through it
    await begin(tree, plan, 2).catch((error: unknown) => assert.ok(kcfgError('io')(error) || kcfgError('stale-plan')(error) || kcfgError('changed-meanwhile')(error), String(error)));
    assert.equal(readFileSync(tree.at(victim), 'utf8'), 'precious', path);
    assert.deepEqual(readdirSync(tree.at('/etc/trap')), [], path);
  }
  for (const name of ['undo.sh', 'README', 'journal', 'events', 'old']) {
    const tree = await makeNodeTree();
    await begin(tree, await planMove(tree), 0);
    writeFileSync(tree.at(victim), 'precious');
    spawnSync('rm', ['-rf', tree.at(`${STORE}/1/${name}`)]);
    symlinkSync(victim, tree.at(`${STORE}/1/${name}`));
    const path = `${STORE}/1/${name}`;
    const deed = name === 'journal' || name === 'events' ? tree.host.files.append(path, 'x') : name === 'old' ? tree.host.files.mkdir(path, { mode: 0o700, ...own }) : tree.host.files.write(path, 'x');
    await assert.rejects(deed, kcfgError('io'), name);
    assert.equal(readFileSync(tree.at(victim), 'utf8'), 'precious', name);
  }
});

test('a link in place of a hidden name stops the change, and leads nowhere', async () => {
  const tree = await makeNodeTree();
  const plan = await planMove(tree);
  mkdirSync(tree.at('/etc/trap'));
  symlinkSync('/etc/trap', tree.at('/etc/kubernetes/.manifests.kcfg-1'));
  await begin(tree, plan, 4).catch(() => undefined);
  assert.deepEqual(readdirSync(tree.at('/etc/trap')), []);
  assert.deepEqual(readdirSync(tree.at(OLD)).sort(), ['a.yaml', "it's b.yaml"]);
});

test('a report is written through no link, and is for its owner alone', async () => {
  const { host, root } = await makeNodeTree();
  writeFileSync(join(root, 'victim'), 'precious');
  symlinkSync(join(root, 'victim'), join(root, 'out.json'));
  await assert.rejects(host.writeReport(join(root, 'out.json'), 'x'), kcfgError('io'));
  assert.equal(readFileSync(join(root, 'victim'), 'utf8'), 'precious');
  await host.writeReport(join(root, 'plan.json'), 'x');
  assert.equal(lstatSync(join(root, 'plan.json')).mode & 0o7777, 0o600);
});

test("the kernel's word for who logged in wins over the environment's, which must at least be a name", () => {
  const machine = (loginuid: string) => (path: string): string => (path === '/proc/self/loginuid' ? loginuid : 'root:x:0:0::/root:/bin/sh\nanna:x:1000:1000::/:/bin/sh\n');
  const who = (loginuid: string, env: Record<string, string>): string => loginName(env, () => 'root', machine(loginuid));
  assert.equal(who('1000', { SUDO_USER: 'mallory' }), 'anna');
  assert.equal(who('0', { SUDO_USER: 'mallory' }), 'root');
  assert.equal(who('4294967295', { SUDO_USER: 'anna' }), 'anna');
  assert.equal(who('', { SUDO_USER: 'CORP\\anna' }), 'CORP\\anna');
  assert.equal(who('4294967295', {}), 'root');
  assert.equal(who('5000', { SUDO_USER: 'ldap', SUDO_UID: '5000' }), 'ldap', 'a name that only the directory has');
  assert.equal(who('5000', { SUDO_USER: 'mallory', SUDO_UID: '1' }), 'uid 5000');
  for (const forged of ['', 'a\nb', '\u001b[31mroot', 'a b', '-x', 'x'.repeat(300), '../x']) assert.equal(who('', { SUDO_USER: forged }), 'root', JSON.stringify(forged));
});
