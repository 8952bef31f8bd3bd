/** Control planes are touched only while every member of etcd is there, as etcd itself counts them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { etcdStanding } from '../../../src/fleet/etcd-standing.ts';
import { answer, worker } from './nodes.ts';

const IDS = ['a1', 'b2', 'c3'];
/** Member number `own`, which sees all others but these. */
const member = (own: number, ...away: number[]) => answer('control plane', { etcd: { members: 3, connected: 2 - away.length, hasLeader: true, id: IDS[own] ?? '', away: away.map((index) => IDS[index] ?? '') } });

test('three members that see one another are well; workers have no say', () => {
  assert.deepEqual(etcdStanding(new Map([['cp1', member(0)], ['cp2', member(1)], ['cp3', member(2)], ['w1', worker()]])), { words: '3 of 3', wrong: [] });
});

test('a member that is down is named: by its own node, or as the one that says nothing', () => {
  const down = answer('control plane', { pods: [{ name: 'etcd', pinned: null, state: 'stopped' }] });
  assert.deepEqual(etcdStanding(new Map([['cp1', member(0, 2)], ['cp2', member(1, 2)], ['cp3', down]])), { words: '2 of 3', wrong: ['etcd on cp3 is down', 'cp1 and cp2 are not connected with etcd member c3, cp3'] });
  const gone = answer('control plane', { pods: [] });
  assert.deepEqual(etcdStanding(new Map([['cp1', member(0, 2)], ['cp2', member(1, 2)], ['cp3', gone]])).wrong, ['cp1 and cp2 are not connected with etcd member c3, cp3']);
});

test('one side of a cut network, and a member outside the inventory', () => {
  assert.deepEqual(etcdStanding(new Map([['cp1', member(0, 1)], ['cp2', member(1)], ['cp3', member(2)]])).wrong, ['cp1 is not connected with etcd member b2, cp2']);
  assert.deepEqual(etcdStanding(new Map([['cp1', member(0, 2)], ['cp2', member(1, 2)]])).wrong, ['cp1 and cp2 are not connected with etcd member c3, which is no node of this inventory']);
});

test('a cluster without a leader, and one whose etcd is elsewhere', () => {
  assert.deepEqual(etcdStanding(new Map([['cp1', answer('control plane', { etcd: { members: 3, connected: 0, hasLeader: false, id: 'a1', away: [] } })]])).wrong, ['etcd on cp1 has no leader']);
  assert.deepEqual(etcdStanding(new Map([['cp1', answer('control plane', { pods: [] })]])), { wrong: [] });
});
