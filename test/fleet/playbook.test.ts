/** Playbooks of one's own on pretend nodes: the plan in check mode, `changed` told truly, and in `msg` all that went wrong. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { PlanDocument } from '../../src/fleet/documents.ts';
import type { FleetPlan } from '../../src/fleet/fleet-plan.ts';
import { digestOf } from '../../src/fleet/fleet-plan.ts';
import { kcfgCommand, type Run, type SandboxNode, startNode } from '../sandbox/node.ts';
import { ansible, inventoryOf, recap, results, scratch } from './ansible.ts';

const STATIC = '/etc/kubernetes/static';
const EVENTS = { ANSIBLE_STDOUT_CALLBACK: 'kcfg.node.events' };
const timeout = 300_000;

let nodes: SandboxNode[];
let inventory: string;
const directory = scratch();
before(async () => {
  nodes = [await startNode({ name: 'cp1', speed: 10 }), await startNode({ name: 'w1', worker: true, speed: 10 })];
  inventory = inventoryOf(nodes, join(directory, 'inventory.yaml'));
}, { timeout: 120_000 });
after(async () => {
  for (const node of nodes) await node.down();
});

/** A play of one task on all nodes, or on one. */
function task(module: string, args: object, words: readonly string[] = [], env: Record<string, string> = {}): Promise<Run> {
  const file = join(directory, 'play.yml');
  writeFileSync(file, JSON.stringify([{ hosts: 'all', gather_facts: false, tasks: [{ name: 'it', [`kcfg.node.${module}`]: { command: '{{ kcfg_command }}', ...args } }] }]));
  return ansible('ansible-playbook', ['-i', inventory, file, ...words], { env });
}
const playbook = (name: string, vars: object, ...words: string[]): Promise<Run> => ansible('ansible-playbook', ['-i', inventory, `kcfg.node.${name}`, '-e', JSON.stringify(vars), ...words]);
const trees = (): unknown => nodes.map((node) => node.tree());

test('--check --diff has the plan of kcfg fleet plan, and changes nothing', { timeout }, async () => {
  const before = trees();
  const file = join(directory, 'move.plan');
  const [program = '', ...words] = kcfgCommand();
  const planned = await ansible(program, [...words, 'fleet', 'plan', 'set', `staticPodPath=${STATIC}`, '-i', inventory, '--out', file]);
  assert.equal(planned.code, 0, planned.stderr);
  const checked = await task('setting', { settings: { staticPodPath: STATIC } }, ['--check'], EVENTS);
  const digests = [...results(checked.stdout)].map(([name, { plan, changed }]) => [name, changed, digestOf((plan as PlanDocument['plan']) ?? assert.fail(name))]).sort();
  assert.deepEqual(digests, (JSON.parse(readFileSync(file, 'utf8')) as FleetPlan).nodes.map(({ name, digest }) => [name, true, digest]).sort());

  const { stdout } = await task('setting', { settings: { staticPodPath: STATIC } }, ['--check', '--diff', '-l', 'cp1']);
  assert.match(stdout, /^--- before: \/var\/lib\/kubelet\/config\.yaml\n\+\+\+ after: \/var\/lib\/kubelet\/config\.yaml\n@@ -1 \+1 @@\n-staticPodPath: \/etc\/kubernetes\/manifests\n\+staticPodPath: \/etc\/kubernetes\/static$/m);
  assert.match(stdout, /^\+\+\+ after: \/etc\/kubernetes\/static\/etcd\.yaml\n@@ -0,0 \+1 @@\n\+copied and pinned$/m);
  assert.match(stdout, /^\+linked to \/etc\/kubernetes\/static$/m);
  assert.deepEqual(trees(), before);
});

