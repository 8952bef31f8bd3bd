/** A canary, control planes one at a time, workers: whatever order and groups an inventory has. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fleetNode } from '../../../src/fleet/fleet-plan.ts';
import { inOrder, stages } from '../../../src/fleet/order.ts';
import { changePlays } from '../../../src/fleet/plays.ts';
import { answer, worker } from './nodes.ts';

const nodes = inOrder([
  fleetNode('cp1', answer('control plane')),
  fleetNode('cp2', answer('control plane')),
  fleetNode('w0', worker({ plan: null })),
  fleetNode('w1', worker()),
  fleetNode('w2', worker()),
  fleetNode('w3', worker()),
]);

test('one worker is first, then each control plane by itself, then the other workers together', () => {
  assert.deepEqual(nodes.map(({ order, name }) => [order, name]), [[1, 'w1'], [2, 'cp1'], [3, 'cp2'], [4, 'w2'], [5, 'w3'], [undefined, 'w0']]);
  assert.deepEqual(stages(nodes), [
    { nodes: ['w1'], controlPlane: false },
    { nodes: ['cp1'], controlPlane: true },
    { nodes: ['cp2'], controlPlane: true },
    { nodes: ['w2', 'w3'], controlPlane: false },
  ]);
});

test('control planes alone have no canary', () => {
  assert.deepEqual(stages(inOrder([fleetNode('cp1', answer('control plane'))])), [{ nodes: ['cp1'], controlPlane: true }]);
});

test('a play has no more than one control plane, and its failure ends the run; workers go in batches', () => {
  const plays = changePlays(stages(nodes), { inventories: [], options: [], settings: { staticPodPath: '/etc/{{ x }}' } }, 'abcd', { batch: '10%', maxFail: 5 }) as { hosts: string[]; any_errors_fatal?: boolean; serial?: string; max_fail_percentage?: number; tasks: [{ 'kcfg.node.setting': { settings: unknown; reason: unknown; whole_etcd: boolean } }] }[];
  assert.deepEqual(plays.map(({ hosts, any_errors_fatal: fatal, serial, max_fail_percentage: most }) => [hosts, fatal, serial, most]), [
    [['w1'], true, undefined, undefined],
    [['cp1'], true, undefined, undefined],
    [['cp2'], true, undefined, undefined],
    [['w2', 'w3'], undefined, '10%', 5],
  ]);
  const { settings, reason, whole_etcd: whole } = plays[1]?.tasks[0]['kcfg.node.setting'] ?? assert.fail('no task');
  assert.deepEqual([settings, reason, whole], [{ staticPodPath: { __ansible_unsafe: '/etc/{{ x }}' } }, { __ansible_unsafe: 'fleet plan abcd' }, true]);
});
