/**
 * `kcfg fleet` with the real Ansible, over its local connection, on pretend nodes: asked first, in order, stopped at the first
 * failure, gone on with by the same command. Needs ansible-core (Debian: apt-get install ansible-core).
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FleetPlan } from '../../src/fleet/fleet-plan.ts';
import type { Run } from '../sandbox/node.ts';
import { type PretendFleet, startFleet } from './pretend-fleet.ts';

const HOME = '/etc/kubernetes/manifests';
const STATIC = '/etc/kubernetes/static';

let fleet: PretendFleet;
let file: string;
before(async () => {
  // workers are in the middle, and no group says what a node is
  fleet = await startFleet(['cp1', 'w1', 'cp2', 'w2', 'w3'], { speed: 20 });
  file = fleet.file('move.plan');
}, { timeout: 120_000 });
after(() => fleet.down());

const plan = (...more: string[]): Promise<Run> => fleet.kcfg(['plan', 'set', `staticPodPath=${STATIC}`, '-i', fleet.inventory, '--out', file, ...more]);
const apply = (...more: string[]): Promise<Run> => fleet.kcfg(['apply', file, '--yes', '--batch', '1', ...more]);
const all = (path: string, but: Record<string, string> = {}): Record<string, string> => ({ ...Object.fromEntries(fleet.nodes.map(({ name }) => [name, path])), ...but });

test('a plan asks every node, says the order, and changes nothing', { timeout: 300_000 }, async () => {
  const before = fleet.nodes.map((each) => each.tree());
  const { code, stdout, stderr } = await plan();
  assert.equal(code, 0, stdout + stderr);
  assert.match(stdout, /^5 nodes asked in .* s: 5 would change\. Nothing was changed\.$/m);
  assert.deepEqual([...stdout.matchAll(/^ +(\d) {2}(\S+) +(.*?) {2}/gm)].map(([, order, name, role]) => [order, name, role]), [['1', 'w1', 'worker, first'], ['2', 'cp1', 'control plane'], ['3', 'cp2', 'control plane'], ['4', 'w2', 'worker'], ['5', 'w3', 'worker']]);
  assert.deepEqual(fleet.nodes.map((each) => each.tree()), before);
  assert.equal((JSON.parse(readFileSync(file, 'utf8')) as FleetPlan).nodes.length, 5);
});

test('the third of five fails: it goes back by itself, the run stops there, and goes on after the mend', { timeout: 600_000 }, async () => {
  await fleet.node('cp2').fault('unit-fails', { from: 1, to: 1 });
  const { code, stdout, stderr } = await apply();
  assert.equal(code, 5, stdout + stderr);
  assert.deepEqual(fleet.paths(), all(HOME, { w1: STATIC, cp1: STATIC }));
  assert.match(stderr, /✗ 3 cp2\b[\s\S]*went back: /);
  assert.match(stdout, /^Stopped at cp2\.[\s\S]*^ {2}as wanted {3}w1, cp1$[\s\S]*^ {2}as before {3}cp2, w2, w3$[\s\S]*kcfg show 1 {3}on cp2/m);

  await fleet.node('cp2').fault('unit-fails', null);
  const again = await apply();
  assert.equal(again.code, 0, again.stdout + again.stderr);
  assert.deepEqual(fleet.paths(), all(STATIC));
  assert.match(again.stdout, /^Done: 5 nodes\./m);
  const containers = await fleet.node('cp1').containers();
  assert.equal((await apply()).stdout.includes('Nothing to do.'), true);
  assert.deepEqual(await fleet.node('cp1').containers(), containers);
});

test('killed in the middle: no node is between, and the same command goes on', { timeout: 600_000 }, async () => {
  const back = await fleet.kcfg(['plan', 'set', `staticPodPath=${HOME}`, '-i', fleet.inventory, '--out', file]);
  assert.equal(back.code, 0, back.stdout + back.stderr);
  // the program and Ansible with it, once the first node has ended
  const killed = await fleet.kcfg(['apply', file, '--yes'], { detached: true, watch: (text, pid) => /✓ 1 w1/.test(text) && process.kill(-pid, 'SIGKILL') });
  assert.equal(killed.code, 137);
  for (let look = 0; look < 200; look++) {
    const states = await Promise.all(fleet.nodes.map(async (each) => (await each.kcfg(['status', '-o', 'json'])).stdout));
    if (states.every((text) => !/"pending"/.test(text))) break;
    await sleep(200);
  }
  for (const each of fleet.nodes) assert.match((await each.kcfg(['status'])).stdout, new RegExp(`^${each.name} is healthy`), each.name);
  const { code, stdout, stderr } = await fleet.kcfg(['apply', file, '--yes']);
  assert.equal(code, 0, stdout + stderr);
  assert.deepEqual(fleet.paths(), all(HOME));
});

test('a node that is not as planned: nothing is touched anywhere', { timeout: 300_000 }, async () => {
  assert.equal((await plan()).code, 0);
  assert.equal((await fleet.node('w3').kcfg(['set', 'staticPodPath', '/etc/kubernetes/other', '--yes'])).code, 0);
  const { code, stderr } = await apply();
  assert.equal(code, 1);
  assert.match(stderr, /^error\[stale-plan\]: w3: not as planned$/m);
  assert.deepEqual(fleet.paths(), all(HOME, { w3: '/etc/kubernetes/other' }));
});

test('bad words: no inventory, one that is not there, one without nodes', { timeout: 120_000 }, async () => {
  const errors = await Promise.all([['-o', 'json'], ['-i', '/none.ini'], ['-i', '/dev/null']].map(async (more) => (await fleet.kcfg(['plan', 'set', 'maxPods=100', ...more])).stderr));
  assert.match(errors[0] ?? '', /the inventory is missing/);
  assert.match(errors[1] ?? '', /there is no file \/none\.ini/);
  assert.match(errors[2] ?? '', /there is no node in \/dev\/null/);
});
