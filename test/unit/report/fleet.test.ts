/** Many nodes on a screen: the table fits, hundreds fold, and a node's name can not paint. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FleetNode } from '../../../src/fleet/fleet-plan.ts';
import { inOrder } from '../../../src/fleet/order.ts';
import { askedWords, outcomeWords, planTable } from '../../../src/report/fleet.ts';
import { PLAIN } from './styles.ts';

const node = (name: string, more: Partial<FleetNode> = {}): FleetNode => ({ name, verdict: 'change', role: 'worker', kubelet: '1.37.2', what: 'kubelet restarts; no static pods', ...more });

test('a table of few nodes has each of them, refusals with their place, in 80 columns', () => {
  const nodes = inOrder([node('cp1', { role: 'control plane', what: 'kubelet restarts; 4 pods kept, pinned' }), node('w1'), node('w2', { verdict: 'refused', what: 'refused: --pod-manifest-path wins over the file, which would have no effect', refusal: { code: 'x', message: '', where: [{ file: '/etc/default/kubelet', line: 1 }] } })]);
  const lines = planTable(nodes, PLAIN, 80);
  assert.deepEqual(lines.slice(0, 3), ['  ORDER  NODE  ROLE           KUBELET  WHAT WOULD HAPPEN', '      1  w1    worker, first  1.37.2   kubelet restarts; no static pods', '      2  cp1   control plane  1.37.2   kubelet restarts; 4 pods kept, pinned']);
  assert.match(lines.slice(3).join(' ').replaceAll(/ +/g, ' '), /- w2 worker 1\.37\.2 refused: .* no effect, \/etc\/default\/kubelet:1/);
  assert.ok(lines.every((line) => line.length <= 80), lines.join('\n'));
});

test('three hundred nodes that do the same are one row', () => {
  const lines = planTable(inOrder(Array.from({ length: 300 }, (_, index) => node(`w${index}`))), PLAIN, 100);
  assert.deepEqual(lines.length, 3);
  assert.match(lines[2] ?? '', /^ +2-300 {2}w1 and 298 more/);
});

test('a name from an inventory can not move the cursor', () => {
  assert.ok(!planTable([node('w\x1b[2J')], PLAIN, 80).join('').includes('\x1b'));
});

test('counts are told by what they are', () => {
  assert.equal(askedWords([node('a'), node('b', { verdict: 'there' }), node('c', { verdict: 'unreachable' }), node('d', { verdict: 'refused' })], 3.14), '4 nodes asked in 3.1 s: 1 would change, 1 is there already, 1 is refused, 1 does not answer.');
});

test('how a node ended: probes and etcd where it is well, the reason where it is not', () => {
  assert.equal(outcomeWords({ result: 'done', probes: { sent: 219, answered: 219 }, checks: [{ name: 'etcd', ok: true, detail: '3 of 3 connected' }] }, undefined), 'verified, 219 of 219 probes answered, etcd 3 of 3');
  assert.equal(outcomeWords({ result: 'rolled-back' }, 'the kubelet did not start'), 'went back: the kubelet did not start');
  assert.equal(outcomeWords({ result: 'unchanged' }, 'etcd has 2 of 3 members'), 'refused: etcd has 2 of 3 members');
});
