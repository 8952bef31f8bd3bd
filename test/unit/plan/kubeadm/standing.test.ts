import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KubeadmFiles } from '../../../../src/node/kubeadm.ts';
import type { Observed } from '../../../../src/node/observed.ts';
import type { Layer } from '../../../../src/kubelet/layered.ts';
import { kubeadmStanding } from '../../../../src/plan/kubeadm/standing.ts';

const HOME = '/etc/kubernetes/manifests';
const STATIC = '/etc/kubernetes/static';
const file = (value: string): Layer => ({ layer: 'file', file: '/var/lib/kubelet/config.yaml', line: 47, value, set: true });
const dropIn = (value: string): Layer => ({ layer: 'drop-in', file: '/etc/kubernetes/kubelet.conf.d/99-kcfg.conf', line: 3, value, set: true });
const link = (inForce: boolean): KubeadmFiles['directory'] => ({ kind: 'link', target: STATIC, inForce, names: inForce ? ['etcd.yaml', 'kube-apiserver.yaml'] : [] });

interface Node {
  path?: string;
  origin?: Layer;
  version?: string;
  role?: Observed['node']['role'];
  directory?: KubeadmFiles['directory'];
  patch?: KubeadmFiles['instanceConfig'];
}
function standing({ path = STATIC, origin = file(path), version = '1.37.2', role = 'control plane', directory = link(true), patch }: Node): ReturnType<typeof kubeadmStanding> {
  return kubeadmStanding({
    node: { name: 'cp1', role, flavour: 'kubeadm', bootId: '' },
    kubelet: { version, configFile: '/var/lib/kubelet/config.yaml' },
    staticPodPath: { value: path, origin, layers: [origin] },
    kubeadm: { directory, ...(patch === undefined ? {} : { instanceConfig: patch }) },
  } as unknown as Observed);
}
const said = (node: Node): string[] => standing(node)?.findings.map(({ id, message }) => `${id}: ${message}`) ?? [];
const kept = { path: STATIC, line: 2, endpoint: true };

test('nothing is said of a node that kubeadm does not look after, or that has no static pods', () => {
  assert.equal(standing({ path: '' }), undefined);
  assert.equal(kubeadmStanding({ staticPodPath: { value: STATIC } } as unknown as Observed), undefined);
});

test('who keeps the path: instance-config.yaml from 1.34 on, a drop-in at any time, kubeadm itself at home', () => {
  assert.equal(standing({ patch: kept })?.keptBy, 'instance-config.yaml:2');
  assert.equal(standing({ patch: kept, version: '1.33.4' })?.keptBy, undefined);
  assert.equal(standing({ origin: dropIn(STATIC), version: '1.30.4' })?.keptBy, '99-kcfg.conf:3');
  assert.equal(standing({ path: HOME, directory: { kind: 'directory', inForce: true, names: ['kube-apiserver.yaml'] } })?.keptBy, 'kubeadm');
  for (const node of [{ patch: kept }, { origin: dropIn(STATIC), version: '1.30.4' }]) assert.deepEqual(said(node), []);
});

test('a path that nothing keeps: with the link the pods are re-created, without it the control plane ends', () => {
  assert.deepEqual(said({}), [`kubeadm-path: kubeadm upgrade would set staticPodPath to ${HOME}`]);
  assert.match(standing({})?.findings[0]?.notes.at(-1) ?? '', /re-create each static pod that has no pin/);
  const bare = standing({ directory: { kind: 'missing', inForce: false, names: [] } })?.findings ?? [];
  assert.deepEqual(bare.map(({ id }) => id), ['kubeadm-directory', 'kubeadm-path']);
  assert.match(bare[0]?.message ?? '', /take cp1 for a worker/);
  assert.match(bare[1]?.notes.at(-1) ?? '', /end the control plane/);
});

test('manifests that lie where kubeadm looks and no kubelet does', () => {
  const stale: KubeadmFiles['directory'] = { kind: 'directory', inForce: false, names: ['etcd.yaml', 'kube-apiserver.yaml'] };
  assert.deepEqual(said({ directory: stale, patch: kept }), ['kubeadm-directory: kubeadm upgrade would write its manifests where no kubelet looks']);
});

test('instance-config.yaml names another path, or none', () => {
  assert.deepEqual(said({ patch: { path: '/etc/other', line: 3, endpoint: true } }), ['kubeadm-path: kubeadm upgrade would set staticPodPath to /etc/other']);
  const none = standing({ patch: { path: '', line: 3, endpoint: true } })?.findings[0];
  assert.match(none?.message ?? '', /to none$/);
  assert.match(none?.notes.at(-1) ?? '', /end the control plane/);
  // also where the path is kubeadm's own: the patch wins
  assert.deepEqual(said({ path: HOME, directory: { kind: 'directory', inForce: true, names: [] }, patch: kept }), [`kubeadm-path: kubeadm upgrade would set staticPodPath to ${STATIC}`]);
});

test('a worker needs no link, and its path is kept all the same', () => {
  const directory: KubeadmFiles['directory'] = { kind: 'missing', inForce: false, names: [] };
  assert.deepEqual(said({ role: 'worker', directory, patch: kept }), []);
  assert.deepEqual(said({ role: 'worker', directory }), [`kubeadm-path: kubeadm upgrade would set staticPodPath to ${HOME}`]);
});

test('kubeadm takes the address of the runtime from instance-config.yaml', () => {
  assert.deepEqual(said({ patch: { ...kept, endpoint: false } }), ['kubeadm-endpoint: instance-config.yaml has no containerRuntimeEndpoint']);
  assert.deepEqual(said({ patch: { ...kept, endpoint: false }, origin: dropIn(STATIC), version: '1.30.4' }), []);
});
