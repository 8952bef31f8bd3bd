import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '../../../src/host/clock.ts';

test('a sleep lasts, and ends at once with the reason of an abort', async () => {
  const clock = systemClock();
  const began = clock.seconds();
  await clock.sleep(30);
  assert.ok(clock.seconds() - began >= 0.029);
  const stop = new AbortController();
  const sleeping = clock.sleep(60_000, stop.signal);
  stop.abort(new Error('enough'));
  await assert.rejects(sleeping, /enough/);
  await assert.rejects(clock.sleep(60_000, stop.signal), /enough/);
  assert.ok(clock.seconds() - began < 10);
});
