import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { applyEdits } from '../../../src/kubelet/edits.ts';
import { readSource } from '../../../src/kubelet/source.ts';
import { parseYaml } from '../../../src/kubelet/yaml.ts';
import { readManifest } from '../../../src/manifests/manifest.ts';
import { pinEdits, unpinEdits } from '../../../src/manifests/pin.ts';
import { EMPTY_UID, KUBEADM, REFUSED, SHAPES } from './shapes.ts';

const FILE = '/etc/kubernetes/manifests/web.yaml';
const PIN = { change: '7', uid: '7d3f0b5c2e9a41d68c05f1e2ab94c730', node: 'cp1', date: '2026-11-27' };
const pin = (text: string, by = PIN) => applyEdits(Buffer.from(text), pinEdits(FILE, Buffer.from(text), by)).toString();
const unpin = (text: string) => applyEdits(Buffer.from(text), unpinEdits(FILE, Buffer.from(text))).toString();
interface PodValue {
  metadata: { uid?: unknown; annotations?: Record<string, unknown> | null };
}
const value = (text: string) => parseYaml(readSource(FILE, Buffer.from(text))!).value as PodValue;

test("kubeadm's manifest gains three lines at the end of metadata, and nothing else", () => {
  const lines = `  # Pinned by kcfg, change 7, node cp1, 2026-11-27: the kubelet keeps
  # it as it runs, ignores most edits. Edit: kcfg edit kube-apiserver
  uid: 7d3f0b5c2e9a41d68c05f1e2ab94c730
`;
  assert.equal(pin(KUBEADM), KUBEADM.replace('spec:\n', `${lines}spec:\n`));
});

describe('pinned, read and unpinned in every shape:', () => {
  for (const [name, text] of Object.entries(SHAPES)) {
    test(name, () => {
      const pinned = pin(text);
      const [before, after] = [value(text), value(pinned)];
      const annotations = name.startsWith('JSON')
        ? { annotations: { ...before.metadata.annotations, 'kcfg.dev/pinned': 'change 7 node cp1 date 2026-11-27' } }
        : {};
      assert.deepEqual(after, { ...before, metadata: { ...before.metadata, ...annotations, uid: PIN.uid } });
      assert.deepEqual(readManifest(FILE, Buffer.from(pinned)).pin, PIN);
      assert.equal(unpin(pinned), text);
    });
  }
});

describe('a uid that says nothing gives way:', () => {
  for (const [name, text] of Object.entries(EMPTY_UID)) {
    test(name, () => {
      const pinned = pin(text);
      assert.deepEqual(readManifest(FILE, Buffer.from(pinned)).pin, PIN);
      assert.equal(pinned.match(/\buid"?:/g)?.length, 1);
      const { uid: _, annotations: __, ...others } = value(text).metadata;
      const { annotations, ...unpinned } = value(unpin(pinned)).metadata;
      assert.deepEqual(unpinned, others);
      assert.deepEqual(Object.keys(annotations ?? {}), []);
    });
  }
});

describe('what cannot be edited for certain is refused:', () => {
  for (const [name, [text, named]] of Object.entries(REFUSED)) {
    test(name, () => assert.throws(() => pin(text), { code: 'cannot-pin', message: named }));
  }
  test('UTF-16', () => {
    const bytes = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(KUBEADM, 'utf16le')]);
    assert.throws(() => pinEdits(FILE, bytes, PIN), { code: 'cannot-pin', message: /UTF-16/ });
    assert.deepEqual(unpinEdits(FILE, bytes), []);
  });
  test('a UID that would be a path', () => {
    assert.throws(() => pin(KUBEADM, { ...PIN, uid: '../x' }), { code: 'cannot-pin' });
  });
  test('a manifest the kubelet does not take', () => {
    assert.throws(() => pin('kind: List\n'), { code: 'invalid-manifest' });
  });
});

test('a uid that YAML would read as a number is quoted', () => {
  for (const uid of ['12345678901234567890123456789012', '1234567890e123456789012345678901']) {
    const pinned = pin(KUBEADM, { ...PIN, uid });
    assert.match(pinned, new RegExp(`  uid: "${uid}"\n`));
    assert.equal(readManifest(FILE, Buffer.from(pinned)).uid, uid);
    assert.equal(unpin(pinned), KUBEADM);
  }
});

test('the uid that is wanted already needs no edit, whoever wrote it', () => {
  assert.deepEqual(pinEdits(FILE, Buffer.from(pin(KUBEADM)), { ...PIN, change: '8' }), []);
  const foreign = KUBEADM.replace('  name: kube', `  uid: ${PIN.uid}\n  name: kube`);
  assert.deepEqual(pinEdits(FILE, Buffer.from(foreign), PIN), []);
});

