import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readManifest } from '../../../src/manifests/manifest.ts';
import { KUBEADM, SHAPES } from './shapes.ts';

const FILE = '/etc/kubernetes/manifests/web.yaml';
const read = (text: string | Buffer) => readManifest(FILE, Buffer.from(text));
const pod = (metadata: string, spec = '  containers:\n  - name: c\n') =>
  `apiVersion: v1\nkind: Pod\nmetadata:\n${metadata}spec:\n${spec}`;

test("kubeadm's API server is read whole", () => {
  assert.deepEqual(read(KUBEADM), {
    format: 'yaml',
    kind: 'Pod',
    name: 'kube-apiserver',
    namespace: 'kube-system',
    annotations: { 'kubeadm.kubernetes.io/kube-apiserver.advertise-address.endpoint': '10.0.0.10:6443' },
    documents: 1,
    hostNetwork: true,
    graceSeconds: 30,
    containers: [
      {
        name: 'kube-apiserver',
        image: 'registry.k8s.io/kube-apiserver:v1.37.2',
        command: ['kube-apiserver', '--advertise-address=10.0.0.10', '--secure-port=6443'],
        probePorts: ['probe-port', 6443],
      },
    ],
    anchoredMetadata: false,
  });
});

describe('the pod is found in every shape:', () => {
  for (const [name, text] of Object.entries(SHAPES)) {
    if (name === 'kubeadm') continue;
    test(name, () => {
      const { name: pod, namespace, uid, pin, format } = read(text);
      assert.deepEqual([pod, namespace, uid, pin], ['web', 'kube-system', undefined, undefined]);
      assert.equal(format, name.startsWith('JSON') ? 'json' : 'yaml');
    });
  }
});

test('what is absent has the defaults of the kubelet', () => {
  const manifest = read(pod('  name: web\n'));
  assert.equal(manifest.namespace, 'default');
  assert.equal(manifest.hostNetwork, false);
  assert.deepEqual(manifest.containers, [{ name: 'c', image: '', command: [], probePorts: [] }]);
});

test('command and args stand in one row, as they run', () => {
  const spec = '  terminationGracePeriodSeconds: 5\n  containers:\n  - name: c\n    args: [--c, 12:30]\n    command: [a, b]\n';
  const { containers, graceSeconds } = read(pod('  name: web\n', spec));
  assert.deepEqual(containers[0]?.command, ['a', 'b', '--c', '12:30']);
  assert.equal(graceSeconds, 5);
});

test('a uid is read with its line; empty and null are none', () => {
  const manifest = read(pod('  name: web\n  uid: abc\n'));
  assert.deepEqual([manifest.uid, manifest.uidLine, manifest.pin], ['abc', 5, undefined]);
  for (const none of ['', '""', 'null']) assert.equal(read(pod(`  name: web\n  uid: ${none}\n`)).uid, undefined);
});

test('documents that are not empty are counted, and only the first is read', () => {
  assert.equal(read(`${pod('  name: web\n')}---\n# nothing\n---\nkind: [\n---\na: 1\n`).documents, 3);
  assert.equal(read(`${pod('  name: web\n')}---\nkind: List\n`).kind, 'Pod');
});

test('unknown and double keys are no error, and the last of a double key counts', () => {
  const manifest = read(`${pod('  name: old\n  name: web\n  what: 1\n')}other: {}\n`);
  assert.equal(manifest.name, 'web');
});

test('UTF-16 with its mark is read, as the kubelet reads it', () => {
  const text = pod('  name: web\n');
  const little = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')]);
  assert.equal(read(little).name, 'web');
  assert.equal(read(Buffer.from(little).swap16()).name, 'web');
});

test('anchors on metadata or above are seen, others are not', () => {
  const spec = 'spec: {containers: [{name: c}]}\n';
  const anchored = (metadata: string) => read(`apiVersion: v1\nkind: Pod\n${metadata}${spec}`).anchoredMetadata;
  assert.equal(anchored('metadata: &m {name: web}\n'), true);
  assert.equal(anchored('x: &m {name: web}\nmetadata: *m\n'), true);
  assert.equal(anchored('x: &m {a: b}\nmetadata: {<<: *m, name: web}\n'), true);
  assert.equal(anchored('metadata: {name: &n web, labels: {a: *n}}\n'), false);
});

describe('what the kubelet takes no pod from is refused with its place:', () => {
  const container = 'spec:\n  containers:\n  - name: c\n';
  const refused: Record<string, [text: string, message: RegExp, line: number | undefined]> = {
    'an empty file': ['', /no manifest/, undefined],
    'comments alone': ['# x\n', /no manifest/, undefined],
    'an empty first document': [`---\n---\n${pod('  name: web\n')}`, /no manifest/, undefined],
    'broken YAML': ['apiVersion: v1\nkind: [Pod\nmetadata: {}\n', /not YAML/, 3],
    'broken JSON': ['{"apiVersion": "v1",}', /not JSON/, 1],
    'YAML in braces, which must be JSON': ['{apiVersion: v1}', /not JSON/, 1],
    'a list of pods': ['apiVersion: v1\nkind: List\nitems: []\n', /a List/, 2],
    'another kind': ['apiVersion: v1\nkind: ConfigMap\n', /a ConfigMap/, 2],
    'another version': ['apiVersion: apps/v1\nkind: Pod\n', /apps\/v1/, 1],
    'no kind': ['apiVersion: v1\n', /no kind/, undefined],
    'no version': ['kind: Pod\n', /no apiVersion/, undefined],
    'text alone': ['README\n', /the manifest is not/, undefined],
    'no metadata': [`apiVersion: v1\nkind: Pod\n${container}`, /no metadata.name/, undefined],
    'no name': [`apiVersion: v1\nkind: Pod\nmetadata:\n  labels: {}\n${container}`, /no metadata.name/, 4],
    'a name that YAML 1.1 makes a boolean': [pod('  name: yes\n'), /metadata.name is not text/, 4],
    'a name that is none': [pod('  name: Web_1\n'), /no name for a pod/, 4],
    'a namespace that is none': [pod('  name: web\n  namespace: a.b\n'), /no namespace/, 5],
    'a uid that is a number': [pod('  name: web\n  uid: 12e30\n'), /metadata.uid is not text/, 5],
    'an annotation that is a number': [pod('  name: web\n  annotations:\n    a: 1\n'), /annotations.a is not text/, 6],
    'metadata that is a list': ['apiVersion: v1\nkind: Pod\nmetadata: []\n', /metadata is not/, 3],
    'no containers': [pod('  name: web\n', '  hostNetwork: true\n'), /no containers/, 6],
    'a container without a name': [pod('  name: web\n', '  containers:\n  - image: i\n'), /without a name/, 7],
    'an argument that is a boolean': [pod('  name: web\n', '  containers:\n  - name: c\n    args: [a, on]\n'), /args\[1\] is not text/, 8],
    'hostNetwork in quotes': [pod('  name: web\n', '  hostNetwork: "true"\n'), /hostNetwork is not true or false/, 6],
  };
  for (const [name, [text, message, line]] of Object.entries(refused)) {
    test(name, () => {
      assert.throws(
        () => read(text),
        (error: { code: string; message: string; where: { file: string; line?: number }[] }) => {
          assert.equal(error.code, 'invalid-manifest');
          assert.match(error.message, message);
          assert.equal(error.where[0]?.file, FILE);
          assert.equal(error.where[0]?.line, line);
          return true;
        },
      );
    });
  }
  test('bytes that are no text', () => {
    assert.throws(() => read(Buffer.from([0x6b, 0xc3, 0x28])), { code: 'invalid-manifest' });
  });
});
