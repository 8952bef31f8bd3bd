/** From one minor to the next after a move, in the order of kubeadm's guide: goes through, the pins are gone, the path is kept. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { adopt } from '../adopt.ts';
import { assertAt, upgradeApply, verifyForUpgrade } from '../kubeadm.ts';
import { STATIC } from '../moves.ts';
import { openLab, type Lab, type LabNode } from '../node.ts';

const [FROM, TO] = ['v1.36.3', 'v1.37.2'];

let lab: Lab;
let cp: LabNode;
before(async () => {
  lab = await openLab({ kubernetes: FROM });
  cp = await lab.controlPlane('cp1', { kcfg: true });
}, { timeout: 3_600_000 });
after(() => lab.close());

test(`${FROM} to ${TO} after a move`, { timeout: 1_200_000 }, async (t) => {
  const { failed, same, outages } = await adopt(cp);
  assert.equal(failed, 0, JSON.stringify(outages));
  assert.equal(same, 4);
  await assertAt(cp, STATIC, { pinned: 4 }, 'after the move');

  await cp.upgrade(TO, 'kubeadm');
  const before = await verifyForUpgrade(cp);
  assert.equal(before.code, 0, before.stdout + before.stderr);
  const began = performance.now();
  const { code, stdout, stderr } = await upgradeApply(cp, TO);
  t.diagnostic(`kubeadm upgrade apply ${TO}: ${((performance.now() - began) / 1000).toFixed(0)} s`);
  assert.equal(code, 0, stdout + stderr);
  await assertAt(cp, STATIC, { pinned: 0 }, 'after kubeadm upgrade apply');

  await cp.upgrade(TO, 'kubelet', 'kubectl');
  await cp.run(['systemctl', 'restart', 'kubelet']);
  await assertAt(cp, STATIC, { pinned: 0 }, 'with the new kubelet');
  const version = await cp.kubectl('get', 'node', 'cp1', '-o', 'jsonpath={.status.nodeInfo.kubeletVersion}');
  assert.equal(version.stdout, TO);
  const { stdout: images } = await cp.kubectl('get', 'pods', '-n', 'kube-system', '-l', 'tier=control-plane', '-o', 'jsonpath={.items[*].spec.containers[*].image}');
  assert.equal(images.split(' ').filter((image) => image.endsWith(`:${TO}`)).length, 3, images);
  await cp.reboot('hard');
  await assertAt(cp, STATIC, { pinned: 0 }, 'after a boot');
});
