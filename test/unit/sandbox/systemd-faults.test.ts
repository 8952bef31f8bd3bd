/** What the pretend systemd can be made to fail by, in the words of systemd 252; and that each can be held to some jobs. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pretend } from './pretend.ts';

test('a masked unit runs on, and nothing starts it', async (t) => {
  const { node, show, systemctl } = await pretend(t, { worker: true });
  node.faults.set('unit-masked', true);
  assert.equal(await show('kubelet', 'LoadState', 'ActiveState'), 'LoadState=masked\nActiveState=active');
  await assert.rejects(systemctl('restart', 'kubelet'), /^Error: Failed to restart kubelet\.service: Unit kubelet\.service is masked\.$/m);
  assert.equal(await show('kubelet', 'ActiveState'), 'ActiveState=active');
  await systemctl('stop', 'kubelet');
  await assert.rejects(systemctl('start', 'kubelet'), /is masked/);
});

test('a start that came too often fails until reset-failed', async (t) => {
  const { node, show, systemctl } = await pretend(t, { worker: true });
  node.faults.set('start-limit', true);
  await assert.rejects(systemctl('restart', 'kubelet'), /because start of the service was attempted too often\.\n.*\nTo force a start use "systemctl reset-failed kubelet\.service"/);
  assert.equal(await show('kubelet', 'ActiveState', 'Result'), 'ActiveState=failed\nResult=start-limit-hit');
  await systemctl('reset-failed', 'kubelet');
  await systemctl('start', 'kubelet');
  assert.equal(await show('kubelet', 'ActiveState'), 'ActiveState=active');
});

test('without a bus no program reaches systemd', async (t) => {
  const { node, show, systemctl, systemdRun } = await pretend(t, { worker: true });
  node.faults.set('bus-down', true);
  const words = /^Error: Failed to connect to bus: Connection refused$/m;
  await assert.rejects(show('kubelet', 'ActiveState'), words);
  await assert.rejects(systemctl('restart', 'kubelet'), words);
  await assert.rejects(systemdRun('--unit=x', 'true'), words);
  assert.equal(node.systemd.unit('kubelet.service').active, 'active');
});

test('a fault holds for the jobs that it is set for', async (t) => {
  const { node, systemctl } = await pretend(t, { worker: true });
  node.faults.set('unit-fails', { from: 2, to: 2 });
  await systemctl('restart', 'kubelet');
  await assert.rejects(systemctl('restart', 'kubelet'), /because the control process exited with error code/);
  await systemctl('start', 'kubelet');
});

test('a kubelet that ignores SIGTERM is killed when the time is over, and the job ends well', async (t) => {
  const { node, show, systemctl } = await pretend(t, { worker: true, speed: 400 });
  node.faults.set('kubelet-stop-hangs', { to: 1 });
  await systemctl('stop', 'kubelet');
  assert.equal(await show('kubelet', 'ActiveState', 'Result'), 'ActiveState=failed\nResult=timeout');
  await systemctl('start', 'kubelet');
  assert.equal(await show('kubelet', 'ActiveState'), 'ActiveState=active');
});
