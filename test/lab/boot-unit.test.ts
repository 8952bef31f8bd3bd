/**
 * kcfg-recover.service on a real boot: idle without a pending change; never in the way of the kubelet, though it dies or hangs;
 * and what it could not do is told, and mended later. A shutdown in the middle of a change leaves the work to it.
 */
import assert from 'node:assert/strict';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { installFaults, type Faults } from './faults.ts';
import { held, identities, isPending, lastTold, pathInFile, units, type Held } from './held.ts';
import { assertWhole, move, moveAndBack, other, RECORD, type Moved } from './moves.ts';
import { openLab, type Lab, type LabNode } from './node.ts';

const UNIT = 'kcfg-recover.service';
const DROP_IN = `/etc/systemd/system/${UNIT}.d/50-impatient.conf`;

let lab: Lab;
let cp: LabNode;
let faults: Faults;
let moved: Moved;
before(async () => {
  lab = await openLab();
  cp = await lab.controlPlane('cp1', { kcfg: true });
  faults = await installFaults(cp);
  moved = await moveAndBack(cp, faults);
});
after(() => lab.close());

async function show(unit: string, ...names: string[]): Promise<Record<string, string>> {
  const { stdout } = await cp.run(['systemctl', 'show', unit, ...names.flatMap((name) => ['-p', name])]);
  return Object.fromEntries(stdout.trim().split('\n').map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));
}

/** A move whose process stands still behind that record, for good. */
async function freezeAt(record: number): Promise<{ from: string; old: Held; change: Promise<unknown> }> {
  const from = pathInFile(cp);
  const old = await held(cp);
  faults.arm([{ verb: 'run', record, when: 'after' }], 'freeze');
  const change = move(cp, other(from));
  for (let look = 0; faults.struck() === undefined && look < 600; look++) await sleep(50);
  assert.ok(faults.disarm() !== undefined, 'it never came to that');
  return { from, old, change };
}

test('the unit of a change is there while it runs, and gone afterwards', { timeout: 120_000 }, async () => {
  const { old, from, change } = await freezeAt(RECORD.edited);
  const { id } = await lastTold(cp);
  assert.deepEqual(await units(cp), [`kcfg-${id}.service`]);
  const { ExecStopPost, TimeoutStartUSec, RuntimeMaxUSec } = await show(`kcfg-${id}.service`, 'ExecStopPost', 'TimeoutStartUSec', 'RuntimeMaxUSec');
  assert.match(ExecStopPost ?? '', new RegExp(`internal recover ${id}`));
  assert.equal(RuntimeMaxUSec, '15min', TimeoutStartUSec);
  await cp.run(['systemctl', 'kill', '--kill-who=main', '--signal=KILL', `kcfg-${id}.service`]);
  await change;
  assert.equal(await assertWhole(cp, { from, old, states: moved.states }, 'killed while it stood still'), 'old');
  assert.equal((await cp.run(['sh', '-c', 'ls /run/systemd/transient | grep kcfg'])).stdout, '');
});

test('a boot without a pending change: the boot unit starts no process', { timeout: 200_000 }, async () => {
  await cp.reboot('hard', 'running');
  const { ConditionResult, ExecMainPID, ExecMainStartTimestampMonotonic, ActiveState, TimeoutStartUSec } = await show(UNIT, 'ConditionResult', 'ExecMainPID', 'ExecMainStartTimestampMonotonic', 'ActiveState', 'TimeoutStartUSec');
  assert.deepEqual([ConditionResult, ExecMainPID, ExecMainStartTimestampMonotonic, ActiveState], ['no', '0', '0', 'inactive']);
  assert.equal(TimeoutStartUSec, '1min', 'as shipped, it cannot hold up a boot for long');
  const { stdout } = await cp.run(['journalctl', '-b', '-u', UNIT, '-o', 'cat']);
  assert.match(stdout, /skipped because of an unmet condition check \(ConditionPathExists=\/var\/lib\/kcfg\/pending\)/);
});

