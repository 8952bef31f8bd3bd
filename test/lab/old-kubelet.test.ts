/** An old kubelet, 1.30: the move loses no request, and the path is kept by a drop-in, for kubeadm knows no instance-config.yaml yet. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { adopt, keptThroughKubeadm } from './adopt.ts';
import { identities } from './held.ts';
import { assertAt, restartKubelet } from './kubeadm.ts';
import { STATIC } from './moves.ts';
import { openLab, type Lab, type LabNode } from './node.ts';

let lab: Lab;
let cp: LabNode;
before(async () => {
  lab = await openLab({ kubernetes: 'v1.30.4' });
  cp = await lab.controlPlane('cp1', { kcfg: true });
}, { timeout: 300_000 });
after(() => lab.close());

test('kubelet 1.30.4: no request fails, no container restarts, and the drop-in keeps the path when kubeadm writes config.yaml anew', { timeout: 600_000 }, async (t) => {
  const { sent, failed, outages, containers, same, persistence } = await adopt(cp);
  t.diagnostic(`${sent} requests, ${failed} failed`);
  assert.equal(failed, 0, JSON.stringify(outages));
  assert.ok(sent > 20, 'the poller was at work');
  assert.deepEqual([containers, same, persistence], [4, 4, 'drop-in 99-kcfg.conf']);
  await assertAt(cp, STATIC, { pinned: 4 }, 'after the move');
  const moved = await identities(cp);
  await restartKubelet(cp);
  await assertAt(cp, STATIC, { pinned: 4 }, 'after a restart of the kubelet');
  assert.deepEqual(await identities(cp), moved);
  // the whole upgrade takes minutes: long/versions.test.ts
  await keptThroughKubeadm(cp, false);
});
