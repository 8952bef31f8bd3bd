import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { applyEdits, invertEdits } from '../../../src/kubelet/edits.ts';
import type { Edit } from '../../../src/plan/step.ts';

const text = 'path: /a # 설명\nend';

test('offsets count bytes, not characters', () => {
  const bytes = Buffer.from('설 x');
  assert.equal(applyEdits(bytes, [{ offset: 4, remove: 1, insert: '값' }]).toString(), '설 값');
});

test('several edits are made in one pass, each at its place in the original', () => {
  const edits = [
    { offset: 0, remove: 4, insert: 'p' },
    { offset: 6, remove: 2, insert: '/longer' },
    { offset: 6 + 2, remove: 0, insert: '!' },
  ];
  assert.equal(applyEdits(Buffer.from(text), edits).toString(), 'p: /longer! # 설명\nend');
});

test('edits that overlap, run backwards or leave the file are refused', () => {
  const bytes = Buffer.from('abc');
  const bad: Edit[][] = [
    [{ offset: 0, remove: 2, insert: '' }, { offset: 1, remove: 1, insert: '' }],
    [{ offset: 2, remove: 0, insert: '' }, { offset: 1, remove: 0, insert: '' }],
    [{ offset: 3, remove: 1, insert: '' }],
    [{ offset: -1, remove: 1, insert: '' }],
    [{ offset: Number.NaN, remove: 0, insert: '' }],
  ];
  for (const edits of bad) assert.throws(() => applyEdits(bytes, edits), { code: 'bad-plan' });
});

test('an edit that would remove half a character has no way back, and says so', () => {
  assert.throws(() => invertEdits(Buffer.from('설'), [{ offset: 0, remove: 1, insert: '' }]), { code: 'bad-plan' });
});

test('inverted edits bring back the first bytes, whatever was edited', () => {
  const pieces = fc.array(fc.record({ keep: fc.string(), remove: fc.string(), insert: fc.string({ unit: 'grapheme' }) }));
  fc.assert(
    fc.property(pieces, (parts) => {
      const original = Buffer.from(parts.map((p) => p.keep + p.remove).join(''));
      let at = 0;
      const edits = parts.map(({ keep, remove, insert }) => {
        const edit = { offset: at + Buffer.byteLength(keep), remove: Buffer.byteLength(remove), insert };
        at = edit.offset + edit.remove;
        return edit;
      });
      const result = applyEdits(original, edits);
      assert.equal(result.toString(), parts.map((p) => p.keep + p.insert).join(''));
      assert.deepEqual(applyEdits(result, invertEdits(original, edits)), original);
    }),
    { numRuns: 200 },
  );
});
