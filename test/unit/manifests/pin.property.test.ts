/** Whatever the manifest looks like: unpinning a pinned one gives the same bytes, and the pod differs in its uid alone. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { applyEdits } from '../../../src/kubelet/edits.ts';
import { readSource } from '../../../src/kubelet/source.ts';
import { parseYaml } from '../../../src/kubelet/yaml.ts';
import { readManifest } from '../../../src/manifests/manifest.ts';
import { pinEdits, unpinEdits } from '../../../src/manifests/pin.ts';

const value = (bytes: Buffer) => parseYaml(readSource('f', bytes)!).value as { metadata: object };
const comment = fc.constantFrom('', ' # c', '  ', '\t# 한글: x');
const field = fc.oneof(
  fc.tuple(fc.constantFrom('name: web', '"name": web', "name: 'web'"), comment).map(([f, c]) => ['name', f + c] as const),
  fc.constantFrom(
    ['labels', 'labels:\n  a: b # c\n  d: "e"'] as const,
    ['labels', 'labels: {a: b}'] as const,
    ['labels', 'labels:'] as const,
    ['annotations', 'annotations:\n  a: |\n    x\n    # Pinned by kcfg, change 1, node n: no\n\n'] as const,
    ['annotations', 'annotations:\n  a: |+\n    x\n\n'] as const,
    ['annotations', 'annotations:\n  a: >-\n    x\n    y'] as const,
    ['annotations', 'annotations: {a: "x\n    y"}'] as const,
    ['finalizers', 'finalizers:\n- a\n- b # c'] as const,
    ['namespace', 'namespace: kube-system'] as const,
  ),
);
const noise = fc.constantFrom('', '', '\n', '# c\n', '   \n');
const metadata = fc
  .record({
    fields: fc.uniqueArray(field, { selector: (f) => f[0], minLength: 1 }),
    noise: fc.array(noise, { minLength: 6, maxLength: 6 }),
    indent: fc.constantFrom('  ', '    ', ' '),
    key: fc.constantFrom('metadata:', '"metadata":', 'metadata: # c', 'metadata: !!map'),
  })
  .map(({ fields, noise, indent, key }) => {
    const lines = fields.some(([name]) => name === 'name') ? fields : [['name', 'name: web'] as const, ...fields];
    const body = lines.map(([, text], i) => `${(noise[i] ?? '').trimStart()}${text}`).join('\n');
    return `${key}\n${body.replace(/^(?!#|$)/gm, indent)}\n${noise[5]}`;
  });
const manifest = fc
  .record({
    metadata,
    order: fc.shuffledSubarray(['metadata', 'kind', 'api', 'spec'], { minLength: 4 }),
    head: fc.constantFrom('', '---\n', '# c\n', '\uFEFF'),
    foot: fc.constantFrom('', '# end\n', '...\n', '---\n', '\n\n'),
    crlf: fc.boolean(),
    open: fc.boolean(),
  })
  .map((d) => {
    const parts: Record<string, string> = {
      metadata: d.metadata,
      kind: 'kind: Pod # k\n',
      api: '"apiVersion": v1\n',
      spec: 'spec:\n  containers:\n  - name: c\n    args: ["metadata: {}"]\n',
    };
    const text = d.head + d.order.map((name) => parts[name]).join('') + d.foot;
    const ended = d.open ? text.trimEnd() : text;
    return d.crlf ? ended.replaceAll('\n', '\r\n') : ended;
  });
const uid = fc.oneof(
  fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 32, maxLength: 32 }),
  fc.string({ unit: fc.constantFrom(...'0123456789e'), minLength: 32, maxLength: 32 }),
  fc.uuid(),
);

test('unpinning a pinned manifest gives the same bytes, and the pod differs in its uid alone', () => {
  fc.assert(
    fc.property(manifest, uid, (text, uid) => {
      const bytes = Buffer.from(text);
      const pin = { change: '12', uid, node: 'node-1.example.org' };
      const pinned = applyEdits(bytes, pinEdits('f', bytes, pin));
      const before = value(bytes);
      assert.deepEqual(value(pinned), { ...before, metadata: { ...before.metadata, uid } });
      assert.deepEqual(readManifest('f', pinned).pin, pin);
      assert.equal(applyEdits(pinned, unpinEdits('f', pinned)).toString(), text);
    }),
    { numRuns: 300 },
  );
});
