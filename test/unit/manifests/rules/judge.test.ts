/** The strict check, on kubeadm's own manifests: they pass, and each mistake in them is named with its line. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Facts, FileKind } from '../../../../src/manifests/rules/case.ts';
import { judgeManifest, readManifestText, refuseManifest } from '../../../../src/manifests/rules/judge-manifest.ts';
import { filesNamed } from '../../../../src/manifests/rules/paths.ts';
import { parseHelp } from '../../../../src/manifests/program-flags.ts';
import { kubeadmManifests } from '../../../../src/sandbox/kubeadm-manifests.ts';
import { helpOf } from '../../../../src/sandbox/flags.ts';
import type { NodeSettings } from '../../../../src/sandbox/layout.ts';

const SETTINGS = { name: 'cp1', version: '1.37.2', ports: { api: 6443, etcd: 2379, etcdMetrics: 2381, kubelet: 10250, healthz: 10248 } } as NodeSettings;
const MANIFESTS = kubeadmManifests(SETTINGS);
const API = text('kube-apiserver');

function text(pod: string): string {
  return MANIFESTS[`${pod}.yaml`] ?? '';
}
/** A node on which all is there that the good manifest names. */
function facts(pod: string, version = '1.37.2'): Facts {
  const yaml = readManifestText('f', Buffer.from(text(pod)));
  assert.ok(!('id' in yaml));
  const named = filesNamed({ yaml, facts: {} });
  const directories = named.map((path) => path.slice(0, path.lastIndexOf('/')));
  return {
    pod: { name: pod, namespace: 'kube-system' },
    kubeletVersion: version,
    files: new Map<string, FileKind | null>([...named.map((path): [string, FileKind] => [path, 'file']), ['/etc/kubernetes/pki/gone.crt', null]]),
    names: new Map(directories.map((directory) => [directory, named.filter((path) => path.startsWith(`${directory}/`)).map((path) => path.slice(directory.length + 1))])),
    flags: new Map([[pod, parseHelp(pod, helpOf(pod, ['--help'])?.stdout ?? '')]]),
  };
}
function found(manifest: string, more: Facts = {}, pod = 'kube-apiserver'): string[] {
  return judgeManifest(`${pod}.yaml`, Buffer.from(manifest), { ...facts(pod), ...more }).map(({ id, severity, message, where }) => `${severity} ${id} ${where[0]?.line ?? '-'}:${where[0]?.column ?? '-'} ${message}${where[0]?.label === undefined ? '' : ` | ${where[0].label}`}`);
}
const swap = (from: string | RegExp, to: string, manifest = API): string => {
  const changed = manifest.replace(from, to);
  assert.notEqual(changed, manifest, `${String(from)} is not there`);
  return changed;
};
const lineOf = (manifest: string, part: string): number => manifest.split('\n').findIndex((line) => line.includes(part)) + 1;

