import assert from 'node:assert/strict';
import { test } from 'node:test';
import { duplicates, entryProblem, sameUid, TOO_LARGE } from '../../../src/manifests/directory.ts';
import { readManifest } from '../../../src/manifests/manifest.ts';
import type { Entry } from '../../../src/node/observed.ts';

const INFO = { kind: 'file', size: 1, mode: 0o600, uid: 0, gid: 0, mtimeNs: '0', ctimeNs: '0', dev: '1', ino: '1', nlink: 1 } as const;
function entry(name: string, metadata: string): Entry {
  const text = `apiVersion: v1\nkind: Pod\nmetadata: {${metadata}}\nspec: {containers: [{name: c}]}\n`;
  const path = `/m/${name}`;
  return { name, path, info: { ...INFO, path }, manifest: readManifest(path, Buffer.from(text)) };
}

test('two files of one pod are found, whatever their endings, the one that wins last', () => {
  const entries = [entry('b.yaml.bak', 'name: a'), entry('b.yaml', 'name: a, namespace: default'), entry('c.yaml', 'name: c')];
  const found = duplicates(entries);
  assert.deepEqual(found.map((d) => [d.fullKey, d.entries.map((e) => e.name)]), [['default/a', ['b.yaml', 'b.yaml.bak']]]);
});

test('one name in two namespaces is two pods', () => {
  assert.deepEqual(duplicates([entry('a', 'name: a'), entry('b', 'name: a, namespace: kube-system')]), []);
});

test('names are ordered by their bytes, as the kubelet lists them', () => {
  const entries = ['é.yaml', 'z.yaml', 'B.yaml', 'a.yaml'].map((name) => entry(name, 'name: a'));
  assert.deepEqual(duplicates(entries)[0]?.entries.map((e) => e.name), ['B.yaml', 'a.yaml', 'z.yaml', 'é.yaml']);
});

test('a file the kubelet skips is no second file of a pod', () => {
  const hidden: Entry = { ...entry('.b.yaml', 'name: a'), skipped: { why: 'hidden', detail: '' } };
  assert.deepEqual(duplicates([entry('b.yaml', 'name: a'), hidden]), []);
});

test('two files with one uid are found, files without are not', () => {
  const entries = [entry('b', 'name: b, uid: x'), entry('a', 'name: a, uid: x'), entry('c', 'name: c'), entry('d', 'name: d')];
  assert.deepEqual(sameUid(entries).map((s) => [s.uid, s.entries.map((e) => e.name)]), [['x', ['a', 'b']]]);
});

test('the kubelet reads every file without a leading dot that is smaller than 10 MiB', () => {
  const why = (name: string, target: Parameters<typeof entryProblem>[1]) => entryProblem(name, target)?.why;
  assert.equal(why('README', { kind: 'file', size: 0 }), undefined);
  assert.equal(why('a.yaml~', { kind: 'file', size: TOO_LARGE - 1 }), undefined);
  assert.equal(why('a.yaml', { kind: 'file', size: 10_485_760 }), 'too-large');
  assert.equal(why('.a.yaml', { kind: 'file', size: 1 }), 'hidden');
  assert.equal(why('sub', { kind: 'directory', size: 1 }), 'directory');
  assert.equal(why('pipe', { kind: 'other', size: 0 }), 'not-a-file');
  assert.equal(why('link', undefined), 'not-a-file');
});
