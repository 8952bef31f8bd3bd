/**
 * The role `kcfg.node.kcfg`: the package on a node once, checked first, and taken away without an orphan. With the real dpkg,
 * in a root of its own. Needs root, as dpkg does.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, test } from 'node:test';
import { kcfgCommand, type Run } from '../sandbox/node.ts';
import { ansible, recap, scratch } from './ansible.ts';

const timeout = 300_000;
const base = scratch();
const [root, bin] = [join(base, 'root'), join(base, 'bin')];
const records = join(root, 'var/lib/kcfg');
const machine = execFileSync('dpkg', ['--print-architecture'], { encoding: 'utf8' }).trim();
/** A name that is as long as a real one, and no real one. */
const LIBRARY = 'libnone-for-kcfg6';

function script(file: string, text: string): void {
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, text);
  chmodSync(file, 0o755);
}

/** A package as kcfg's: a program that tells its version. */
function packed({ version = '0.1.0', architecture = machine, depends = '' }: { version?: string; architecture?: string; depends?: string } = {}): string {
  const tree = join(base, `tree-${version}-${architecture}`);
  script(join(tree, 'usr/bin/kcfg'), `#!/bin/sh\necho kcfg ${version}\n`);
  mkdirSync(join(tree, 'DEBIAN'), { recursive: true });
  writeFileSync(join(tree, 'DEBIAN/control'), `Package: kcfg\nVersion: ${version}\nArchitecture: ${architecture}\nMaintainer: nobody <nobody@localhost>\n${depends === '' ? '' : `Depends: ${depends}\n`}Description: for a test\n`);
  const file = join(base, `kcfg_${version}_${architecture}.deb`);
  execFileSync('dpkg-deb', ['--root-owner-group', '--build', tree, file], { stdio: 'ignore' });
  rmSync(tree, { recursive: true });
  return file;
}
const sum = (file: string): string => createHash('sha256').update(readFileSync(file)).digest('hex');

beforeEach(() => {
  rmSync(root, { recursive: true, force: true });
  for (const directory of ['info', 'updates', 'triggers']) mkdirSync(join(root, 'var/lib/dpkg', directory), { recursive: true });
  for (const file of ['status', 'available']) writeFileSync(join(root, 'var/lib/dpkg', file), '');
  // what the role runs works on that root
  script(join(bin, 'dpkg'), `#!/bin/sh\nexec /usr/bin/dpkg --root=${root} --log=/dev/null "$@"\n`);
  script(join(bin, 'dpkg-query'), `#!/bin/sh\nexec /usr/bin/dpkg-query --admindir=${root}/var/lib/dpkg "$@"\n`);
});

function role(vars: Record<string, unknown>, ...words: string[]): Promise<Run> {
  const given = { ansible_connection: 'local', ansible_become: false, ansible_python_interpreter: '/usr/bin/python3', kcfg_command: [join(root, 'usr/bin/kcfg')], kcfg_records: records, kcfg_leftovers: [records], ...vars };
  return ansible('ansible-playbook', ['-i', 'node1,', 'kcfg.node.install', '-e', JSON.stringify(given), ...words], { env: { PATH: `${bin}:${process.env.PATH ?? ''}`, TMPDIR: base } });
}
const status = (): string => readFileSync(join(root, 'var/lib/dpkg/status'), 'utf8');
/** By dpkg's own record. */
const version = (): string | undefined => /^Package: kcfg\nStatus: install ok installed\n[\s\S]*^Version: (.*)$/m.exec(status())?.[1];
const isInstalled = (): boolean => existsSync(join(root, 'usr/bin/kcfg'));
const leftovers = (): string[] => readdirSync(base).filter((name) => name.endsWith('.kcfg'));

