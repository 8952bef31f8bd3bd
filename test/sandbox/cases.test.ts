/** The case book on pretend nodes: what is broken by files alone is named first, mended, and nothing else is touched. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { CASES } from '../cases/book.ts';
import { notShown } from '../cases/book/not-shown.ts';
import { caseOnSandbox, lookHealthy } from '../cases/on-sandbox.ts';
import { assertHolds } from '../cases/holds.ts';

describe('the case book', { concurrency: 2 }, () => {
  test('has each case once, and each is broken by something', () => {
    const ids = [...CASES, ...notShown].map(({ id }) => id);
    assert.equal(new Set(ids).size, ids.length);
    for (const { id, break: steps } of CASES) assert.ok(steps.length > 0, id);
  });

  test('a healthy node has nothing wrong', { timeout: 120_000 }, async () => {
    assert.deepEqual((await lookHealthy()).alarms, []);
  });

  for (const subject of CASES.filter(({ on }) => on === 'both')) {
    test(`${subject.id}: ${subject.name}`, { timeout: 300_000 }, async () => {
      const result = await caseOnSandbox(subject);
      assertHolds(result);
    });
  }
});
