/** Manifests that a slip of a hand made unreadable: the edit brings back a sound one, mostly the very text. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { applyEdits } from '../../../../src/kubelet/edits.ts';
import { judged, kubeadmText, swap } from '../kubeadm-texts.ts';

const TEXT = kubeadmText('kube-apiserver');
const SLIPS: [name: string, from: string | RegExp, to: string][] = [
  ['a semicolon for a colon', 'metadata:', 'metadata;'],
  ['no colon', 'metadata:', 'metadata'],
  ['no blank behind the colon', '  hostNetwork: true', '  hostNetwork:true'],
  ['= for a colon', 'hostNetwork: true', 'hostNetwork = true'],
  ['an open quote', 'imagePullPolicy: IfNotPresent', 'imagePullPolicy: "IfNotPresent'],
  ['an item too far to the left', '    - --client-ca-file', '  - --client-ca-file'],
  ['an item too far to the left by one', '    - --client-ca-file', '   - --client-ca-file'],
  ['a field too far to the right', '  hostNetwork: true', '   hostNetwork: true'],
  ['a tab', '    - --client-ca-file', '\t- --client-ca-file'],
  ['blanks of a web page', '    - --client-ca-file', '\u00a0\u00a0\u00a0\u00a0- --client-ca-file'],
  ['a bracket', 'metadata:', 'metadata: ['],
  ['a stray sign', 'hostNetwork: true', 'hostNetwork: @true'],
];

for (const [name, from, to] of SLIPS) {
  test(name, async () => {
    const text = swap(TEXT, from, to);
    const found = await judged(text);
    assert.equal(found.length, 1, JSON.stringify(found));
    assert.ok(['invalid-yaml', 'type'].includes(found[0]?.id ?? ''), found[0]?.id);
    const mended = applyEdits(Buffer.from(text), found[0]?.edits ?? []).toString();
    assert.deepEqual((await judged(mended)).map(({ message }) => message), []);
    // but for quotes, which say the same
    assert.equal(mended.replaceAll('"', ''), TEXT);
  });
}

test('what no two slips explain has no edit', async () => {
  const found = await judged(TEXT.slice(0, 900));
  assert.ok(found.some(({ severity }) => severity === 'error'));
  const [none] = await judged(swap(swap(swap(TEXT, 'metadata:', 'metadata;'), 'hostNetwork: true', 'hostNetwork: {'), 'volumes:', '  volumes'));
  assert.equal(none?.id, 'invalid-yaml');
  assert.equal(none.edits, undefined);
  assert.equal((await judged(''))[0]?.edits, undefined);
});

test('what is wrong is told as who wrote the file knows it', async () => {
  const said = async (text: string): Promise<string | undefined> => (await judged(text))[0]?.message;
  assert.equal(await said(swap(TEXT, '    - --client-ca-file', '\u00a0\u00a0\u00a0\u00a0- --client-ca-file')), 'it is not YAML: a blank of a web page (U+00A0) in the place of a plain one');
  assert.equal(await said(swap(TEXT, '    - --client-ca-file', '  - --client-ca-file')), 'it is not YAML: a list item that is not indented as those beside it');
  assert.equal(await said(swap(TEXT, 'metadata:', 'metadata;')), 'it is not YAML: a key without its colon');
  assert.equal(await said(swap(TEXT, '  hostNetwork: true', '  hostNetwork:true')), 'it is not YAML: a colon without a blank behind it');
  assert.equal(await said(''), 'it is empty');
  assert.equal(await said('\0'.repeat(512)), 'it is all NUL bytes, as a power cut leaves a file');
  assert.equal(await said('# later\n'), 'there is no manifest in it');
});
