/**
 * kcfg killed at every record of its journal and at a spread of its calls, with a real kubelet: forward, while it goes back,
 * and while it recovers. Each time the node is whole again within seconds, as before or as wanted, and says which. No request
 * to the API server fails over the whole series. CI takes one point in three (`taken`).
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Kill } from '../fault/sandbox/kill-hook.ts';
import { installFaults, type Call, type Faults } from './faults.ts';
import { CONFIG, held, identities, isPending, label, lastTold, pathInFile } from './held.ts';
import { assertWhole, move, moveAndBack, other, RECORD, refuse, REFUSED, refuseNoMore, taken } from './moves.ts';
import { openLab, type Lab, type LabNode } from './node.ts';

/** Seconds from the death of the process to the decision, as it has to be on a machine at rest; told, for CI has other work beside it. */
const LIMIT = 5;

interface Point {
  name: string;
  /** Of a move whose calls are these. */
  kills(calls: readonly Call[]): Kill[];
  refused?: true;
  /** No service is left that would decide: someone has to ask for it. */
  abort?: true;
}

const numbers = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, index) => from + index);
const CALLS = 6;
const POINTS = taken<Point>([
  ...numbers(RECORD.begin, RECORD.decided).flatMap((record) => (['before', 'after'] as const).map((when) => ({ name: `${when} record ${record}`, kills: () => [{ verb: 'run', record, when }] }))),
  ...[3, RECORD.verified].map((record) => ({ name: `half of record ${record}`, kills: (): Kill[] => [{ verb: 'run', record, when: 'torn' }] })),
  ...numbers(1, CALLS).map((part) => ({ name: `call ${part} of ${CALLS}`, kills: (calls: readonly Call[]) => [{ verb: 'run', call: spread(calls, part / (CALLS + 1)), when: part % 2 === 0 ? ('before' as const) : ('after' as const) }] })),
  // going back writes: undoing, undoing-step and undone of each of the five steps, decided; the sandbox has all of them
  ...[10, 12, 13, 16, 21].map((record) => ({ name: `going back, after record ${record}`, refused: true as const, kills: (): Kill[] => [{ verb: 'run', record, when: 'after' }] })),
  ...[10, 13, 16, 21].map((record) => ({ name: `recovering, after record ${record}`, abort: true as const, kills: (): Kill[] => [{ verb: 'run', record: RECORD.restarted, when: 'before' }, { verb: 'recover', record, when: 'after' }] })),
  { name: 'the command itself, pending written and no service started', abort: true, kills: (calls) => [{ verb: 'command', call: calls.find(({ verb, what }) => verb === 'command' && /^rename .*\/pending$/.test(what))?.call ?? 0, when: 'after' }] },
]);

let lab: Lab;
let cp: LabNode;
let faults: Faults;
before(async () => {
  lab = await openLab();
  cp = await lab.controlPlane('cp1', { kcfg: true });
  faults = await installFaults(cp);
});
after(() => lab.close());

/** The call at that part of a move, counted from its first record; what it says to the terminal is left out. */
function spread(calls: readonly Call[], part: number): number {
  const begin = calls.findIndex((call) => call.record === 0);
  const own = calls.slice(begin).filter(({ verb, what }) => verb === 'run' && !/\/events|\{"event"|systemctl show/.test(what));
  return own[Math.floor(own.length * part)]?.call ?? assert.fail('no calls');
}

/** Seconds from the last strike, or from `since` (ms), until nothing is pending any more. */
async function decided(strikes: number, since?: number): Promise<number> {
  const deadline = Date.now() + 60_000;
  for (;;) {
    const strike = faults.struck();
    const from = since ?? (strike?.count === strikes ? strike.at : undefined);
    if (from !== undefined && !isPending(cp)) return Math.max(0, (Date.now() - from) / 1000);
    if (Date.now() > deadline) return Infinity;
    await sleep(20);
  }
}

test(`kcfg is killed at ${POINTS.length} points of a change: whole each time, and no request fails`, { timeout: 900_000 }, async (t) => {
  await refuse(cp);
  await label(cp, [CONFIG]);
  const { calls, states } = await moveAndBack(cp, faults);
  const containers = await identities(cp);
  const poll = await cp.poll();
  const recoveries: { seconds: number; where: string }[] = [];
  const asked: typeof recoveries = [];
  const ends = new Map<string, number>();
  for (const point of POINTS) {
    const from = pathInFile(cp);
    const target = point.refused ? REFUSED : other(from);
    await label(cp, [CONFIG, `${from}/etcd.yaml`]);
    const old = await held(cp);
    const kills = point.kills(calls.get(from) ?? []);
    faults.arm(kills);
    const change = move(cp, target);
    let seconds = point.abort ? 0 : await decided(1);
    const { code } = await change;
    if (point.abort) {
      assert.equal(faults.struck()?.count, kills.length, point.name);
      const since = Date.now();
      const abort = cp.run(['kcfg', 'abort']);
      seconds = await decided(kills.length, since);
      await abort;
    }
    const strike = faults.disarm();
    const where = `${point.name}, ${from} to ${target}, killed at: ${strike?.what}, exit ${code}`;
    await assertWhole(cp, { from, old, states }, where);
    const { result } = await lastTold(cp);
    assert.deepEqual(await identities(cp), containers, where);
    t.diagnostic(`${seconds.toFixed(2)} s, ${result}: ${where}`);
    (point.abort ? asked : recoveries).push({ seconds, where });
    ends.set(result, (ends.get(result) ?? 0) + 1);
  }
  await refuseNoMore(cp);
  const { sent, failed, outages } = await poll.stop();
  t.diagnostic(`${POINTS.length} points: ${[...ends].map(([result, count]) => `${count} ${result}`).join(', ')}; ${recoveries.filter(({ seconds }) => seconds <= LIMIT).length} of ${recoveries.length} recovered within ${LIMIT} s, the longest in ${longest(recoveries)} s, where someone had to ask for it ${longest(asked)} s; ${sent} requests, ${failed} failed`);
  assert.equal(failed, 0, JSON.stringify(outages));
});

function longest(recoveries: readonly { seconds: number }[]): string {
  return Math.max(...recoveries.map(({ seconds }) => seconds)).toFixed(2);
}
