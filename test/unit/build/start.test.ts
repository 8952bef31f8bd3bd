/** The bundle: commands that are a file of their own do what they do among all the others, with what V8 kept and without. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Script } from 'node:vm';

const scratch = mkdtempSync(join(tmpdir(), 'kcfg-build-test-'));
after(() => rmSync(scratch, { recursive: true, force: true }));
const [dist, tree] = [join(scratch, 'dist'), join(scratch, 'tree')];
const config = join(tree, 'var/lib/kubelet/config.yaml');
/** Behind the sum and the length. */
const inner = (bytes: Buffer): Buffer => bytes.subarray(8, 8 + bytes.readUInt32LE(4));
const kept = (): string[] => readdirSync(dist).filter((name) => name.endsWith('.compiled'));

before(() => {
  execFileSync(process.execPath, [fileURLToPath(new URL('../../../build.mjs', import.meta.url)), dist], { stdio: ['ignore', 'ignore', 'inherit'] });
  mkdirSync(join(tree, 'var/lib/kubelet'), { recursive: true });
  writeFileSync(config, 'apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nmaxPods: 150\nimageGCHighThresholdPercent: 120\n');
});

const COMMANDS = [
  ['get', 'maxPods', '--root', tree],
  ['get', '--all', '-o', 'yaml', '--root', tree],
  ['get', 'maxPodz', '--root', tree],
  ['get', '--help'],
  ['explain', 'cpuManagerPolicy', '--root', tree],
  ['explain', '--search', 'swap', '-o', 'json'],
  ['explain', 'nodeStatusMaxImages', '--kubelet', '1.28'],
  ['validate', config, '--kubelet', '1.36.3'],
  ['validate', '--root', tree, '-o', 'json'],
  ['validate', '--rule', 'stig', '--root', tree],
  ['--version'],
];
interface Said {
  status: number | null;
  stdout: string;
  stderr: string;
}

function run(file: string, args: readonly string[]): Said {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(dist, file), ...args], { encoding: 'utf8', cwd: '/' });
  return { status, stdout, stderr };
}

test('each says the same as among all the others', () => {
  for (const args of COMMANDS) {
    const said = run('main.js', args);
    assert.deepEqual(said, run('all.js', args), args.join(' '));
    assert.ok(said.stdout !== '' || said.stderr !== '', args.join(' '));
    assert.doesNotMatch(said.stderr, /Warning|bug/);
  }
  assert.equal(run('main.js', ['get', 'maxPodz', '--root', tree]).status, 4, 'an error that kcfg knows');
});

test('what V8 kept is taken, for each of them', () => {
  assert.equal(kept().length, 3);
  for (const name of kept()) {
    const source = readFileSync(join(dist, name.replace(/compiled$/, 'cjs')), 'latin1');
    assert.equal(new Script(source, { cachedData: inner(readFileSync(join(dist, name))) }).cachedDataRejected, false, name);
  }
});

test('what another Node.js kept, half of it, or nothing at all changes nothing', () => {
  const expected = run('main.js', COMMANDS[0] ?? []);
  const same = (what: string): void => assert.deepEqual(run('main.js', COMMANDS[0] ?? []), expected, what);
  const whole = kept().map((name) => [name, readFileSync(join(dist, name))] as const);
  for (const name of kept()) truncateSync(join(dist, name), 10_000);
  same('cut off');
  for (const name of kept()) writeFileSync(join(dist, name), Buffer.alloc(400_000));
  same('of nobody');
  for (const [name, bytes] of whole) {
    bytes[200_000] = (bytes[200_000] ?? 0) ^ 0xff;
    writeFileSync(join(dist, name), bytes);
  }
  same('one byte wrong');
  for (const name of kept()) rmSync(join(dist, name));
  same('missing');
});
