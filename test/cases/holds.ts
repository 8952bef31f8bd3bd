/** What each case must come to, on pretend nodes and on real ones. */
import assert from 'node:assert/strict';
import type { Result } from './run-case.ts';
import { caseLine } from './table.ts';

/** Named first, at its line, mended, and nothing else is worse. */
export function assertHolds(result: Result): void {
  const words = caseLine(result);
  assert.equal(result.problem, undefined, words);
  assert.equal(result.place, 0, words);
  assert.notEqual(result.line, false, words);
  assert.notEqual(result.repaired, 'no', words);
  assert.deepEqual(result.worse, [], words);
}
