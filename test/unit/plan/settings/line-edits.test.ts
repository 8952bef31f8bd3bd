import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { applyEdits } from '../../../../src/kubelet/edits.ts';
import { lineEdits } from '../../../../src/plan/settings/line-edits.ts';
import { oneEdit } from '../../../../src/plan/settings/place-settings.ts';

const bytes = (text: string): Buffer => Buffer.from(text);

test('an edit by hand becomes edits of whole lines', () => {
  assert.deepEqual(lineEdits(bytes('a: 1\nb: 2\nc: 3\n'), bytes('a: 1\nb: 5\nc: 3\nd: 4\n')), [
    { offset: 5, remove: 5, insert: 'b: 5\n' },
    { offset: 15, remove: 0, insert: 'd: 4\n' },
  ]);
  assert.deepEqual(lineEdits(bytes('ä: 1\nb\n'), bytes('ä: 1\n')), [{ offset: 6, remove: 2, insert: '' }]);
  assert.deepEqual(lineEdits(bytes('a\n'), bytes('a\n')), []);
});

const text = fc.array(fc.constantFrom('a: 1', 'b: 설명', '  - x', '', 'ä'), { maxLength: 8 }).map((lines) => lines.join('\n'));
test('from any text to any other, by lines, and by one edit between characters', () => {
  fc.assert(
    fc.property(text, text, (before, after) => {
      for (const edits of [lineEdits(bytes(before), bytes(after)), oneEdit(bytes(before), bytes(after))]) {
        assert.equal(applyEdits(bytes(before), edits).toString(), after);
        for (const [i, { offset }] of edits.entries()) assert.ok(i === 0 || offset >= (edits[i - 1]?.offset ?? 0) + (edits[i - 1]?.remove ?? 0));
        assert.ok(edits.every(({ insert }) => !insert.includes('\ufffd')));
      }
    }),
  );
});