test("someone else's uid has no pin of kcfg, and is never taken out", () => {
  const foreign = KUBEADM.replace('  name: kube', `  # Pinned by me\n  uid: ${PIN.uid}\n  name: kube`);
  assert.equal(readManifest(FILE, Buffer.from(foreign)).pin, undefined);
  assert.deepEqual(unpinEdits(FILE, Buffer.from(foreign)), []);
  assert.deepEqual(unpinEdits(FILE, Buffer.from(KUBEADM)), []);
  const json = SHAPES['JSON with annotations']!.replace('"name": "web"', '"uid": "abc", "name": "web"');
  assert.deepEqual(unpinEdits(FILE, Buffer.from(json)), []);
});

test("kcfg's words below metadata, or in block text, are no mark of a pin", () => {
  const [first, second] = pin(KUBEADM).match(/# (Pinned|it as it runs).*/g)!;
  const foreign = KUBEADM.replace('spec:\n', `  uid: abc\nspec:\n  ${first}\n  ${second}\n`);
  const inText = KUBEADM.replace('  labels:', `    x: |\n      ${first}\n      ${second}\n  uid: abc\n  labels:`);
  for (const text of [foreign, inText]) {
    assert.equal(readManifest(FILE, Buffer.from(text)).pin, undefined);
    assert.deepEqual(unpinEdits(FILE, Buffer.from(text)), []);
  }
});

test('unpinning finds the pin after the file was written in another way', () => {
  const unpinned = value(KUBEADM);
  const reformatted: Record<string, (text: string) => string> = {
    'the uid moved and quoted': (t) => t.replace(/ {2}uid: .*\n/, '').replace('  labels:\n', `  uid: "${PIN.uid}"\n  labels:\n`),
    'a blank line between': (t) => t.replace('  uid:', '\n  uid:'),
    'a comment behind': (t) => t.replace(PIN.uid, `${PIN.uid} # do not touch`),
    'the second line gone': (t) => t.replace(/ {2}# it as it runs.*\n/, ''),
    'CRLF': (t) => t.replaceAll('\n', '\r\n'),
    'another uid': (t) => t.replace(PIN.uid, 'abc'),
    'the uid gone': (t) => t.replace(/ {2}uid:.*\n/, ''),
  };
  for (const [name, rewrite] of Object.entries(reformatted)) {
    const text = unpin(rewrite(pin(KUBEADM)));
    assert.deepEqual(value(text), unpinned, name);
    assert.doesNotMatch(text, /kcfg|uid/, name);
  }
  const flow = pin(SHAPES.flow!).replace('name: web', 'labels: {},\n name: web').replace(/,\n( {2}labels)/, ', # c\n$1');
  assert.doesNotMatch(unpin(flow), /kcfg|uid/);
  const json = JSON.stringify(JSON.parse(pin(SHAPES.JSON!)), null, 3);
  assert.deepEqual(value(unpin(json)), value(SHAPES.JSON!));
  const sorted = pin(SHAPES.JSON!).replace('"annotations": {"kcfg.dev/pinned": "change 7 node cp1 date 2026-11-27"},', '').replace('"name":"web"', '"name":"web","annotations": {"kcfg.dev/pinned": "change 7 node cp1 date 2026-11-27"}');
  assert.doesNotMatch(unpin(sorted), /kcfg|uid/);
});

test('the marks of the first kcfg, without a day, are read and taken out as ever', () => {
  const { date: _, ...undated } = PIN;
  const old = KUBEADM.replace('spec:\n', `  # Pinned by kcfg, change 7, node cp1: the kubelet keeps this pod, and
  # ignores most edits of this file. To edit: kcfg unpin kube-apiserver
  uid: ${PIN.uid}
spec:
`);
  assert.deepEqual(readManifest(FILE, Buffer.from(old)).pin, undated);
  assert.equal(unpin(old), KUBEADM);
  const json = pin(SHAPES.JSON!).replace(' date 2026-11-27', '');
  assert.deepEqual(readManifest(FILE, Buffer.from(json)).pin, undated);
  assert.equal(unpin(json), SHAPES.JSON);
});

test('the mark of a kubeadm node fits into 80 columns', () => {
  const longest = pin(KUBEADM.replaceAll('kube-apiserver', 'kube-controller-manager'), { ...PIN, change: '12' });
  assert.deepEqual(longest.split('\n').filter((line) => line.length > 80 && /kcfg/.test(line)), []);
});
