/** A repair of the API server's own port: it is waited for where it answers then. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Observed } from '../../../src/node/observed.ts';
import { makeRecoverPlan } from '../../../src/plan/make-recover-plan.ts';

const FILE = '/etc/kubernetes/manifests/kube-apiserver.yaml';
const text = (port: number): Buffer => Buffer.from(`apiVersion: v1\nkind: Pod\nmetadata:\n  name: kube-apiserver\n  namespace: kube-system\nspec:\n  containers:\n  - name: kube-apiserver\n    image: api\n    command:\n    - kube-apiserver\n    - --advertise-address=10.0.0.1\n    - --secure-port=${port}\n`);
const OBSERVED = {
  node: { name: 'cp1', role: 'control plane', flavour: 'kubeadm', bootId: '' },
  kubelet: { unit: 'kubelet.service', runtimeEndpoint: 'unix:///run/containerd/containerd.sock' },
  staticPodPath: { value: '/etc/kubernetes/manifests' },
  directory: { path: '/etc/kubernetes/manifests', entries: [] },
  pods: [],
  basis: { files: {}, directories: {}, mountDropIn: { path: '', directory: false } },
  api: { url: 'https://10.0.0.1:6444', local: true, kubeconfig: '' },
} as unknown as Observed;

const planned = (after: Buffer): string | undefined =>
  makeRecoverPlan({ id: '1', kcfg: '0.1.0', madeAt: '', observed: OBSERVED, target: { verb: 'recover', field: 'recovery', value: 'kube-apiserver', force: [] }, mends: [{ path: FILE, before: text(6444), after, why: '', pod: { name: 'kube-apiserver', namespace: 'kube-system' } }], makes: [], stops: [], left: [], live: true }).expect.apiUrl;

test('a port that goes back is where the API server is waited for; one that stays is not said again', () => {
  assert.equal(planned(text(6443)), 'https://10.0.0.1:6443');
  assert.equal(planned(Buffer.from(`${text(6444)}status: {}\n`)), undefined);
});
