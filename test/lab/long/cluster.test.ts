/** Three control planes, all moved one after another; then one more joins, and one leaves by `kubeadm reset`: as man/kcfg.1 has it. */
import assert from 'node:assert/strict';
import { existsSync, lstatSync, readdirSync, readlinkSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { assertAt } from '../kubeadm.ts';
import { HOME, move, STATIC } from '../moves.ts';
import { openLab, type Lab, type LabNode } from '../node.ts';

let lab: Lab;
const nodes: LabNode[] = [];
const at = (index: number): LabNode => nodes[index] ?? assert.fail();
before(async () => {
  lab = await openLab();
  for (const name of ['cp1', 'cp2', 'cp3']) nodes.push(await lab.controlPlane(name, { kcfg: true }));
}, { timeout: 1_200_000 });
after(() => lab.close());

test('three control planes move one after another: no request to any of the three API servers fails', { timeout: 1_200_000 }, async (t) => {
  const polls = await Promise.all(nodes.map((node) => node.poll()));
  for (const node of nodes) {
    const { code, stderr } = await move(node, STATIC);
    assert.equal(code, 0, `${node.name}: ${stderr}`);
  }
  const polled = await Promise.all(polls.map((poll) => poll.stop()));
  t.diagnostic(`requests: ${polled.map(({ sent }) => sent).join(', ')}; failed: ${polled.map(({ failed }) => failed).join(', ')}`);
  assert.deepEqual(polled.map(({ failed }) => failed), [0, 0, 0], JSON.stringify(polled));
  for (const node of nodes) await assertAt(node, STATIC, { pinned: 4 }, node.name);
});

test('a fourth joins: at the default path, healthy, and the three are as they were', { timeout: 900_000 }, async () => {
  const fourth = await lab.controlPlane('cp4', { kcfg: true });
  await assertAt(fourth, HOME, { pinned: 0 }, 'cp4');
  assert.ok(lstatSync(fourth.file(HOME)).isDirectory());
  for (const node of nodes) await assertAt(node, STATIC, { pinned: 4 }, node.name);
  nodes.push(fourth);
});

test('kubeadm reset on a moved node empties both places; link, empty directory and history stay, and a new join is at the default path', { timeout: 1_200_000 }, async () => {
  const third = at(2);
  const poll = await at(0).poll();
  const { code, stdout, stderr } = await third.run(['kubeadm', 'reset', '--force'], { timeout: 900_000 });
  assert.equal(code, 0, stdout + stderr);
  assert.deepEqual(await third.containers(), [], 'nothing runs on');
  assert.equal(readlinkSync(third.file(HOME)), STATIC);
  assert.deepEqual(readdirSync(third.file(STATIC)), []);
  assert.deepEqual(readdirSync(third.file('/var/lib/kubelet')), [], 'config.yaml and instance-config.yaml are gone');
  assert.ok(existsSync(third.file('/var/lib/kcfg/1/plan.json')));
  const members = await at(0).run(['kubectl', '--kubeconfig', '/etc/kubernetes/admin.conf', 'get', 'pods', '-n', 'kube-system', '-l', 'component=etcd', '-o', 'name']);
  assert.equal(members.code, 0, members.stderr);

  await lab.rejoin(third);
  const { failed } = await poll.stop();
  assert.equal(failed, 0, 'the API server of another control plane serves meanwhile');
  await assertAt(third, HOME, { pinned: 0 }, 'after the new join');
  await third.reboot('hard');
  await assertAt(third, HOME, { pinned: 0 }, 'after the new join and a boot');
});
