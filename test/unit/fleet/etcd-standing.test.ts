/** Control planes are touched only while every member of etcd is there, as etcd itself counts them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { etcdStanding } from '../../../src/fleet/etcd-standing.ts';
import { answer, worker } from './nodes.ts';

const member = (connected: number, members = 3) => answer('control plane', { etcd: { members, connected, hasLeader: true } });

test('three members that see one another are well; workers have no say', () => {
  assert.deepEqual(etcdStanding(new Map([['cp1', member(2)], ['cp2', member(2)], ['cp3', member(2)], ['w1', worker()]])), { words: '3 of 3', wrong: [] });
});

test('a member that is down is named by its own node', () => {
  const down = answer('control plane', { pods: [{ name: 'etcd', pinned: null, state: 'stopped' }] });
  assert.deepEqual(etcdStanding(new Map([['cp1', member(1)], ['cp2', member(1)], ['cp3', down]])), { words: '2 of 3', wrong: ['etcd on cp3 is down'] });
});

test('a member that is not in the inventory counts all the same', () => {
  assert.deepEqual(etcdStanding(new Map([['cp1', member(1)], ['cp2', member(2)]])).wrong, ['etcd on cp1 is connected with 1 of 2 other members']);
});

test('a cluster without a leader, and one whose etcd is elsewhere', () => {
  assert.deepEqual(etcdStanding(new Map([['cp1', answer('control plane', { etcd: { members: 3, connected: 0, hasLeader: false } })]])).wrong, ['etcd on cp1 has no leader', 'etcd on cp1 is connected with 0 of 2 other members'].slice(0, 1));
  assert.deepEqual(etcdStanding(new Map([['cp1', answer('control plane', { pods: [] })]])), { wrong: [] });
});
