/** What a node still tells of its control plane when its manifests are gone: certificates and kubeconfigs, and what is guessed. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import type { Evidence } from '../../../../src/doctor/evidence.ts';
import { openHost } from '../../../../src/host/machine.ts';
import { readManifest } from '../../../../src/manifests/manifest.ts';
import { fromTemplate } from '../../../../src/recover/render/by-template.ts';
import { findParameters } from '../../../../src/recover/render/find-parameters.ts';
import { knownOf } from '../../../../src/recover/render/known.ts';
import { type ComponentName, COMPONENTS, type Parameters } from '../../../../src/recover/render/parameters.ts';
import { kubeconfig } from '../../../../src/sandbox/kubeadm-files.ts';
import { makeAuthority, makeIdentity } from '../../../../src/sandbox/certificates.ts';
import { nodesOf } from '../../../fixtures/kubeadm-manifests/nodes.ts';

const first = nodesOf('1.37.2').first ?? assert.fail();
const joined = nodesOf('1.37.2').joined ?? assert.fail();
const VALID = { from: new Date('2026-01-01'), until: new Date('2036-01-01') };
const STORE = ['registry.k8s.io/etcd:3.7.0-0', ...['apiserver', 'controller-manager', 'scheduler'].map((part) => `registry.k8s.io/kube-${part}:v1.37.2`)];

type EntryFacts = Evidence['directory']['entries'][number];
function entries(parameters: Parameters, names: readonly ComponentName[], edit = (text: string): string => text): EntryFacts[] {
  return names.map((name) => {
    const { containers } = readManifest(name, Buffer.from(edit(fromTemplate(name, parameters).toString())));
    return { name: `${name}.yaml`, path: `/etc/kubernetes/manifests/${name}.yaml`, kind: 'file', size: 1, changedAt: '', containers, findings: [], pod: { name, namespace: 'kube-system', hostNetwork: true } };
  });
}

async function parametersOf({ names = ['kubernetes.default.svc.cluster.local', '10.96.0.1', '10.9.8.7'], files = {}, left = [], images = STORE, addresses = ['127.0.0.1', '10.9.8.7'], server = 'https://10.9.8.7:6443' }: { names?: string[]; files?: Record<string, string>; left?: EntryFacts[]; images?: string[]; addresses?: string[]; server?: string } = {}): Promise<Parameters | undefined> {
  const root = mkdtempSync(join(tmpdir(), 'kcfg-parameters-'));
  try {
    const ca = makeAuthority({ commonName: 'kubernetes' }, VALID);
    const served = makeIdentity(ca, { commonName: 'kube-apiserver' }, ['server'], VALID, names);
    const all: Record<string, string> = { '/etc/kubernetes/pki/ca.crt': ca.cert, '/etc/kubernetes/pki/ca.key': ca.key, '/etc/kubernetes/pki/apiserver.crt': served.cert, '/etc/kubernetes/controller-manager.conf': kubeconfig(server, ca.cert, 'x', served), '/etc/ca-certificates/x': '', '/usr/share/ca-certificates/x': '', '/usr/local/share/ca-certificates/x': '', ...files };
    for (const [path, text] of Object.entries(all)) {
      mkdirSync(join(root, dirname(path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    const evidence = { node: { name: 'cp1' }, kubelet: { version: '1.37.2' }, host: { addresses }, directory: { entries: left }, runtime: { endpoint: first.criSocket } } as unknown as Evidence;
    return await findParameters(await openHost({ root }), evidence, knownOf(evidence, new Map()), images);
  } finally {
    rmSync(root, { recursive: true });
  }
}
const inOrder = (paths: Parameters | undefined): unknown => paths && { ...paths, caDirectories: [...paths.caDirectories].sort() };

test('with all manifests gone, only the network of pods is not known', async () => {
  const { podSubnet: _, ...rest } = first;
  const { guesses, ...found } = (await parametersOf()) ?? assert.fail();
  assert.deepEqual(inOrder({ ...found, guesses: [] }), inOrder(rest));
  assert.deepEqual(guesses, [{ text: 'the network of pods is not known: rendered without --cluster-cidr', of: ['kube-controller-manager'] }]);
});

test('flannel knows the network of pods', async () => {
  assert.equal((await parametersOf({ files: { '/run/flannel/subnet.env': 'FLANNEL_NETWORK=10.7.0.0/16\nFLANNEL_SUBNET=10.7.1.1/24\n' } }))?.podSubnet, '10.7.0.0/16');
});

test('manifests that are left say what others were rendered with', async () => {
  const found = await parametersOf({ left: entries(joined, COMPONENTS), images: [], addresses: ['192.168.7.12'] });
  for (const name of COMPONENTS) {
    const again = fromTemplate(name, { ...(found ?? assert.fail()), caDirectories: joined.caDirectories, externalCa: false });
    assert.equal(again.toString(), fromTemplate(name, joined).toString(), name);
  }
});

test('a service network that is not the default is begun at its first address, and its size is told as a guess', async () => {
  const found = await parametersOf({ names: ['10.9.8.7', '172.20.0.1'] });
  assert.equal(found?.serviceSubnet, '172.20.0.0/16');
  assert.match(found?.guesses.map(({ text }) => text).join() ?? '', /begins at 172\.20\.0\.1; how large it is, is not known/);
});

test('a manifest that was edited wrong does not lead astray: an address of another node, a tag that is in no store', async () => {
  const left = entries(first, ['kube-apiserver'], (text) => text.replace('--advertise-address=10.9.8.7', '--advertise-address=10.9.8.70').replace(':v1.37.2', ':v1.37.22'));
  const found = await parametersOf({ left });
  assert.deepEqual([found?.address, found?.version], ['10.9.8.7', '1.37.2']);
});

test('without certificates, kubeconfigs and manifests there is nothing to render from', async () => {
  assert.equal(await parametersOf({ names: [], addresses: [], server: 'https://lb.example:6443' }), undefined);
});
