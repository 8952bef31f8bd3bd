/** What the probes add up to: the outage that kcfg tells is the one a person with a stop-watch would see. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startProber, summarize } from '../../../src/verify/prober.ts';

const ready = (at: number) => ({ at, answered: true, ready: true });
const unready = (at: number) => ({ at, answered: true, ready: false });
const silent = (at: number) => ({ at, answered: false, ready: false });

test('an outage runs from the first probe that was not ready to the next that was', () => {
  const probes = summarize([ready(0), silent(1), unready(2), ready(3.5), ready(4)], 5, 4);
  assert.deepEqual(probes, { sent: 5, answered: 4, ready: 3, longestGapSeconds: 2.5, awaySeconds: 2.5, upBefore: true });
});
test('several outages add up, and the longest is told', () => {
  const { awaySeconds, longestGapSeconds } = summarize([ready(0), silent(1), ready(2), silent(3), ready(6)], 5, 6);
  assert.deepEqual({ awaySeconds, longestGapSeconds }, { awaySeconds: 4, longestGapSeconds: 3 });
});
test('an outage that lasts to the end counts up to now', () => {
  assert.equal(summarize([ready(0), silent(1)], 2, 5).awaySeconds, 4);
});
test('answers that come out of order are put in order', () => {
  assert.equal(summarize([ready(2), silent(1), ready(0)], 3, 2).awaySeconds, 1);
});
test('where the API server was down before, that is said', () => {
  assert.equal(summarize([silent(0), ready(1)], 2, 1).upBefore, false);
});
test('probes go on on time while an answer is late, and none is sent after stop', async () => {
  let asked = 0;
  const clock = { now: () => new Date(0), seconds: () => performance.now() / 1000, sleep: (ms: number, signal?: AbortSignal) => new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, ms / 10);
    signal?.addEventListener('abort', () => { clearTimeout(timer); resolve(); });
  }) };
  const late = async () => {
    asked++;
    await new Promise((resolve) => setTimeout(resolve, 60));
    return { status: 200, body: '', ms: 60 };
  };
  const prober = startProber(clock, { get: late });
  await new Promise((resolve) => setTimeout(resolve, 40));
  assert.ok(asked > 2, `${asked} probes while the first answer is still to come`);
  const probes = await prober.stop();
  assert.equal(probes.sent, asked);
  assert.equal(probes.ready, asked);
});
