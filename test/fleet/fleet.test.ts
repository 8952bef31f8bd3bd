/**
 * `kcfg fleet` with the real Ansible, over its local connection, on pretend nodes: asked first, in order, stopped at the first
 * failure, gone on with by the same command. Needs ansible-core (Debian: apt-get install ansible-core).
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FleetPlan } from '../../src/fleet/fleet-plan.ts';
import { kcfgCommand, type Run, type SandboxNode, startNode } from '../sandbox/node.ts';

const HOME = '/etc/kubernetes/manifests';
const STATIC = '/etc/kubernetes/static';
const [NODE = '', PROGRAM = ''] = kcfgCommand();

let nodes: SandboxNode[];
let inventory: string;
let file: string;
before(async () => {
  nodes = [];
  // workers are in the middle, and no group says what a node is
  for (const name of ['cp1', 'w1', 'cp2', 'w2', 'w3']) nodes.push(await startNode({ name, worker: name.startsWith('w'), speed: 20 }));
  const base = dirname(PROGRAM);
  inventory = join(base, '../inventory.yaml');
  file = join(base, '../move.plan');
  const hosts = Object.fromEntries(nodes.map(({ name, dir }) => [name, { kcfg_command: ['env', `KCFG_SANDBOX=${dir}`, NODE, PROGRAM] }]));
  writeFileSync(inventory, JSON.stringify({ all: { vars: { ansible_connection: 'local', ansible_python_interpreter: '/usr/bin/python3' }, hosts } }));
}, { timeout: 120_000 });
after(async () => {
  for (const node of nodes) await node.down();
});

/** As typed on the administrator's machine. `watch` gets standard error as it comes. */
function fleet(words: readonly string[], { watch, detached = false }: { watch?: (text: string, pid: number) => void; detached?: boolean } = {}): Promise<Run> {
  const env = { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '/', LANG: 'C.UTF-8', KCFG_SANDBOX_HOME: nodes[0]?.env.KCFG_SANDBOX_HOME ?? '' };
  return new Promise((resolve, reject) => {
    const child = spawn(NODE, [PROGRAM, 'fleet', ...words], { env, detached, stdio: ['ignore', 'pipe', 'pipe'] });
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
      watch?.(text, child.pid ?? 0);
    });
    child.once('error', reject);
    child.once('close', (code) => resolve({ code: code ?? 137, stdout, stderr }));
  });
}
const plan = (...more: string[]): Promise<Run> => fleet(['plan', 'set', `staticPodPath=${STATIC}`, '-i', inventory, '--out', file, ...more]);
const apply = (...more: string[]): Promise<Run> => fleet(['apply', file, '--yes', '--batch', '1', ...more]);
/** The path in each node's file. */
const paths = (): Record<string, string> => Object.fromEntries(nodes.map((node) => [node.name, /^staticPodPath: (.*)$/m.exec(node.read('/var/lib/kubelet/config.yaml'))?.[1] ?? '']));
const all = (path: string, but: Record<string, string> = {}): Record<string, string> => ({ ...Object.fromEntries(nodes.map(({ name }) => [name, path])), ...but });
const node = (name: string): SandboxNode => nodes.find((each) => each.name === name) ?? assert.fail(name);

test('a plan asks every node, says the order, and changes nothing', { timeout: 300_000 }, async () => {
  const before = nodes.map((each) => each.tree());
  const { code, stdout, stderr } = await plan();
  assert.equal(code, 0, stdout + stderr);
  assert.match(stdout, /^5 nodes asked in .* s: 5 would change\. Nothing was changed\.$/m);
  assert.deepEqual([...stdout.matchAll(/^ +(\d) {2}(\S+) +(.*?) {2}/gm)].map(([, order, name, role]) => [order, name, role]), [['1', 'w1', 'worker, first'], ['2', 'cp1', 'control plane'], ['3', 'cp2', 'control plane'], ['4', 'w2', 'worker'], ['5', 'w3', 'worker']]);
  assert.deepEqual(nodes.map((each) => each.tree()), before);
  assert.equal((JSON.parse(readFileSync(file, 'utf8')) as FleetPlan).nodes.length, 5);
});

test('the third of five fails: it goes back by itself, the run stops there, and goes on after the mend', { timeout: 600_000 }, async () => {
  await node('cp2').fault('unit-fails', { from: 1, to: 1 });
  const { code, stdout, stderr } = await apply();
  assert.equal(code, 5, stdout + stderr);
  assert.deepEqual(paths(), all(HOME, { w1: STATIC, cp1: STATIC }));
  assert.match(stderr, /✗ 3 cp2\b[\s\S]*went back: /);
  assert.match(stdout, /^Stopped at cp2\.[\s\S]*^ {2}as wanted {3}w1, cp1$[\s\S]*^ {2}as before {3}cp2, w2, w3$[\s\S]*kcfg show 1 {3}on cp2/m);

  await node('cp2').fault('unit-fails', null);
  const again = await apply();
  assert.equal(again.code, 0, again.stdout + again.stderr);
  assert.deepEqual(paths(), all(STATIC));
  assert.match(again.stdout, /^Done: 5 nodes\./m);
  const containers = await node('cp1').containers();
  assert.equal((await apply()).stdout.includes('Nothing to do.'), true);
  assert.deepEqual(await node('cp1').containers(), containers);
});

test('killed in the middle: no node is between, and the same command goes on', { timeout: 600_000 }, async () => {
  const back = await fleet(['plan', 'set', `staticPodPath=${HOME}`, '-i', inventory, '--out', file]);
  assert.equal(back.code, 0, back.stdout + back.stderr);
  // the program and Ansible with it, once the first node has ended
  const killed = await fleet(['apply', file, '--yes'], { detached: true, watch: (text, pid) => /✓ 1 w1/.test(text) && process.kill(-pid, 'SIGKILL') });
  assert.equal(killed.code, 137);
  for (let look = 0; look < 200; look++) {
    const states = await Promise.all(nodes.map(async (each) => (await each.kcfg(['status', '-o', 'json'])).stdout));
    if (states.every((text) => !/"pending"/.test(text))) break;
    await sleep(200);
  }
  for (const each of nodes) assert.match((await each.kcfg(['status'])).stdout, new RegExp(`^${each.name} is healthy`), each.name);
  const { code, stdout, stderr } = await fleet(['apply', file, '--yes']);
  assert.equal(code, 0, stdout + stderr);
  assert.deepEqual(paths(), all(HOME));
});

test('a node that is not as planned: nothing is touched anywhere', { timeout: 300_000 }, async () => {
  assert.equal((await plan()).code, 0);
  assert.equal((await node('w3').kcfg(['set', 'staticPodPath', '/etc/kubernetes/other', '--yes'])).code, 0);
  const { code, stderr } = await apply();
  assert.equal(code, 1);
  assert.match(stderr, /^error\[stale-plan\]: w3: not as planned$/m);
  assert.deepEqual(paths(), all(HOME, { w3: '/etc/kubernetes/other' }));
});

test('bad words: no inventory, one that is not there, one without nodes', { timeout: 120_000 }, async () => {
  const errors = await Promise.all([['-o', 'json'], ['-i', '/none.ini'], ['-i', '/dev/null']].map(async (more) => (await fleet(['plan', 'set', 'maxPods=100', ...more])).stderr));
  assert.match(errors[0] ?? '', /the inventory is missing/);
  assert.match(errors[1] ?? '', /there is no file \/none\.ini/);
  assert.match(errors[2] ?? '', /there is no node in \/dev\/null/);
});
