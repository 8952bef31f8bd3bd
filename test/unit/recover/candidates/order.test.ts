/** Which candidate is offered first. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { changedLines, inOrder, type Measured, withoutDoubles } from '../../../../src/recover/candidates/order.ts';

const one = (title: string, more: Partial<Measured>): Measured => ({ source: 'history', title, from: '', at: '2026-11-01', bytes: Buffer.from(title), fits: 'fits', why: [], changedLines: 0, ...more });
const titles = (candidates: readonly Measured[], present = true): string => inOrder(candidates, present).map(({ title }) => title).join(' ');

test('what fits, then what is nearest to what ran, then the smallest change, then the newest', () => {
  const all = [
    one('foreign', { fits: 'does not fit' }),
    one('doubtful', { fits: 'doubtful', differs: 0 }),
    one('other', { differs: 3, changedLines: 1 }),
    one('large', { differs: 0, changedLines: 9 }),
    one('older', { differs: 0, changedLines: 2, at: '2026-10-01' }),
    one('newer', { differs: 0, changedLines: 2 }),
  ];
  assert.equal(titles(all), 'newer older large other doubtful foreign');
});

test('without a manifest, a file that was installed comes before one that is put together', () => {
  assert.equal(titles([one('ran', { source: 'last-container', differs: 0, at: '2026-11-27', changedLines: 70 }), one('kept', { differs: 0, changedLines: 72 })], false), 'kept ran');
});

test('texts that say the same are one, whatever their comments', () => {
  const text = (title: string, bytes: string, ...doubts: string[]): Measured & { doubts: string[] } => ({ ...one(title, { bytes: Buffer.from(bytes) }), doubts });
  const texts = [text('a', 'x: 1 # so\n', 'it ran for 7 s'), text('b', 'x: 1\n'), text('c', 'x: 2\n', 'a guess')];
  assert.deepEqual(withoutDoubles(texts).map(({ candidate, same }) => [candidate.title, same, candidate.doubts]), [['a', ['b'], []], ['c', [], ['a guess']]]);
});

test('a line that is changed counts once, as one that comes or goes', () => {
  assert.equal(changedLines(Buffer.from('a\nb\nc\n'), Buffer.from('a\nB\nc\n')), 1);
  assert.equal(changedLines(Buffer.from('a\nb\n'), Buffer.from('a\n')), 1);
  assert.equal(changedLines(undefined, Buffer.from('a\nb\n')), 2);
});
