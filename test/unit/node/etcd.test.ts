import assert from 'node:assert/strict';
import { test } from 'node:test';
import { etcdIn, quorum } from '../../../src/node/etcd.ts';

/** As etcd 3.7.0 writes it, cut. */
const metrics = (known: Record<string, number>, active: Record<string, number>, leader = 1): string =>
  [
    '# HELP etcd_network_active_peers The current number of active peer connections.',
    ...Object.entries(active).map(([id, n]) => `etcd_network_active_peers{Local="a1",Remote="${id}"} ${n}`),
    ...Object.entries(known).map(([id, n]) => `etcd_network_known_peers{Local="a1",Remote="${id}"} ${n}`),
    '# TYPE etcd_server_has_leader gauge',
    `etcd_server_has_leader ${leader}`,
    '',
  ].join('\n');

test('a single member knows itself alone', () => {
  assert.deepEqual(etcdIn(metrics({ a1: 1 }, {})), { members: 1, connected: 0, hasLeader: true, id: 'a1', away: [] });
});

test('of three members, two others are connected, or one is away', () => {
  const known = { a1: 1, b2: 1, c3: 1 };
  assert.deepEqual(etcdIn(metrics(known, { b2: 1, c3: 1 })), { members: 3, connected: 2, hasLeader: true, id: 'a1', away: [] });
  assert.deepEqual(etcdIn(metrics(known, { b2: 1, c3: 0 })), { members: 3, connected: 1, hasLeader: true, id: 'a1', away: ['c3'] });
  assert.deepEqual(etcdIn(metrics(known, { b2: 0, c3: 0 }, 0)), { members: 3, connected: 0, hasLeader: false, id: 'a1', away: ['b2', 'c3'] });
});

test('a member that was removed counts no more, connected or not', () => {
  assert.deepEqual(etcdIn(metrics({ a1: 1, b2: 1, c3: 0 }, { b2: 1, c3: 1 })), { members: 2, connected: 1, hasLeader: true, id: 'a1', away: [] });
});

test('what is not of etcd says nothing', () => {
  assert.equal(etcdIn('404 page not found\n'), undefined);
});

test('how many must be up', () => {
  assert.deepEqual([1, 2, 3, 4, 5].map(quorum), [1, 2, 2, 3, 3]);
});
