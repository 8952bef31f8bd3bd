/** Thirty nodes: the same few lines on screen, every node changed and proven, and a front end that does not grow with them. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { type PretendFleet, startFleet } from './pretend-fleet.ts';

const MANY = 30;

let fleet: PretendFleet;
before(async () => {
  fleet = await startFleet(Array.from({ length: MANY }, (_, index) => `w${index + 1}`), { speed: 20 });
}, { timeout: 300_000 });
after(() => fleet.down());

test('thirty workers: planned in one table of one row, then one alone, then in batches', { timeout: 900_000 }, async (t) => {
  const file = fleet.file('pods.plan');
  const planned = await fleet.kcfg(['plan', 'set', 'maxPods=99', '-i', fleet.inventory, '--out', file]);
  assert.equal(planned.code, 0, planned.stdout + planned.stderr);
  assert.match(planned.stdout, /^30 nodes asked in .* s: 30 would change\. Nothing was changed\.$/m);
  assert.ok(planned.stdout.split('\n').length < 20, planned.stdout);

  let peak = 0;
  const look = (pid: number): void => {
    try {
      peak = Math.max(peak, Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024);
    } catch {
      // its last words, and it has ended
    }
  };
  const applied = await fleet.kcfg(['apply', file, '--yes', '--batch', '10'], { watch: (_, pid) => look(pid) });
  assert.equal(applied.code, 0, applied.stdout + applied.stderr);
  assert.match(applied.stdout, /^Done: 30 nodes\.$/m);
  assert.match(applied.stderr, /✓ +1 w1 /);
  for (const node of fleet.nodes) assert.match(node.read('/var/lib/kubelet/config.yaml'), /^maxPods: 99$/m, node.name);
  t.diagnostic(`the front end held ${peak.toFixed(0)} MiB at most`);
  assert.ok(peak > 0 && peak < 200, `${peak} MiB`);
});
