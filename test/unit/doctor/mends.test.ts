/** What a hand slips into the kubelet's configuration is mended by one edit, or by none. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mendFindings } from '../../../src/doctor/gather/mend-configuration.ts';
import { applyEdits } from '../../../src/kubelet/edits.ts';
import { loadFields } from '../../../src/kubelet/fields/load.ts';
import { judge } from '../../../src/kubelet/rules/judge.ts';

const FILE = '/var/lib/kubelet/config.yaml';
const TEXT = `apiVersion: kubelet.config.k8s.io/v1beta1
authentication:
  anonymous:
    enabled: false
  x509:
    clientCAFile: /etc/kubernetes/pki/ca.crt
cgroupDriver: systemd
clusterDNS:
- 10.96.0.10
clusterDomain: cluster.local
containerRuntimeEndpoint: unix:///run/containerd/containerd.sock
featureGates:
  NodeSwap: true
kind: KubeletConfiguration
maxPods: 110
rotateCertificates: true
staticPodPath: /etc/kubernetes/manifests
`;
const fields = await loadFields('1.37.2');

/** The text that its one mend makes of it; undefined where there is none. */
function mended(from: string, to: string): string | undefined {
  const broken = TEXT.replace(from, to);
  assert.notEqual(broken, TEXT);
  const bytes = Buffer.from(broken);
  const facts = { exists: (path: string) => path === '/etc/kubernetes/pki/ca.crt' };
  const findings = mendFindings(fields, FILE, bytes, judge(fields, { config: { file: FILE, bytes }, dropIns: [], flags: [], facts }), () => '/etc/kubernetes/pki/ca.crt');
  const edits = findings.flatMap((finding) => (finding.edits === undefined ? [] : [finding.edits]));
  assert.ok(edits.length <= 1, 'one slip, one mend');
  return edits[0] === undefined ? undefined : applyEdits(bytes, edits[0]).toString();
}

const slips: [what: string, from: string, to: string][] = [
  ['a colon that is missing', 'clusterDNS:', 'clusterDNS'],
  ['a semicolon for a colon', 'authentication:', 'authentication;'],
  ['no blank behind the colon', 'cgroupDriver: systemd', 'cgroupDriver:systemd'],
  ['a tab', '    enabled: false', '\tenabled: false'],
  ['a quote that is left open', 'clusterDomain: cluster.local', 'clusterDomain: "cluster.local'],
  ['a blank too many', 'maxPods: 110', ' maxPods: 110'],
  ['a key that is misspelt', 'staticPodPath:', 'staticPodPaths:'],
  ['a key in small letters', 'maxPods:', 'maxpods:'],
  ['a number in quotes', 'maxPods: 110', 'maxPods: "110"'],
  ['a boolean in quotes', 'rotateCertificates: true', 'rotateCertificates: "true"'],
  ['a kind that is misspelt', 'kind: KubeletConfiguration', 'kind: KubeletConfig'],
  ['an authority that is not there', 'pki/ca.crt', 'pki/WRONG.crt'],
  ['a gate that is misspelt', 'NodeSwap:', 'NodeSwapp:'],
];
for (const [what, from, to] of slips) {
  test(`${what} is mended to what it was`, () => {
    const text = mended(from, to);
    // quotes that close do as well as quotes that go
    assert.equal(text?.replaceAll('"', ''), TEXT);
  });
}

test('a bracket that is left open is closed', () => {
  assert.equal(mended('clusterDNS:\n- 10.96.0.10', 'clusterDNS: [10.96.0.10'), TEXT.replace('clusterDNS:\n- 10.96.0.10', 'clusterDNS: [10.96.0.10]'));
});

test('a gate that is gone is taken out, and its map with it where it was alone', () => {
  assert.equal(mended('  NodeSwap: true\n', '  NodeSwap: true\n  KubeletCredentialProviders: true\n'), TEXT);
  assert.equal(mended('featureGates:\n  NodeSwap: true\n', 'featureGates:\n  KubeletCredentialProviders: true\n'), TEXT.replace('featureGates:\n  NodeSwap: true\n', ''));
});

test('what nobody can tell is left alone', () => {
  assert.equal(mended('maxPods: 110', 'maxPods: many'), undefined);
  assert.equal(mended('cgroupDriver: systemd', 'cgroupDriver: none-such-driver'), undefined);
});
