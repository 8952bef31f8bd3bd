/**
 * `--confirm-within` on a real node: goes back by itself though every kcfg is dead, or the machine was restarted; kept when a new
 * login says so, and by no other. The 60 s are 20 here: the deadline is a number that systemd counts.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { installFaults, type Faults } from './faults.ts';
import { CONFIG, held, identities, isPending, label, lastTold, pathInFile, pathInForce, units } from './held.ts';
import { assertWhole, HOME, move, moveAndBack, RECORD, STATIC, type Moved } from './moves.ts';
import { openLab, type Lab, type LabNode } from './node.ts';

const TRIAL = 20;

let lab: Lab;
let cp: LabNode;
let faults: Faults;
let moved: Moved;
before(async () => {
  lab = await openLab();
  cp = await lab.controlPlane('cp1', { kcfg: true });
  await label(cp, [CONFIG]);
  faults = await installFaults(cp);
  moved = await moveAndBack(cp, faults);
});
after(() => lab.close());

async function over(seconds: number): Promise<void> {
  for (const until = Date.now() + seconds * 1000; isPending(cp); ) {
    assert.ok(Date.now() < until, `still pending after ${seconds} s`);
    await sleep(50);
  }
  // the last thing its unit does is to take its program away
  for (let look = 0; look < 40 && (await units(cp)).length > 0; look++) await sleep(100);
}

/** As `kcfg show -o json` of a trial has it: ms since 1970. */
function deadline(id: string): number {
  const until = /"type":"trial","until":"([^"]+)"/.exec(cp.read(`/var/lib/kcfg/${id}/journal`))?.[1];
  return Date.parse(until ?? assert.fail('no trial in the journal'));
}

test('nobody confirms, and every kcfg is killed: it goes back in time, and no request fails', { timeout: 120_000 }, async (t) => {
  const old = await held(cp);
  const containers = await identities(cp);
  const poll = await cp.poll();
  // the deadline is written down, and its timer not yet set
  faults.arm([{ verb: 'run', record: RECORD.trial, when: 'after' }]);
  const { code, stdout, stderr } = await move(cp, STATIC, '--confirm-within', `${TRIAL}s`);
  assert.ok(faults.disarm() !== undefined, 'its process was killed');
  assert.equal(code, 0, stderr);
  assert.match(stdout, /On trial until .*: then systemd puts everything back,\n.*kcfg confirm/s);
  const { id, result } = await lastTold(cp);
  assert.equal(result, 'on trial');
  assert.equal(await pathInForce(cp), STATIC);
  assert.deepEqual((await units(cp)).filter((unit) => unit.endsWith('.timer')), [`kcfg-${id}-revert.timer`]);
  const until = deadline(id);
  await cp.run(['sh', '-c', "for exe in /proc/[0-9]*/exe; do [ \"$(readlink $exe)\" != /usr/lib/kcfg/node ] || kill -KILL $(echo $exe | tr -dc 0-9); done"]);
  assert.match((await cp.run(['kcfg', 'status'])).stderr, new RegExp(`warning: change ${id} is on trial until .*\\n.*kcfg confirm`));
  await over(TRIAL + 15);
  const late = (Date.now() - until) / 1000;
  await sleep(3000);
  const { sent, failed, outages } = await poll.stop();
  t.diagnostic(`back ${late.toFixed(1)} s after the deadline; ${sent} requests, ${failed} failed`);
  assert.equal(failed, 0, JSON.stringify(outages));
  assert.match((await cp.run(['kcfg', 'get', 'staticPodPath'])).stderr, new RegExp(`warning: change ${id} went back: it was not confirmed within ${TRIAL} s`));
  assert.equal(await assertWhole(cp, { from: HOME, old, states: moved.states }, 'not confirmed'), 'old');
  assert.deepEqual(await identities(cp), containers);
});

test('its own login cannot confirm it, a new one can: it is kept, and no request fails', { timeout: 120_000 }, async (t) => {
  const containers = await identities(cp);
  const poll = await cp.poll();
  // one login: a shell that runs one command after the other
  const same = await cp.run(['sh', '-c', `kcfg set staticPodPath ${STATIC} --yes --confirm-within ${TRIAL}s && kcfg confirm; echo "exit $?"`]);
  assert.match(same.stderr, /error\[same-login\]: this login made the change/);
  assert.match(same.stdout, /exit 1\n$/);
  const { id } = await lastTold(cp);
  const until = deadline(id);
  const { code, stdout, stderr } = await cp.run(['kcfg', 'confirm']);
  assert.ok(Date.now() < until, 'in time');
  assert.equal(code, 0, stderr);
  assert.match(stdout, new RegExp(`Kept: change ${id}\\.`));
  assert.equal((await lastTold(cp)).result, 'kept');
  assert.deepEqual(await units(cp), []);
  await sleep(Math.max(0, until - Date.now()) + 2000);
  const { sent, failed, outages } = await poll.stop();
  t.diagnostic(`${sent} requests, ${failed} failed`);
  assert.equal(failed, 0, JSON.stringify(outages));
  assert.equal(pathInFile(cp), STATIC);
  assert.equal(await pathInForce(cp), STATIC);
  assert.deepEqual(await identities(cp), containers);
  assert.ok(!isPending(cp));
  assert.notEqual((await cp.run(['kcfg', 'confirm'])).code, 0, 'there is nothing more to confirm');
});

test('the plug is pulled during the trial: it goes back before the kubelet starts', { timeout: 200_000 }, async () => {
  const old = await held(cp);
  const { code, stderr } = await move(cp, HOME, '--confirm-within', '1h');
  assert.equal(code, 0, stderr);
  const { id } = await lastTold(cp);
  await cp.reboot('hard', 'running');
  assert.match((await cp.run(['kcfg', 'get', 'staticPodPath'])).stderr, new RegExp(`warning: change ${id} .*restarted`));
  assert.equal(await assertWhole(cp, { from: STATIC, old, states: moved.states }, 'restarted during the trial'), 'old');
});
