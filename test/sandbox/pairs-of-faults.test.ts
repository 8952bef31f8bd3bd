/**
 * Two faults at once: both are told, the one nearer to the root first, and the node comes back. A pair of each kind: two parts,
 * a wrong path before a manifest that is gone, a manifest that is rendered anew beside one that is mended, one file with two
 * faults, and one that a person mends first. More, by chance: `npm run bench:doctor -- --pairs 20 --seed 1`.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { pairNamed } from '../cases/draw-pairs.ts';
import { holds, pairLine, pairOnSandbox } from '../cases/pairs.ts';

describe('two faults at once', { concurrency: 2 }, () => {
  for (const name of ['B038k+B001', 'B031+B033', 'B006+B012', 'B001+B011', 'B035+B129']) {
    test(name, { timeout: 600_000 }, async () => {
      const result = await pairOnSandbox(pairNamed(name));
      assert.ok(holds(result), pairLine(result));
    });
  }
});
