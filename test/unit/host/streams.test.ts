/** The exit status speaks of the node, not of the screen: what cannot be written is dropped. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { openSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../../../src/main.ts', import.meta.url));
const help = (stdout: number | 'pipe') =>
  spawnSync(process.execPath, ['--import', 'tsx', main, '--help'], { stdio: ['ignore', stdout, 'pipe'], encoding: 'utf8' });

test('a full disk behind > is no failure of what was asked for', () => {
  const { status, stderr } = help(openSync('/dev/full', 'w'));
  assert.equal(stderr, '');
  assert.equal(status, 0);
});
test('a pipe gets every byte', () => {
  const { status, stdout } = help('pipe');
  assert.equal(status, 0);
  assert.match(stdout, /^Change this node's kubelet/);
  assert.ok(stdout.endsWith('\n'));
});
