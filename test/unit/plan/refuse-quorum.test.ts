import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EtcdView } from '../../../src/node/etcd.ts';
import type { Observed } from '../../../src/node/observed.ts';
import { refuseQuorum } from '../../../src/plan/refuse-quorum.ts';
import { shutdownDelay, stopOrder } from '../../../src/plan/stop-order.ts';

const ALL = ['etcd', 'kube-apiserver', 'kube-scheduler'].map((name) => ({ name }));
const of = (etcd?: EtcdView): Observed => {
  const pods = ALL.map(({ name }) => ({ name, fullName: `${name}-cp1`, namespace: 'kube-system', manifest: `${name}.yaml`, state: 'running', ready: true, sandboxes: 1, containers: [{ name, id: name, startedAt: '1', running: true }] }));
  return { node: { name: 'cp1' }, directory: { entries: [] }, pods, ...(etcd === undefined ? {} : { etcd }) } as unknown as Observed;
};
const refused = (etcd?: EtcdView, pods = ALL) => refuseQuorum(of(etcd), pods)?.message;

test('one of three can be spared while both others are connected', () => {
  assert.equal(refused({ members: 3, connected: 2, hasLeader: true }), undefined);
  assert.match(refused({ members: 3, connected: 1, hasLeader: true }) ?? '', /^etcd of cp1 cannot be spared: 1 of 2 other members are connected$/);
  assert.equal(refused({ members: 5, connected: 3, hasLeader: true }), undefined);
  assert.ok(refused({ members: 5, connected: 2, hasLeader: true }));
});

test('without a leader, and of two members, none can be spared', () => {
  assert.ok(refused({ members: 3, connected: 2, hasLeader: false }));
  assert.ok(refused({ members: 2, connected: 1, hasLeader: true }));
});

test('a single member is not asked, nor is etcd when another pod is released', () => {
  assert.equal(refused({ members: 1, connected: 0, hasLeader: true }), undefined);
  assert.equal(refused(undefined), undefined);
  assert.equal(refused({ members: 3, connected: 0, hasLeader: false }, [{ name: 'kube-apiserver' }]), undefined);
});

test('with other control planes the API server may finish what is in flight; alone it goes at once', () => {
  const seconds = (etcd?: EtcdView) => stopOrder(of(etcd)).map(({ pod, seconds: s }) => `${pod} ${s}`);
  assert.deepEqual(seconds(), ['kube-scheduler 30', 'kube-apiserver 1', 'etcd 30']);
  assert.deepEqual(seconds({ members: 1, connected: 0, hasLeader: true }), ['kube-scheduler 30', 'kube-apiserver 1', 'etcd 30']);
  assert.deepEqual(seconds({ members: 3, connected: 2, hasLeader: true }), ['kube-scheduler 30', 'kube-apiserver 10', 'etcd 30']);
});

test('with a shutdown delay the API server gets that on top', () => {
  const observed = of({ members: 3, connected: 2, hasLeader: true });
  const delayed = (flag: string): Observed => ({ ...observed, directory: { path: '/d', entries: [{ manifest: { name: 'kube-apiserver', containers: [{ command: ['kube-apiserver', ...(flag === '' ? [] : [flag])] }] } }] } }) as unknown as Observed;
  const delays = ['', '--shutdown-delay-duration=5s', '--shutdown-delay-duration=1m30s', '--shutdown-delay-duration=500ms', '--shutdown-delay-duration=0', '--shutdown-delay-duration=x'].map((flag) => shutdownDelay(delayed(flag)));
  assert.deepEqual(delays, [0, 5, 90, 1, 0, 0]);
  assert.equal(stopOrder(delayed('--shutdown-delay-duration=5s')).find(({ pod }) => pod === 'kube-apiserver')?.seconds, 15);
});
