/** Files and words of others: large, deep, recursive, endless, or made to steer what reads them. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { KcfgError } from '../../../src/errors.ts';
import { readManifest } from '../../../src/manifests/manifest.ts';
import { parsePlan } from '../../../src/plan/parse-plan.ts';
import { problemLines } from '../../../src/report/error.ts';
import { visible } from '../../../src/report/width.ts';
import { openHost } from '../../../src/host/machine.ts';
import { systemctl } from '../../../src/host/systemd.ts';
import type { Host } from '../../../src/host/host.ts';
import { kcfgError, makeTree } from '../host/tree.ts';
import { PLAIN } from '../report/styles.ts';
import { judged } from '../kubelet/rules/judging.ts';

/** Control characters but the line end, C1, and what turns the direction of text. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const STEERS = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;

test('what would steer a terminal is shown, wherever it stands in an error', () => {
  const evil = '\u001b[2J\u001b]0;x\u0007\r\u009b31m\u202eabc\b';
  assert.ok(!STEERS.test(visible(evil)), JSON.stringify(visible(evil)));
  const lines = problemLines({ code: 'io', message: evil, where: [{ file: evil, line: 1, column: 1, length: 2, text: evil, label: evil }, { file: `${evil}2`, label: evil }], notes: [evil], help: [evil, `  ${evil}`], outcome: 'x' }, PLAIN, 80);
  for (const line of lines) assert.ok(!STEERS.test(line), JSON.stringify(line));
});

test('a plan from a file that is hostile is refused as such, and reaches no prototype', () => {
  const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`;
  const hostile = ['', 'null', '7', '[]', deep, `{"format":1,"x":${deep}}`, '{"format":1,"__proto__":{"polluted":1},"target":{"field":"settings","wishes":[{"field":"a","path":["__proto__","polluted"],"value":1}],"force":[]}}', '{"format":1,"target":{"field":"settings","wishes":{"length":1e9},"force":[]},"steps":[],"ground":{},"id":"1"}', '{"format":1,"target":null}', '{"format":1e999}'];
  for (const text of hostile) assert.throws(() => parsePlan('p.json', text), kcfgError('bad-plan'), text.slice(0, 60));
  assert.equal(({} as Record<string, unknown>)['polluted'], undefined);
});

test('names such as __proto__ in a configuration are names, and no more', async () => {
  for (const config of ['__proto__:\n  maxPods: 1\n', 'featureGates:\n  __proto__: true\n', 'kubeReserved:\n  constructor: "1"\n', 'evictionHard: {__proto__: {polluted: "1"}}\n', '<<: {__proto__: {polluted: 1}}\n']) await judged('1.37', { config });
  assert.equal(({} as Record<string, unknown>)['polluted'], undefined);
});

test('aliases of aliases of aliases, and depth, end in an error in a moment', async () => {
  const bomb = Array.from({ length: 30 }, (_, i) => `a${i}: &a${i} [${i === 0 ? 'x' : Array(10).fill(`*a${i - 1}`).join(', ')}]\n`).join('');
  const deep = `maxPods: ${'['.repeat(20_000)}`;
  const round = 'evictionHard: &a\n  x: *a\n';
  const began = performance.now();
  for (const config of [bomb, deep, round]) assert.ok((await judged('1.37', { config })).some(({ severity }) => severity === 'error'), config.slice(0, 40));
  for (const text of [`apiVersion: v1\nkind: Pod\n${bomb}`, `kind: Pod\nspec: ${'{a: '.repeat(20_000)}`]) {
    assert.throws(() => readManifest('/a.yaml', Buffer.from(text)), (error: unknown) => error instanceof KcfgError, text.slice(0, 30));
  }
  assert.ok(performance.now() - began < 20_000);
});

test('a file without end, or of a size that none has, is not read: a FIFO, a device, a gibibyte', async () => {
  const { files, at, root } = makeTree();
  mkdirSync(at('/etc'));
  writeFileSync(at('/etc/big'), '');
  truncateSync(at('/etc/big'), 2 ** 30);
  execFileSync('mkfifo', [at('/etc/fifo')]);
  await assert.rejects(files.read('/etc/big'), kcfgError('io', /larger than 64 MiB/));
  await assert.rejects(files.read('/etc/fifo'), kcfgError('io', /not a regular file/));
  assert.equal((await files.readPart('/etc/big', 2 ** 29, 8))?.length, 8);
  const host = await openHost({ root });
  await assert.rejects(host.readReport('/dev/zero'), kcfgError('io', /larger than 64 MiB/));
  await assert.rejects(host.readOwn(join(root, 'etc/big')), kcfgError('io', /larger than 64 MiB/));
  // a pipe is a file of the user's own as well
  assert.equal((await host.readOwn('/proc/self/cmdline'))?.length !== 0, true);
});

test('a name that begins with a dash is no option of any program', async () => {
  const { files, at } = makeTree();
  writeFileSync(at('/--help'), 'x');
  await files.copy('/--help', '/-rf');
  await files.write('/-rf', 'y', { mtimeNs: '1000000000000000007' });
  assert.equal((await files.read('/-rf'))?.toString(), 'y');
  const asked: (readonly string[])[] = [];
  const run: Host['run'] = async (argv) => {
    asked.push(argv);
    return { exitCode: 0, stdout: '', stderr: '', timedOut: false, missing: false };
  };
  const systemd = systemctl(run);
  await systemd.show('--version', ['A']);
  await systemd.job('restart', '-H evil');
  await systemd.runService('kcfg-1.service', ['--evil'], []);
  for (const argv of asked) assert.ok(argv.indexOf('--') >= 0 && argv.indexOf('--') === argv.length - 2, argv.join(' '));
});
