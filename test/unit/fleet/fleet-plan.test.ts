/** What a node's answer means for the plan of a fleet, and what a plan file has to be. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { digestOf, fleetNode, parseFleetPlan } from '../../../src/fleet/fleet-plan.ts';
import { kcfgError } from '../host/tree.ts';
import { answer, PLAN, worker } from './nodes.ts';

test('what would happen is said in the words of the price', () => {
  assert.equal(fleetNode('cp1', answer('control plane')).what, 'kubelet restarts; 4 pods kept, pinned');
  assert.equal(fleetNode('w1', worker()).what, 'kubelet restarts; no static pods');
  assert.equal(fleetNode('cp1', answer('control plane', {}, { plan: { ...PLAN, strategy: 'recreate', disturbs: { kubeletRestart: true, recreated: ['etcd'], apiAwaySeconds: 40.2 } } })).what, 'kubelet restarts; 1 pods re-created, API away about 40 s');
});

test('there already, refused, without kcfg, and away are four different things', () => {
  assert.deepEqual([fleetNode('w1', worker({ plan: null, result: 'unchanged' })).verdict, fleetNode('w1', worker({ result: 'unchanged' })).verdict], ['there', 'there']);
  const refused = fleetNode('w1', worker({ result: 'unchanged', error: { code: 'relative-path', message: 'x is not an absolute path' } }));
  assert.deepEqual([refused.verdict, refused.what, refused.role], ['refused', 'refused: x is not an absolute path', 'worker']);
  const none = fleetNode('w1', { state: 'failed', result: { code: 'no-kcfg', msg: 'there is no kcfg on this node: the role kcfg.node.kcfg installs it' } });
  assert.deepEqual([none.verdict, none.what, none.refusal?.code], ['refused', 'refused: kcfg is not there', 'no-kcfg']);
  assert.equal(fleetNode('w1', { state: 'unreachable', result: { msg: 'Failed to connect to the host via ssh: …\nmore' } }).what, 'Failed to connect to the host via ssh: …');
});

test('plans of one digest do the same to a node: pods that would be re-created are another plan, a later day is none', () => {
  assert.equal(digestOf(PLAN), digestOf({ ...PLAN, changes: [{ line: 48 }] }));
  assert.notEqual(digestOf(PLAN), digestOf({ ...PLAN, disturbs: { ...PLAN.disturbs, kept: [], recreated: ['etcd'] } }));
  assert.notEqual(digestOf(PLAN), digestOf({ ...PLAN, to: '/etc/kubernetes/other' }));
});

test('what is no plan of a fleet is told, with the file', () => {
  for (const text of ['', '{}', '[]', 'null', '{"format":1,"id":"1","nodes":[]}', '{"format":2}']) {
    assert.throws(() => parseFleetPlan('move.plan', text), kcfgError('bad-plan'), text);
  }
});