test('installed once, then nothing to do, then another version; --check only says it', { timeout }, async () => {
  const kcfg_package = packed();
  const checked = await role({ kcfg_package }, '--check');
  assert.match(checked.stdout, /"msg": "kcfg 0\.1\.0 would be installed"[\s\S]*node1 .* changed=1 /, checked.stdout);
  assert.equal(isInstalled(), false);

  const first = await role({ kcfg_package, kcfg_checksum: sum(kcfg_package).toUpperCase() });
  assert.match(first.stdout, /"msg": "kcfg 0\.1\.0 is installed"[\s\S]*node1 .* changed=1 /, first.stdout);
  assert.deepEqual([version(), leftovers()], ['0.1.0', []]);
  const again = await role({ kcfg_package });
  assert.match(again.stdout, /"msg": "kcfg 0\.1\.0 is there already"[\s\S]*node1 .* changed=0 /, again.stdout);

  const newer = await role({ kcfg_package: packed({ version: '0.2.0' }) });
  assert.match(newer.stdout, /"msg": "kcfg 0\.2\.0 is installed"/, newer.stdout);
  assert.equal(version(), '0.2.0');
});

test('what does not fit is refused with its reason, and nothing is installed', { timeout }, async () => {
  const good = packed();
  const renamed = join(base, `kcfg_9.9.9_${machine}.deb`);
  copyFileSync(good, renamed);
  const cases: [Record<string, unknown>, RegExp][] = [
    [{}, /kcfg_package is kcfg_VERSION_ARCHITECTURE\.deb, a file or an URL/],
    [{ kcfg_package: join(base, `kcfg_0.3.0_${machine}.deb`) }, /kcfg_0\.3\.0_\w+\.deb is not on the controller/],
    [{ kcfg_package: good, kcfg_checksum: '0'.repeat(64) }, new RegExp(`is not what kcfg_checksum says, its SHA-256 is ${sum(good)}`)],
    [{ kcfg_package: packed({ architecture: 'riscv64' }) }, new RegExp(`the package is for riscv64, and this node is ${machine}`)],
    [{ kcfg_package: renamed }, new RegExp(`kcfg_9\\.9\\.9_${machine}\\.deb is kcfg_0\\.1\\.0_${machine} inside; nothing was installed`)],
    [{ kcfg_package: packed({ version: '0.1.1', depends: `${LIBRARY} (>= 2.28)` }) }, new RegExp(`missing on this node: ${LIBRARY}; nothing was installed`)],
    [{ kcfg_package: `http://127.0.0.1:1/kcfg_0.1.0_${machine}.deb` }, /an URL needs kcfg_checksum/],
  ];
  for (const [vars, words] of cases) {
    const { code, stdout } = await role(vars);
    assert.equal(code, 2, stdout);
    assert.match(stdout, words);
    assert.deepEqual([isInstalled(), leftovers()], [false, []], stdout);
  }
});

test('from an URL, by its checksum', { timeout }, async () => {
  const file = packed();
  const server = createServer((_, answer) => answer.end(readFileSync(file))).listen(0, '127.0.0.1');
  try {
    await new Promise((resolve) => server.once('listening', resolve));
    const kcfg_package = `http://127.0.0.1:${(server.address() as AddressInfo).port}/kcfg_0.1.0_${machine}.deb`;
    const wrong = await role({ kcfg_package, kcfg_checksum: '0'.repeat(64) });
    assert.match(wrong.stdout, /checksum/);
    assert.deepEqual([wrong.code, isInstalled(), leftovers()], [2, false, []]);
    const right = await role({ kcfg_package, kcfg_checksum: sum(file) });
    assert.deepEqual([right.code, version()], [0, '0.1.0'], right.stdout);
  } finally {
    server.close();
  }
});

