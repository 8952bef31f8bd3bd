/** How fast a fleet goes and how far back: failures that are allowed for, trials, roll-back, and the report of nodes that cannot all be asked. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import type { FleetReport } from '../../src/fleet/report.ts';
import { until } from '../sandbox/node.ts';
import { type PretendFleet, startFleet } from './pretend-fleet.ts';

let fleet: PretendFleet;
let file: string;
before(async () => {
  fleet = await startFleet(['w1', 'w2', 'w3', 'w4'], { speed: 20 });
  file = fleet.file('pods.plan');
}, { timeout: 120_000 });
after(() => fleet.down());

const plan = (pods: number): Promise<{ code: number }> => fleet.kcfg(['plan', 'set', `maxPods=${pods}`, '-i', fleet.inventory, '--out', file]);
const pods = (): string[] => fleet.nodes.map((node) => /^maxPods: (.*)$/m.exec(node.read('/var/lib/kubelet/config.yaml'))?.[1] ?? '');

test('one of three in a batch may fail: the run goes on, tells it, and the same command mends the rest; then all go back', { timeout: 600_000 }, async () => {
  assert.equal((await plan(101)).code, 0);
  await fleet.node('w3').fault('unit-fails', { from: 1, to: 1 });
  const { code, stdout, stderr } = await fleet.kcfg(['apply', file, '--yes', '--batch', '2', '--max-fail', '50%']);
  assert.equal(code, 5, stdout + stderr);
  assert.deepEqual(pods(), ['101', '101', '', '101']);
  assert.match(stdout, /as wanted {3}w1, w2, w4\n {2}as before {3}w3$/m);

  await fleet.node('w3').fault('unit-fails', null);
  const again = await fleet.kcfg(['apply', file, '--yes']);
  assert.equal(again.code, 0, again.stdout + again.stderr);
  assert.deepEqual(pods(), ['101', '101', '101', '101']);

  const back = await fleet.kcfg(['rollback', file, '--yes', '--batch', '4']);
  assert.equal(back.code, 0, back.stdout + back.stderr);
  assert.match(back.stdout, /^Done: 4 nodes as before\.$/m);
  assert.deepEqual(pods(), ['', '', '', '']);
  const nothing = await fleet.kcfg(['rollback', file, '--yes']);
  assert.equal(nothing.code, 0);
  assert.match(nothing.stdout, /^Nothing to go back from: no node has a change of this plan\.$/m);
});

test('on trial: not kept over the connections that made it, and every node goes back by itself', { timeout: 600_000 }, async () => {
  assert.equal((await plan(102)).code, 0);
  const { code, stdout, stderr } = await fleet.kcfg(['apply', file, '--yes', '--batch', '4', '--confirm-within', '40s']);
  assert.equal(code, 0, stdout + stderr);
  assert.deepEqual(pods(), ['102', '102', '102', '102']);
  assert.match(stdout, /^On trial for 40s, [\s\S]*kcfg fleet confirm /m);
  const kept = await fleet.kcfg(['confirm', file]);
  assert.equal(kept.code, 1, kept.stdout + kept.stderr);
  assert.match(kept.stderr, /✗ \d w4 [\s\S]*this login made the change/);
  assert.match(kept.stdout, /^Kept on 0 of \d nodes\. Still on trial: .*\bw4\.$/m);
  await until('all are as before', () => pods().every((each) => each === ''), 120_000, 100);
});

test('a node without kcfg and one that cannot be reached are rows of their own; the page has them first', { timeout: 300_000 }, async () => {
  const inventory = JSON.parse(readFileSync(fleet.inventory, 'utf8')) as { all: { hosts: Record<string, object> } };
  inventory.all.hosts.bare = { kcfg_command: ['kcfg-not-here'] };
  inventory.all.hosts['<b>away</b>'] = { ansible_connection: 'ssh', ansible_host: '127.0.0.1', ansible_port: 1 };
  const more = fleet.file('more.yaml');
  writeFileSync(more, JSON.stringify(inventory));
  const page = fleet.file('fleet.html');
  const { code, stdout, stderr } = await fleet.kcfg(['report', '-i', more, '--out', page, '-o', 'json']);
  assert.equal(code, 3, stdout + stderr);
  const { nodes } = JSON.parse(stdout) as FleetReport;
  assert.deepEqual(nodes.filter(({ ok }) => !ok).map(({ name }) => name).sort(), ['<b>away</b>', 'bare']);
  assert.equal(nodes.find(({ name }) => name === 'bare')?.words, 'kcfg is not there');
  assert.match(nodes.find(({ name }) => name === '<b>away</b>')?.words ?? '', /^does not answer: /);
  const html = readFileSync(page, 'utf8');
  assert.ok(!html.includes('<b>away'));
  assert.ok(html.indexOf('bare') < html.indexOf('w1'));
});
