import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HEAD, judged, refused } from './judging.ts';

const WHOLES: Record<string, [whole: string | Uint8Array, refused: readonly string[]]> = {
  'an empty file': ['', ['empty-config']],
  'comments alone': ['# nothing\n', ['empty-config']],
  'an empty first document': [`---\n---\n${HEAD}`, ['empty-config']],
  'a list': ['- a\n', ['invalid-yaml']],
  'a tab': [`${HEAD}\tmaxPods: 1\n`, ['invalid-yaml']],
  'bytes that are no text': [Buffer.from([0x61, 0xff]), ['invalid-yaml']],
  'no kind': ['apiVersion: kubelet.config.k8s.io/v1beta1\n', ['api-version']],
  'no apiVersion': ['kind: KubeletConfiguration\n', ['api-version']],
  'another apiVersion': ['apiVersion: v1\nkind: KubeletConfiguration\n', ['api-version']],
  'a number for a kind': ['apiVersion: kubelet.config.k8s.io/v1beta1\nkind: 5\n', ['api-version']],
  'JSON with a comma too many': [`{"kind": "KubeletConfiguration",}`, ['invalid-yaml']],
  'UTF-16': [Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(HEAD, 'utf16le')]), []],
  'a byte order mark': [`\uFEFF${HEAD}`, []],
  'a broken second document': [`${HEAD}---\n{[\n`, []],
  'Kind in capitals': ['apiVersion: kubelet.config.k8s.io/v1beta1\nKind: KubeletConfiguration\n', []],
};
for (const [what, [whole, expected]] of Object.entries(WHOLES)) {
  test(`${what}: ${expected.length > 0 ? 'refused' : 'taken'}`, async () => {
    assert.deepEqual(await refused('1.37', { whole }), expected);
  });
}

test('a second document is told, for the kubelet reads the first alone', async () => {
  assert.deepEqual((await judged('1.37', { whole: `${HEAD}---\nmaxPods: 5\n` })).map(({ id }) => id), ['further-document']);
});

test('a drop-in needs its kind, and from 1.32 on the right one', async () => {
  assert.deepEqual(await refused('1.30', { config: '', dropIns: ['maxPods: 5\n'] }), ['api-version']);
  assert.deepEqual(await refused('1.30', { config: '', dropIns: ['kind: Anything\nmaxPods: 5\n'] }), []);
  assert.deepEqual(await refused('1.37', { config: '', dropIns: ['kind: KubeletConfiguration\nmaxPods: 5\n'] }), ['api-version']);
});

test('a broken drop-in keeps nothing else from being judged', async () => {
  assert.deepEqual(await refused('1.37', { config: 'maxPods: -1\n', dropIns: ['- a\n', `${HEAD}port: 0\nmaxOpenFiles: -1\n`] }), ['invalid-yaml', 'range', 'range']);
});