test('what goes wrong is all in msg: the field, the value with its place and the kubelet’s words, the refusal', { timeout }, async () => {
  const said = async (settings: object, words: readonly string[]): Promise<string | undefined> => results((await task('setting', { settings }, ['-l', 'w1', ...words], EVENTS)).stdout).get('w1')?.msg;
  for (const words of [[], ['--check']]) {
    assert.match((await said({ maxPodz: 3 }, words)) ?? '', /^kubelet 1\.37 has no field maxPodz; help: did you mean maxPods\?/);
    assert.match((await said({ maxPods: -7 }, words)) ?? '', /^kubelet 1\.37\.\d+ would not start with this; maxPods is 0 or more, here it is -7 \(\/var\/lib\/kubelet\/config\.yaml:\d+\); the kubelet says: .*must not be a negative number; help: to try it all the same.* --force range/);
    assert.match((await said({ staticPodPath: 'manifests' }, words)) ?? '', /^manifests is not an absolute path; the kubelet would read \/var\/lib\/kubelet\/manifests.*; help: begin with \/$/);
  }
  const missing = results((await task('setting', { settings: { maxPods: 3 }, command: ['no-kcfg-here'] }, ['-l', 'w1'], EVENTS)).stdout).get('w1');
  assert.deepEqual([missing?.code, missing?.msg], ['no-kcfg', 'there is no no-kcfg-here on this node: the role kcfg.node.kcfg installs it']);
});

test('a node that does not come back is as before, and msg says so', { timeout }, async () => {
  const [, worker] = nodes;
  await worker?.fault('unit-fails', { from: 1, to: 1 });
  const before = worker?.read('/var/lib/kubelet/config.yaml');
  const { stdout } = await task('setting', { settings: { maxPods: 99 } }, ['-l', 'w1'], EVENTS);
  assert.match(results(stdout).get('w1')?.msg ?? '', /^went back, everything is as before: /);
  assert.equal(worker?.read('/var/lib/kubelet/config.yaml'), before);
  await worker?.fault('unit-fails', null);
});

test('an inventory that is half read is no smaller fleet: nothing is asked', { timeout }, async () => {
  const half = join(directory, 'half.yaml');
  writeFileSync(half, 'w2:\n  - [');
  const [program = '', ...words] = kcfgCommand();
  const { code, stderr } = await ansible(program, [...words, 'fleet', 'status', '-i', inventory, '-i', half]);
  assert.equal(code, 1);
  assert.match(stderr, /^note: it says: Completely failed to parse inventory source\s+\S+half\.yaml$/m);
  assert.match(stderr, /^help: what is wrong in it: ansible-inventory/m);
});

test('the playbooks: applied once, then changed=0; drift is seen; back by the reason, once', { timeout }, async () => {
  const vars = { kcfg_settings: { maxPods: 160, evictionHard: { 'memory.available': '200Mi' } }, kcfg_reason: 'CHG-4711' };
  const drift = await playbook('drift', vars);
  assert.match(drift.stdout, /"msg": "maxPods is 110, wanted 160\./);
  assert.deepEqual(recap(drift.stdout), ['cp1 ok=3 changed=0 failed=1', 'w1 ok=3 changed=0 failed=1']);

  const first = await playbook('apply', vars);
  assert.deepEqual(recap(first.stdout), ['cp1 ok=4 changed=1 failed=0', 'w1 ok=4 changed=1 failed=0'], first.stdout);
  const after = trees();
  assert.deepEqual(recap((await playbook('apply', vars)).stdout), ['cp1 ok=4 changed=0 failed=0', 'w1 ok=4 changed=0 failed=0']);
  assert.deepEqual(recap((await playbook('drift', vars)).stdout), ['cp1 ok=4 changed=0 failed=0', 'w1 ok=4 changed=0 failed=0']);
  assert.deepEqual(trees(), after);

  // a change that came later, without a reason, is none of that ticket's
  const [, worker] = nodes;
  assert.equal((await worker?.kcfg(['set', 'registryPullQPS=11', '--yes']))?.code, 0);
  assert.deepEqual(recap((await playbook('rollback', vars)).stdout), ['cp1 ok=2 changed=1 failed=0', 'w1 ok=2 changed=1 failed=0']);
  assert.deepEqual(nodes.map((node) => /maxPods|registryPullQPS: 11/.exec(node.read('/var/lib/kubelet/config.yaml'))?.[0]), [undefined, 'registryPullQPS: 11']);
  assert.deepEqual(recap((await playbook('rollback', vars)).stdout), ['cp1 ok=1 changed=0 failed=0', 'w1 ok=1 changed=0 failed=0']);
});
