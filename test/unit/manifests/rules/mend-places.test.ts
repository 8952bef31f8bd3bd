/** What slipped in one place of a manifest and shows in another: one edit, at the place that slipped, brings back the text from before. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { applyEdits } from '../../../../src/kubelet/edits.ts';
import type { Facts, FileKind } from '../../../../src/manifests/rules/case.ts';
import { judgeManifest, readManifestText } from '../../../../src/manifests/rules/judge-manifest.ts';
import { filesMeant, filesNamed } from '../../../../src/manifests/rules/paths.ts';
import { programFacts } from '../../../../src/manifests/programs/of-manifest.ts';
import { kubeadmText, swap } from '../kubeadm-texts.ts';

/** The text after the first error's edits, and the errors' names; `gone`: what the node does not have. */
async function mended(pod: string, broken: string, gone: (path: string) => boolean = () => false): Promise<[text: string | undefined, ...ids: string[]]> {
  const file = `/etc/kubernetes/manifests/${pod}.yaml`;
  const bytes = Buffer.from(broken);
  const yaml = readManifestText(file, bytes);
  assert.ok(!('id' in yaml));
  const subject = { yaml, facts: {} };
  const files = new Map([...filesNamed(subject), ...filesMeant(subject)].map((path): [string, FileKind | null] => [path, gone(path) ? null : 'file']));
  const facts: Facts = { kubeletVersion: '1.37.2', ...(await programFacts(subject)), files };
  const errors = judgeManifest(file, bytes, facts).filter(({ severity }) => severity === 'error');
  const edits = errors.find((finding) => finding.edits !== undefined)?.edits;
  return [edits === undefined ? undefined : applyEdits(bytes, edits).toString(), ...errors.map(({ id }) => id)];
}

describe('one edit:', () => {
  const API = kubeadmText('kube-apiserver');
  const MANAGER = kubeadmText('kube-controller-manager');
  const SCHEDULER = kubeadmText('kube-scheduler');

  test('a service account goes', async () => {
    assert.deepEqual(await mended('kube-scheduler', swap(SCHEDULER, /^spec:\n/m, 'spec:\n  serviceAccountName: kube-scheduler\n')), [SCHEDULER, 'api-object']);
  });

  test('another pod before the one that the file is named after goes, and none behind it', async () => {
    const side = 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: side\nspec:\n  hostNetwork: true\n  containers:\n  - name: side\n    image: nginx:1.14\n';
    assert.deepEqual(await mended('kube-scheduler', `${side}---\n${SCHEDULER}`), [SCHEDULER, 'several-documents']);
    assert.deepEqual(await mended('kube-scheduler', `${SCHEDULER}---\n${side}`), [undefined, 'several-documents'], 'the kubelet reads the right one');
    assert.deepEqual((await mended('other', `${side}---\n${SCHEDULER}`))[0], undefined, 'no name says which is meant');
  });

  test('one authority for two kinds of clients: the proxy has its own, where it is there', async () => {
    const broken = swap(API, '--requestheader-client-ca-file=/etc/kubernetes/pki/front-proxy-ca.crt', '--requestheader-client-ca-file=/etc/kubernetes/pki/ca.crt').replace(/ {4}- --requestheader-allowed-names=.*\n/, '');
    const right = API.replace(/ {4}- --requestheader-allowed-names=.*\n/, '');
    assert.deepEqual(await mended('kube-apiserver', broken), [right, 'front-proxy-ca']);
    assert.deepEqual(await mended('kube-apiserver', broken, (path) => path.endsWith('front-proxy-ca.crt')), [undefined, 'front-proxy-ca']);
  });

  test('a volume that leads elsewhere is one finding; a file alone that is missing is none of the volume', async () => {
    const broken = swap(MANAGER, '      path: /etc/kubernetes/pki\n', '      path: /etc/kubernetes/pki-old\n');
    assert.deepEqual(await mended('kube-controller-manager', broken, (path) => path.includes('pki-old')), [MANAGER, 'host-path']);
    assert.equal((await mended('kube-controller-manager', broken, (path) => path.includes('pki-old/ca.key'))).includes('host-path'), false);
  });

  test('a volume of the very file gets its mount', async () => {
    const volume = '  - hostPath:\n      path: /etc/kubernetes/policy.yaml\n      type: File\n    name: audit\n';
    const broken = swap(swap(API, '    - --allow-privileged=true\n', '    - --allow-privileged=true\n    - --audit-policy-file=/etc/kubernetes/policy.yaml\n'), /^ {2}volumes:\n/m, `  volumes:\n${volume}`);
    const [text = '', ...ids] = await mended('kube-apiserver', broken);
    assert.deepEqual(ids, ['path-unmounted']);
    assert.match(text, /volumeMounts:\n {4}- mountPath: \/etc\/kubernetes\/policy\.yaml\n {6}name: audit\n {6}readOnly: true\n {4}- /);
  });

  test('of several kubeconfigs one that is not mounted is the one that the others name', async () => {
    assert.deepEqual(await mended('kube-controller-manager', swap(MANAGER, '--kubeconfig=/etc/kubernetes/controller-manager.conf', '--kubeconfig=/etc/kubernetes/cm.conf')), [MANAGER, 'path-unmounted']);
  });
});
