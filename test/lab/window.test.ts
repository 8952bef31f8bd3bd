/** The terminal is a window, not the change: what happens to it happens to no one else. And the change's own process may die. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { held, identities, isPending, lastTold, pathInFile, pathInForce, units } from './held.ts';
import { HOME, move, STATIC } from './moves.ts';
import { openLab, type Lab, type LabNode } from './node.ts';

const PID = '/root/window.pid';

let lab: Lab;
let cp: LabNode;
before(async () => {
  lab = await openLab();
  cp = await lab.controlPlane('cp1', { kcfg: true });
});
after(() => lab.close());

/** Until the configuration names that path: the kubelet is about to be restarted. */
async function inTheMiddle(path: string): Promise<void> {
  for (let look = 0; look < 400 && pathInFile(cp) !== path; look++) await sleep(25);
  assert.ok(isPending(cp), 'it is in the middle');
}

async function over(): Promise<void> {
  for (let look = 0; look < 600 && isPending(cp); look++) await sleep(50);
  assert.ok(!isPending(cp));
}

test('the session is dropped in the middle of a move: the change goes on to its end', { timeout: 120_000 }, async (t) => {
  const containers = await identities(cp);
  const poll = await cp.poll();
  // a process group of its own, as a login has one
  const window = cp.run(['setsid', '--wait', 'sh', '-c', `echo $$ > ${PID}; kcfg set staticPodPath ${STATIC} --yes; exit 0`]);
  await inTheMiddle(STATIC);
  const group = `-${cp.read(PID).trim()}`;
  assert.equal((await cp.run(['kill', '-HUP', '--', group])).code, 0);
  await sleep(100);
  await cp.run(['kill', '-KILL', '--', group]);
  assert.notEqual((await window).code, 0, 'the window is gone');
  assert.ok(isPending(cp), 'and the change is not over');
  await over();
  await sleep(3000);
  const { sent, failed, outages } = await poll.stop();
  t.diagnostic(`${sent} requests, ${failed} failed`);
  assert.equal(failed, 0, JSON.stringify(outages));
  assert.equal((await lastTold(cp)).result, 'done');
  assert.equal(pathInFile(cp), STATIC);
  assert.equal(await pathInForce(cp), STATIC);
  assert.deepEqual(await identities(cp), containers);
  assert.deepEqual(await units(cp), []);
});

test('the main process of the change is killed: as before within 5 s, and no request fails', { timeout: 120_000 }, async (t) => {
  await cp.ready();
  const old = await held(cp);
  const containers = await identities(cp);
  const poll = await cp.poll();
  const change = move(cp, HOME);
  await inTheMiddle(HOME);
  const { id } = await lastTold(cp);
  const killed = Date.now();
  await cp.run(['systemctl', 'kill', '--kill-who=main', '--signal=KILL', `kcfg-${id}.service`]);
  await over();
  const seconds = (Date.now() - killed) / 1000;
  const { code, stderr } = await change;
  await sleep(3000);
  const { sent, failed, outages } = await poll.stop();
  t.diagnostic(`recovered in ${seconds.toFixed(2)} s; ${sent} requests, ${failed} failed`);
  assert.equal(code, 5, stderr);
  assert.equal(failed, 0, JSON.stringify(outages));
  assert.ok(seconds <= 5, `${seconds} s`);
  assert.deepEqual(await held(cp), old);
  assert.deepEqual(await identities(cp), containers);
});
