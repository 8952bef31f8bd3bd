import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { test } from 'node:test';
import { runProgram } from '../../../src/host/run.ts';
import { makeTree } from './tree.ts';

const { root, at } = makeTree();

test('arguments reach a program as they are: no shell reads them', async () => {
  const { exitCode, stdout } = await runProgram(['printf', '%s|', '$HOME; rm -rf /', 'a b', '', '*']);
  assert.deepEqual([exitCode, stdout], [0, '$HOME; rm -rf /|a b||*|']);
});

test('a program gets a clean environment and nothing of ours', async () => {
  process.env.KCFG_TEST_SECRET = 'secret';
  try {
    const { stdout } = await runProgram(['env'], { env: { GIVEN: 'yes' } });
    assert.deepEqual(stdout.trim().split('\n').sort(), [
      'GIVEN=yes',
      'LC_ALL=C',
      'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    ]);
  } finally {
    delete process.env.KCFG_TEST_SECRET;
  }
});

test('a failure, a missing program and one that may not run are answers', async () => {
  const failed = await runProgram(['ls', '--', '/does/not/exist']);
  assert.deepEqual([failed.exitCode, failed.missing, failed.timedOut], [2, false, false]);
  assert.match(failed.stderr, /No such file or directory/);
  const missing = await runProgram(['kcfg-no-such-program']);
  assert.deepEqual([missing.exitCode, missing.missing], [undefined, true]);
  fs.writeFileSync(at('/plain'), 'no program', { mode: 0o644 });
  const refused = await runProgram([at('/plain')]);
  assert.deepEqual([refused.exitCode, refused.missing], [undefined, false]);
  assert.match(refused.stderr, /EACCES/);
});

test('a program that takes too long is ended', async () => {
  const began = performance.now();
  const { exitCode, timedOut } = await runProgram(['sleep', '20'], { timeout: 100 });
  assert.deepEqual([exitCode, timedOut], [undefined, true]);
  assert.ok(performance.now() - began < 5000);
});

test('input is given and ends; without it there is none to wait for', async () => {
  assert.equal((await runProgram(['cat'], { input: 'words\n' })).stdout, 'words\n');
  assert.equal((await runProgram(['cat'])).stdout, '');
});

test("a sandbox's own programs come before the machine's", async () => {
  fs.writeFileSync(at('/systemctl'), '#!/bin/sh\necho "pretend $KCFG_SANDBOX"\n', { mode: 0o755 });
  const { stdout } = await runProgram(['systemctl'], {}, { firstInPath: root, env: { KCFG_SANDBOX: 'here' } });
  assert.equal(stdout, 'pretend here\n');
});

test('a program that is run has a process group of its own: Ctrl-C at the terminal does not reach it', async () => {
  const { stdout } = await runProgram(['sh', '-c', 'cut -d" " -f5 /proc/$$/stat; echo $$']);
  const [group, pid] = stdout.trim().split(/\s+/);
  assert.equal(group, pid);
});
