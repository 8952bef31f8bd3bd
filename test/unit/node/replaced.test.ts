/** A program that was replaced under its running process: what the kernel says of it, on this machine. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { copyFileSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { openHost } from '../../../src/host/machine.ts';
import { wasReplaced } from '../../../src/node/observe.ts';
import type { Observed } from '../../../src/node/observed.ts';
import { refuseReplaced } from '../../../src/plan/refusals.ts';

test('a process whose program was renamed over is told from one that runs what is on disk', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'kcfg-replaced-'));
  const program = join(directory, 'program');
  copyFileSync('/bin/sleep', program);
  const child = spawn(program, ['30'], { stdio: 'ignore' });
  try {
    await sleep(100);
    const host = await openHost({});
    assert.deepEqual(await wasReplaced(host, child.pid), {});
    copyFileSync('/bin/sleep', `${program}.new`);
    renameSync(`${program}.new`, program);
    assert.deepEqual(await wasReplaced(host, child.pid), { replaced: true });
    assert.deepEqual(await wasReplaced({ ...host, live: false }, child.pid), {});
    assert.deepEqual(await wasReplaced(host, undefined), {});
  } finally {
    child.kill();
    rmSync(directory, { recursive: true, force: true });
  }
});

test('it is refused, with the version on disk and the way on', () => {
  const kubelet = { binary: '/usr/bin/kubelet', version: '1.37.3' };
  assert.equal(refuseReplaced({ kubelet } as Observed), undefined);
  const refusal = refuseReplaced({ kubelet: { ...kubelet, replaced: true } } as Observed);
  assert.equal(refusal?.code, 'not-in-force');
  assert.deepEqual(refusal.where, [{ file: '/usr/bin/kubelet', label: 'kubelet 1.37.3 on disk' }]);
});