test('taken away: never while a change is not decided; its records only when told so', { timeout }, async () => {
  assert.equal((await role({ kcfg_package: packed() })).code, 0);
  mkdirSync(join(records, '3'), { recursive: true });
  writeFileSync(join(records, 'pending'), '3\n');
  const refused = await role({ kcfg_state: 'absent', kcfg_purge: true });
  assert.match(refused.stdout, /change 3 is not decided, see kcfg status on this node; nothing was taken away/);
  assert.deepEqual([refused.code, isInstalled(), existsSync(join(records, '3'))], [2, true, true]);

  rmSync(join(records, 'pending'));
  assert.match((await role({ kcfg_state: 'absent' }, '--check')).stdout, /"msg": "kcfg would be taken away"/);
  assert.equal(isInstalled(), true);
  const gone = await role({ kcfg_state: 'absent' });
  assert.match(gone.stdout, /"msg": "kcfg is taken away"[\s\S]*node1 .* changed=1 /, gone.stdout);
  assert.deepEqual([isInstalled(), existsSync(join(records, '3')), status().trim()], [false, true, '']);
  assert.match((await role({ kcfg_state: 'absent' })).stdout, /"msg": "kcfg is not there"[\s\S]*node1 .* changed=0 /);

  const purged = await role({ kcfg_state: 'absent', kcfg_purge: true });
  assert.equal(existsSync(records), false, purged.stdout);
  assert.deepEqual(recap((await role({ kcfg_state: 'absent', kcfg_purge: true })).stdout).map((line) => line.replace(/ok=\d+ /, '')), ['node1 changed=0 failed=0']);
});

test('kcfg fleet install and uninstall: a line for each node, and what is left where one does not take it', { timeout }, async () => {
  const inventory = join(base, 'inventory.yaml');
  writeFileSync(inventory, JSON.stringify({ all: { vars: { ansible_connection: 'local', ansible_become: false, ansible_python_interpreter: '/usr/bin/python3', kcfg_command: [join(root, 'usr/bin/kcfg')] }, hosts: { node1: {} } } }));
  const [program = '', ...main] = kcfgCommand();
  const elsewhere = JSON.stringify({ kcfg_records: records, kcfg_leftovers: [records] });
  const fleet = (...words: string[]): Promise<Run> => ansible(program, [...main, 'fleet', ...words, '-i', inventory, '--yes', '--ansible=-e', `--ansible=${elsewhere}`], { env: { PATH: `${bin}:${process.env.PATH ?? ''}`, TMPDIR: base }, cwd: base });

  const file = `kcfg_0.1.0_${machine}.deb`;
  packed();
  const first = await fleet('install', file);
  assert.equal(first.code, 0, first.stdout + first.stderr);
  assert.match(first.stderr, /✓ 1 node1 +kcfg 0\.1\.0 is installed/);
  assert.match(first.stdout, /^Done: kcfg 0\.1\.0 is on 1 node\.$/m);
  const again = JSON.parse((await fleet('install', file, '-o', 'json')).stdout) as unknown;
  assert.deepEqual(again, { result: 'done', nodes: [{ name: 'node1', ok: true, changed: false, words: 'kcfg 0.1.0 is there already' }] });

  packed({ architecture: 'riscv64' });
  const refused = await fleet('install', 'kcfg_0.1.0_riscv64.deb');
  assert.equal(refused.code, 3);
  assert.match(refused.stderr, new RegExp(`✗ 1 node1 +the package is for riscv64, and this node is ${machine}`));
  assert.match(refused.stdout, /^kcfg 0\.1\.0 is on 0 of 1 node\. Left: node1\.$/m);
  assert.match((await fleet('install', 'kcfg.deb')).stderr, /kcfg\.deb is not named as a package of kcfg is/);
  assert.match((await fleet('install', `kcfg_7_${machine}.deb`)).stderr, /there is no file kcfg_7_/);

  mkdirSync(records, { recursive: true });
  const gone = await fleet('uninstall', '--purge');
  assert.match(gone.stdout, /^Done: kcfg is gone from 1 node\.$/m, gone.stdout + gone.stderr);
  assert.deepEqual([isInstalled(), existsSync(records)], [false, false]);
});