test('what kubeadm writes passes, all four, without a word', () => {
  for (const pod of ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler']) assert.deepEqual(found(text(pod), {}, pod), [], pod);
});

describe('each mistake, with its place:', () => {
  const cases: [name: string, manifest: string, expected: string[]][] = [
    ['an unknown flag', swap('--enable-admission-plugins', '--enable-admission-plugin'), [`error unknown-flag ${lineOf(API, 'admission-plugins')}:7 this kube-apiserver has no flag --enable-admission-plugin | did you mean --enable-admission-plugins?`]],
    ['a flag without its value', swap('- --allow-privileged=true', '- --allow-privileged=true\n    - --event-ttl'), [`error flag-value ${lineOf(API, 'allow-privileged') + 1}:7 --event-ttl needs a value`]],
    ['a bool that is none', swap('--allow-privileged=true', '--allow-privileged=yes'), [`error flag-value ${lineOf(API, 'allow-privileged')}:7 --allow-privileged is true or false, not yes`]],
    ['a flag twice', swap('- --allow-privileged=true', '- --allow-privileged=true\n    - --allow-privileged=false'), [`warning flag-twice ${lineOf(API, 'allow-privileged') + 1}:7 --allow-privileged stands twice`]],
    ['a file that is not there', swap('pki/apiserver.crt', 'pki/gone.crt'), [`error path ${lineOf(API, 'tls-cert-file')}:23 there is no file /etc/kubernetes/pki/gone.crt on this node`]],
    ['a file outside of the mounts', swap('--tls-cert-file=/etc/kubernetes/pki/apiserver.crt', '--tls-cert-file=/srv/pki/apiserver.crt'), [`error path-unmounted ${lineOf(API, 'tls-cert-file')}:23 /srv/pki/apiserver.crt is in none of the mounts of kube-apiserver`]],
    ['a probe of another port', swap('containerPort: 6443', 'containerPort: 6444'), ['livenessProbe', 'readinessProbe', 'startupProbe'].map((probe) => `error probe-port ${lineOf(API, `${probe}:`) + 5}:15 nothing listens on 6444: kube-apiserver has --secure-port=6443 (line ${lineOf(API, '--secure-port')})`)],
    ['a probe of a name that there is not', swap(/port: probe-port(?=\n        scheme: HTTPS\n {6}periodSeconds: 1\n)/, 'port: probe-prot'), [`error probe-port ${lineOf(API, 'readinessProbe:') + 5}:15 readinessProbe asks the port probe-prot, and no port of the container has that name | did you mean probe-port?`]],
    ['a field that a Pod does not have', swap('hostNetwork: true', 'hostNetwrk: true'), [`error unknown-field ${lineOf(API, 'hostNetwork')}:3 a Pod has no field spec.hostNetwrk | did you mean hostNetwork?`]],
    ['small letters and capitals', swap('hostNetwork: true', 'hostnetwork: true'), [`error wrong-case ${lineOf(API, 'hostNetwork')}:3 spec.hostnetwork is spelt hostNetwork | hostNetwork`]],
    ['another type', swap('hostNetwork: true', 'hostNetwork: 1'), [`error type ${lineOf(API, 'hostNetwork')}:16 spec.hostNetwork must be true or false`]],
    ['no image', swap(/ {4}image: .*\n/, ''), [`error required ${lineOf(API, '- command:')}:5 container 1 has no image`]],
    ['another name', swap('  name: kube-apiserver\n  namespace', '  name: apiserver\n  namespace'), [`error identity ${lineOf(API, '  name: kube-apiserver')}:9 the pod's name was kube-apiserver, and is apiserver here`]],
    ['another namespace', swap('namespace: kube-system', 'namespace: default'), [`error identity ${lineOf(API, 'namespace')}:14 the pod's namespace was kube-system, and is default here`]],
    ['a uid', swap('  namespace: kube-system', '  namespace: kube-system\n  uid: 0123'), [`error type ${lineOf(API, 'namespace') + 1}:8 metadata.uid must be text`, `error foreign-uid ${lineOf(API, 'namespace') + 1}:3 metadata.uid is set, and not by kcfg`].sort((a, b) => (a.includes(':3') ? -1 : b.includes(':3') ? 1 : 0))],
    ['a mirror pod', swap('  annotations:', '  annotations:\n    kubernetes.io/config.mirror: abc'), [`error mirror-annotation ${lineOf(API, 'annotations') + 1}:5 kubernetes.io/config.mirror marks a mirror pod`]],
    ['a Deployment', swap('kind: Pod', 'kind: Deployment'), ['error kind 2:7 it is no Pod but a Deployment']],
    ['a ServiceAccount', swap('hostNetwork: true', 'hostNetwork: true\n  serviceAccountName: default'), [`error api-object ${lineOf(API, 'hostNetwork') + 1}:3 spec.serviceAccountName refers to a ServiceAccount, and a static pod may not refer to objects of the API`]],
    ['a mount of no volume', swap('      name: k8s-certs\n      readOnly', '      name: k8s-cert\n      readOnly'), [`error mount ${lineOf(API, '      name: k8s-certs')}:13 there is no volume k8s-cert | did you mean k8s-certs?`, `warning unused-volume ${API.split('\n').lastIndexOf('    name: k8s-certs') + 1}:11 no container mounts the volume k8s-certs`]],
    ['two documents', `${API}---\nkind: Pod\n`, [`error several-documents ${API.split('\n').length}:1 it has 2 documents, and the kubelet reads the first alone`]],
    ['no YAML', swap('spec:', 'spec: ['), []],
  ];
  for (const [name, manifest, expected] of cases) {
    test(name, () => {
      const all = found(manifest);
      if (name !== 'no YAML') assert.deepEqual(all, expected);
      else assert.match(all.join(), /^error invalid-yaml \d+:\d+ it is not YAML: [^,]+$/);
    });
  }
});

test('what the node has at a hostPath must be of its type', () => {
  const at = (kind: FileKind | null): string[] => found(text('kube-scheduler'), { files: new Map<string, FileKind | null>([['/etc/kubernetes/scheduler.conf', kind]]) }, 'kube-scheduler').filter((each) => each.includes('host-path'));
  assert.deepEqual(at('file'), []);
  assert.deepEqual(at(null), [], 'FileOrCreate makes it');
  assert.match(at('directory').join(), /^error host-path \d+:13 \/etc\/kubernetes\/scheduler\.conf is a directory on this node, and type FileOrCreate asks for a file$/);
});

test('before 1.34 the kubelet takes references to the API, and that is a warning', () => {
  const manifest = swap('hostNetwork: true', 'hostNetwork: true\n  serviceAccountName: default');
  assert.match(found(manifest, { kubeletVersion: '1.33.4' }).join(), /^warning api-object/);
});

test('flags that cannot be checked are said to be so', () => {
  assert.deepEqual(found(API, { flags: new Map([['kube-apiserver', 'nothing runs']]) }), [`warning flags-unchecked ${lineOf(API, '- kube-apiserver')}:7 the flags of kube-apiserver are not checked: nothing runs`]);
});

test('--force overrides the finding of that name, and none of the pod\'s identity', () => {
  const manifest = swap('pki/apiserver.crt', 'pki/gone.crt', swap('--enable-admission-plugins', '--enable-admission-plugin'));
  const findings = judgeManifest('f', Buffer.from(manifest), facts('kube-apiserver'));
  assert.throws(() => refuseManifest(findings, ['path']), { code: 'invalid-manifest', exit: 4, help: ['to try it all the same: --force unknown-flag'] });
  refuseManifest(findings, ['path', 'unknown-flag']);
  const other = judgeManifest('f', Buffer.from(swap('namespace: kube-system', 'namespace: default')), facts('kube-apiserver'));
  assert.throws(() => refuseManifest(other, ['identity']), { code: 'invalid-manifest', help: [] });
});
