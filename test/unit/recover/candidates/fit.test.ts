/** Which texts are not for this node: each reason is told, and one that is only likely does not rule it out. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readManifest } from '../../../../src/manifests/manifest.ts';
import { certificatesOf, fit, type FitFacts } from '../../../../src/recover/candidates/fit.ts';
import { isBetter, type LastRun } from '../../../../src/recover/candidates/last-runs.ts';
import { fromTemplate } from '../../../../src/recover/render/by-template.ts';
import type { ComponentName, Parameters } from '../../../../src/recover/render/parameters.ts';
import { nodesOf } from '../../../fixtures/kubeadm-manifests/nodes.ts';

const first = nodesOf('1.37.2').first ?? assert.fail();
const manifest = (name: ComponentName, other: Partial<Parameters> = {}) => readManifest(`${name}.yaml`, fromTemplate(name, { ...first, ...other }));
const ran = (name: ComponentName, other: Partial<Parameters> = {}): ReadonlyMap<string, LastRun> => {
  const [container] = manifest(name, other).containers;
  const { image = '', command = [] } = container ?? {};
  return new Map([[name, { pod: name, container: name, id: 'c', startedAt: '2026-11-01T00:00:00Z', seconds: 9000, running: false, short: false, exitCode: 0, image, config: { image, command, args: [], mounts: [], envs: [] } }]]);
};
const facts = (name: ComponentName, more: Partial<FitFacts> = {}): FitFacts => ({
  findings: [],
  images: ['registry.k8s.io/etcd:3.7.0-0', ...['apiserver', 'controller-manager', 'scheduler'].map((part) => `registry.k8s.io/kube-${part}:v1.37.2`)],
  kubeletVersion: '1.37.2',
  ran: ran(name),
  addresses: ['127.0.0.1', '10.9.8.7'],
  names: new Map([['/etc/kubernetes/pki/apiserver.crt', ['cp1', '10.96.0.1', '10.9.8.7']], ['/etc/kubernetes/pki/etcd/server.crt', ['cp1', '10.9.8.7', '127.0.0.1']]]),
  member: true,
  ...more,
});

test('what last ran fits', () => {
  for (const name of ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler'] as const) {
    assert.deepEqual(fit(manifest(name), facts(name), []), { fits: 'fits', why: ['says what its container last ran with'] }, name);
  }
});

test('certificates are those that it shows to others', () => {
  assert.deepEqual(certificatesOf(manifest('etcd')), ['/etc/kubernetes/pki/etcd/server.crt', '/etc/kubernetes/pki/etcd/peer.crt']);
});

for (const [what, name, other, more, fits, why] of [
  ['an older etcd than ran', 'etcd', { etcd: { ...first.etcd, image: 'registry.k8s.io/etcd:3.5.12-0' } }, {}, 'does not fit', /older than etcd's data: 3\.5\.12 after 3\.7\.0/],
  ['an etcd whose data is gone', 'etcd', {}, { member: false }, 'does not fit', /no member's data in \/var\/lib\/etcd: it would begin an empty cluster/],
  ['a member by another name', 'etcd', { etcd: { ...first.etcd, name: 'cp9' } }, {}, 'doubtful', /--name is cp9, and cp1 ran/],
  ['an API server older than its kubelet', 'kube-apiserver', { version: '1.36.3' }, { ran: new Map() }, 'does not fit', /older than the kubelet, which is 1\.37\.2: 1\.36\.3/],
  ['an API server four minors ahead', 'kube-apiserver', {}, { ran: new Map(), kubeletVersion: '1.33.1' }, 'does not fit', /more than three minors newer/],
  ['another node’s address', 'kube-apiserver', { address: '10.9.8.9' }, {}, 'does not fit', /10\.9\.8\.9 is no address of this node; .*apiserver\.crt does not have 10\.9\.8\.9/],
  ['an image that is nowhere', 'kube-scheduler', { repository: 'elsewhere.example' }, {}, 'doubtful', /not in the runtime's store.*elsewhere\.example/],
  ['an error of the strict check', 'kube-scheduler', {}, { findings: [{ id: 'x', severity: 'error', message: 'it is broken', where: [], notes: [], help: [] }] }, 'does not fit', /^it is broken$/],
  ['a flag that did not run', 'kube-controller-manager', { clusterName: 'blue' }, {}, 'fits', /^1 flag differs from what last ran$/],
] as [string, ComponentName, Partial<Parameters>, Partial<FitFacts>, string, RegExp][]) {
  test(`${what}: ${fits}`, () => {
    const judged = fit(manifest(name, other), facts(name, more), []);
    assert.match(judged.why.join('; '), why);
    assert.equal(judged.fits, fits);
  });
}

test('where nothing is known nothing is held against it', () => {
  const { images: _, kubeletVersion: __, member: ___, ...rest } = facts('etcd', { ran: new Map(), addresses: [], names: new Map() });
  assert.deepEqual(fit(manifest('etcd'), rest, []), { fits: 'fits', why: [] });
  assert.equal(fit(manifest('etcd'), rest, ['it was guessed']).fits, 'doubtful');
});

test('of containers the one that ran well is taken: the newest of those, else the one that held out longest', () => {
  const run = (startedAt: string, seconds: number, running = false) => ({ startedAt, seconds, running });
  const days = run('2026-11-01T00:00:00Z', 400_000);
  assert.ok(!isBetter(run('2026-11-27T10:00:00Z', 2), days));
  assert.ok(!isBetter(run('2026-11-27T10:00:00Z', 2, true), days), 'one that is about to end');
  assert.ok(isBetter(run('2026-11-20T00:00:00Z', 9000), days), 'since an upgrade');
  assert.ok(isBetter(run('2026-11-27T10:00:00Z', 40), run('2026-11-27T10:05:00Z', 2)));
});