test('a recovery at boot that dies: the kubelet starts, kcfg says what to type, and that mends it', { timeout: 300_000 }, async () => {
  // the kubelet was not restarted by the change: but by the boot, with the new path
  const { from, old, change } = await freezeAt(RECORD.edited);
  await cp.stop('hard');
  await change;
  // undoing, then undoing-step: the edit still stands
  faults.arm([{ verb: 'boot', record: RECORD.edited + 2, when: 'after' }]);
  await cp.start('running');
  assert.ok(faults.disarm() !== undefined, 'the boot unit died');
  assert.equal((await show(UNIT, 'Result')).Result, 'signal');
  assert.equal(pathInFile(cp), other(from));
  assert.ok(isPending(cp));
  const { id } = await lastTold(cp);
  const status = await cp.run(['kcfg', 'status']);
  assert.match(status.stderr, new RegExp(`warning: change ${id} was cut off at step 4 of 8, .*\\n.*kcfg abort`));
  await cp.ready('running');
  const containers = await identities(cp);
  const poll = await cp.poll();
  const abort = await cp.run(['kcfg', 'abort']);
  await sleep(3000);
  const { failed, outages } = await poll.stop();
  assert.equal(abort.code, 0, abort.stdout + abort.stderr);
  assert.equal(failed, 0, JSON.stringify(outages));
  assert.deepEqual(await identities(cp), containers);
  assert.equal(await assertWhole(cp, { from, old, states: moved.states }, 'after kcfg abort'), 'old');
});

test('a recovery at boot that hangs: the kubelet starts when its time is up, and the next boot mends it', { timeout: 300_000 }, async (t) => {
  mkdirSync(cp.file(DROP_IN.slice(0, DROP_IN.lastIndexOf('/'))), { recursive: true });
  writeFileSync(cp.file(DROP_IN), '[Service]\nTimeoutStartSec=5\n');
  const { from, old, change } = await freezeAt(RECORD.restarted);
  await cp.stop('hard');
  await change;
  faults.arm([{ verb: 'boot', call: 1, when: 'before' }], 'freeze');
  await cp.start('running');
  assert.ok(faults.disarm() !== undefined, 'the boot unit hung');
  assert.equal((await show(UNIT, 'Result')).Result, 'timeout');
  const { ExecMainStartTimestampMonotonic: began } = await show(UNIT, 'ExecMainStartTimestampMonotonic');
  const { ExecMainStartTimestampMonotonic: kubelet } = await show('kubelet.service', 'ExecMainStartTimestampMonotonic');
  t.diagnostic(`the kubelet started ${((Number(kubelet) - Number(began)) / 1e6).toFixed(1)} s after the recovery that hangs, which had 5 s`);
  assert.match((await cp.run(['kcfg', 'status'])).stderr, /warning: change \d+ was cut off .*\n.*kcfg abort/);
  await cp.reboot('hard', 'running');
  assert.equal(await assertWhole(cp, { from, old, states: moved.states }, 'after the next boot'), 'old');
  rmSync(cp.file(DROP_IN));
});

test('a shutdown in the middle of a change: the kubelet is not started any more, the boot unit decides', { timeout: 300_000 }, async () => {
  const { from, old, change } = await freezeAt(RECORD.restarted);
  const { id } = await lastTold(cp);
  await cp.run(['systemctl', 'poweroff']);
  // systemd has stopped every unit within 1 s, and then gives containers 90 s to end (systemd-shutdown(8)): not waited for
  await sleep(5000);
  await cp.stop('hard');
  await change;
  assert.ok(isPending(cp) && !cp.read(`/var/lib/kcfg/${id}/journal`).includes('"undoing"'), 'left to the boot unit');
  await cp.start('running');
  const { stdout } = await cp.run(['journalctl', '-b', '-1', '-u', `kcfg-${id}.service`, '-o', 'cat']);
  assert.match(stdout, /Stopped kcfg-\d+\.service/, 'it was stopped as every service, with its ExecStopPost=');
  assert.match(cp.read(`/var/lib/kcfg/${id}/journal`), /"type":"undoing","reason":"the machine was restarted"/);
  assert.equal(await assertWhole(cp, { from, old, states: moved.states }, 'after a shutdown'), 'old');
});
