/** On the way back: what was started in the stead of the old containers is stopped, in order, and nothing else. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KcfgError } from '../../../src/errors.ts';
import type { Container, Host } from '../../../src/host/host.ts';
import type { ExpectedPod, Plan } from '../../../src/plan/plan.ts';
import type { StepOf } from '../../../src/plan/step.ts';
import { stopContainers, stopReplacements } from '../../../src/transaction/stop-containers.ts';

const STEP: StepOf<'stop-containers'> = {
  kind: 'stop-containers',
  endpoint: 'unix:///run/containerd/containerd.sock',
  containers: [
    { id: 'old-api', name: 'kube-apiserver', pod: 'kube-apiserver', seconds: 1, rank: 1 },
    { id: 'old-etcd', name: 'etcd', pod: 'etcd', seconds: 30, rank: 2 },
  ],
};
const pod = (name: string, more: Partial<ExpectedPod> = {}): ExpectedPod => ({ fullName: `${name}-cp1`, name, namespace: 'kube-system', sandboxId: `old-${name}`, containers: [{ name, id: name === 'etcd' ? 'old-etcd' : 'old-api', startedAt: '0' }], ...more });
const container = (id: string, name: string, sandboxId: string, state: Container['state'] = 'running'): Container => ({ id, sandboxId, name, podUid: '', podName: `${name}-cp1`, namespace: 'kube-system', attempt: 0, state, createdAt: '0', image: '', annotations: {} });

function stopped(containers: Container[] | KcfgError, pods: ExpectedPod[], kubeletStopped: boolean): Promise<string[]> {
  const calls: string[] = [];
  const cri = {
    containers: async () => {
      if (containers instanceof KcfgError) throw containers;
      return containers;
    },
    stop: async (id: string, seconds: number) => void calls.push(`${id} ${seconds}`),
  };
  const host = { cri: () => cri } as unknown as Host;
  const plan = { expect: { staticPodPath: '', pods } } as unknown as Plan;
  return stopReplacements({ host, plan, ...(kubeletStopped ? { kubeletStopped } : {}) }, STEP).then(() => calls);
}

test('containers of a broken attempt are stopped, etcd last', async () => {
  const now = [container('new-etcd', 'etcd', 'new-1'), container('new-api', 'kube-apiserver', 'new-2'), container('dead', 'kube-apiserver', 'new-2', 'exited')];
  assert.deepEqual(await stopped(now, [pod('kube-apiserver'), pod('etcd')], true), ['new-api 1', 'new-etcd 30']);
});

test('what was never replaced runs on: the old containers, those in the old sandbox, those of pods that are kept', async () => {
  const now = [container('old-etcd', 'etcd', 'old-etcd'), container('again', 'kube-apiserver', 'old-kube-apiserver'), container('kept', 'kube-scheduler', 'x')];
  assert.deepEqual(await stopped(now, [pod('kube-apiserver'), pod('etcd'), pod('kube-scheduler', { uid: 'u' })], true), []);
});

test('nothing is stopped where the kubelet was not: at boot, or where it runs on', async () => {
  assert.deepEqual(await stopped([container('new-api', 'kube-apiserver', 'new-2')], [pod('kube-apiserver')], false), []);
});

test('a runtime that does not answer does not hold up the files', async () => {
  assert.deepEqual(await stopped(new KcfgError('runtime-down', 'gone'), [pod('kube-apiserver')], true), []);
});

test('of a pod that ended when the plan was made, what was started since stops too; what is not of it, and what ended, does not', async () => {
  const calls: string[] = [];
  const now = [container('once-more', 'kube-apiserver', 's'), container('dead', 'kube-apiserver', 's', 'exited'), container('other', 'kube-scheduler', 't')];
  const host = { cri: () => ({ containers: async () => now, stop: async (id: string, seconds: number) => void calls.push(`${id} ${seconds}`) }) } as unknown as Host;
  await stopContainers({ host }, { ...STEP, containers: [], also: [{ fullName: 'kube-apiserver-cp1', namespace: 'kube-system', pod: 'kube-apiserver', seconds: 1, rank: 1 }] });
  assert.deepEqual(calls, ['once-more 1']);
});
