/**
 * The plug is pulled in the middle of a change, at eleven points of it (four in CI, `taken`). Each time the node boots with its
 * control plane, all files are as before or all as wanted, that was decided before the kubelet started, and the next kcfg tells of it.
 * The page cache survives here: this proves order, not that things were on disk (test/fault/disk does that).
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Kill } from '../fault/sandbox/kill-hook.ts';
import { installFaults, type Call, type Faults } from './faults.ts';
import { CONFIG, held, label, lastTold, pathInFile } from './held.ts';
import { assertWhole, move, moveAndBack, other, RECORD, refuse, REFUSED, taken } from './moves.ts';
import { openLab, type Lab, type LabNode } from './node.ts';

interface Point {
  name: string;
  kill(calls: readonly Call[]): Kill;
  wanted: 'old' | 'new';
  /** Nothing had begun: there is nothing to tell. */
  silent?: true;
  refused?: true;
}

const at = (record: number, when: 'before' | 'after'): (() => Kill) => () => ({ verb: 'run', record, when });
const POINTS = taken<Point>([
  { name: 'before the first record', kill: at(RECORD.begin, 'before'), wanted: 'old', silent: true },
  { name: 'after the guard was armed', kill: at(RECORD.armed, 'after'), wanted: 'old' },
  { name: 'in the middle of the copies', kill: (calls) => ({ verb: 'run', call: third(calls), when: 'before' }), wanted: 'old' },
  { name: 'after the copies', kill: at(RECORD.copied, 'after'), wanted: 'old' },
  { name: 'after the edit', kill: at(RECORD.edited, 'after'), wanted: 'old' },
  { name: 'right before the restart', kill: at(RECORD.restarting, 'after'), wanted: 'old' },
  { name: 'right after the restart', kill: at(RECORD.restarted, 'before'), wanted: 'old' },
  { name: 'while it is verified', kill: at(RECORD.verified, 'before'), wanted: 'old' },
  { name: 'verified, before the link', kill: at(RECORD.linking, 'after'), wanted: 'new' },
  { name: 'after the link, before disarming', kill: at(RECORD.linked, 'after'), wanted: 'new' },
  // undoing, then two records a step, the restart first: here the edit is being undone, and the kubelet is stopped
  { name: 'while it goes back', kill: at(RECORD.restarting + 4, 'after'), wanted: 'old', refused: true },
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

/** The third copy is about to get its name. */
function third(calls: readonly Call[]): number {
  const renames = calls.filter(({ verb, what }) => verb === 'run' && /^rename .*\/kube-controller-manager\.yaml$/.test(what) && !what.includes('/old/'));
  return renames[0]?.call ?? assert.fail('no copies');
}

/** Microseconds since boot at which the boot unit ended, and the kubelet began. */
async function bootOrder(): Promise<{ recovered: number; kubelet: number; result: string }> {
  const show = async (unit: string, property: string): Promise<string> => (await cp.run(['systemctl', 'show', unit, '-p', property, '--value'])).stdout.trim();
  return {
    recovered: Number(await show('kcfg-recover.service', 'ExecMainExitTimestampMonotonic')),
    kubelet: Number(await show('kubelet.service', 'ExecMainStartTimestampMonotonic')),
    result: await show('kcfg-recover.service', 'Result'),
  };
}

test(`the plug is pulled at ${POINTS.length} points of a change: the control plane comes back, all old or all new`, { timeout: 900_000 }, async (t) => {
  await refuse(cp);
  await label(cp, [CONFIG]);
  const { calls, states } = await moveAndBack(cp, faults);
  for (const point of POINTS) {
    const from = pathInFile(cp);
    await label(cp, [CONFIG, `${from}/etcd.yaml`]);
    const old = await held(cp);
    faults.arm([point.kill(calls.get(from) ?? [])], 'freeze');
    const change = move(cp, point.refused ? REFUSED : other(from));
    for (let look = 0; faults.struck() === undefined && look < 600; look++) await sleep(50);
    const strike = faults.disarm();
    assert.ok(strike !== undefined, `${point.name}: never came to that`);
    const pulled = performance.now();
    await cp.reboot('hard', 'running');
    await change;
    const seconds = (performance.now() - pulled) / 1000;
    const where = `${point.name}, plug pulled at: ${strike.what}`;
    const { recovered, kubelet, result } = await bootOrder();
    assert.equal(result, 'success', where);
    assert.ok(recovered > 0 && recovered < kubelet, `${where}: decided at ${recovered} µs, kubelet started at ${kubelet} µs`);
    const { stderr } = await cp.run(['kcfg', 'get', 'staticPodPath']);
    const { id } = await lastTold(cp);
    if (!point.silent) assert.match(stderr, new RegExp(`warning: change ${id} was cut off at step \\d of 8, .*\\n.*it was ${point.wanted === 'old' ? 'undone' : 'verified by then, and was finished'} at`), where);
    assert.equal(await assertWhole(cp, { from, old, states }, where), point.wanted, where);
    t.diagnostic(`${point.wanted}, up after ${seconds.toFixed(1)} s: ${where}`);
  }
});
