/**
 * A `kubeadm upgrade` that fails after a move: kubeadm puts the old manifests back, with the pins that the running kubelet saw
 * go a minute before. All four have to be up again in the end, and the next move and the next upgrade have to work.
 */
import assert from 'node:assert/strict';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { assertAt, pinnedIn, restartKubelet, upgradeNode } from '../kubeadm.ts';
import { move, STATIC } from '../moves.ts';
import { openLab, type Lab, type LabNode } from '../node.ts';

const PATCHES = '/root/patches';
/** kubeadm waits 5 min for a pod; the API server's own end takes a minute of these. */
const CONFIG = `apiVersion: kubeadm.k8s.io/v1beta4
kind: UpgradeConfiguration
node:
  skipPhases: [preflight, addon]
  patches: {directory: ${PATCHES}}
timeouts: {upgradeManifests: 2m0s}
`;

let lab: Lab;
let cp: LabNode;
before(async () => {
  lab = await openLab();
  cp = await lab.controlPlane('cp1', { kcfg: true });
  const { code, stderr } = await move(cp, STATIC);
  assert.equal(code, 0, stderr);
  writeFileSync(cp.file('/root/upgrade.yaml'), CONFIG);
  await cp.save('moved');
}, { timeout: 300_000 });
after(() => lab.close());

/** Each component's upgrade follows those of the components before it. */
for (const component of ['kube-scheduler', 'kube-apiserver', 'etcd']) {
  test(`${component} gets an image that is not there: kubeadm puts the pinned manifests back, and all four run`, { timeout: 900_000 }, async (t) => {
    await cp.restore('moved');
    rmSync(cp.file(PATCHES), { recursive: true, force: true });
    mkdirSync(cp.file(PATCHES));
    writeFileSync(cp.file(`${PATCHES}/${component}.yaml`), `spec:\n  containers:\n  - name: ${component}\n    image: registry.k8s.io/${component}:none\n`);
    const { code, stdout, stderr } = await cp.run(['kubeadm', 'upgrade', 'node', '--config', '/root/upgrade.yaml'], { timeout: 800_000 });
    assert.notEqual(code, 0, stdout);
    assert.match(stdout + stderr, /tried to recover everything into the earlier state/);
    const pinned = await pinnedIn(cp, STATIC);
    t.diagnostic(`pinned after kubeadm's roll-back: ${pinned.join(', ')}`);
    assert.ok(pinned.includes(`${component}.yaml`), 'the manifest that is back has its pin');
    await cp.ready('ready', 240_000);
    await assertAt(cp, STATIC, { pinned: pinned.length }, 'after the roll-back');
    await restartKubelet(cp);
    await assertAt(cp, STATIC, { pinned: pinned.length }, 'after the roll-back and a restart of the kubelet');

    rmSync(cp.file(PATCHES), { recursive: true });
    const again = await upgradeNode(cp);
    assert.equal(again.code, 0, again.stdout + again.stderr);
    await assertAt(cp, STATIC, { pinned: 0 }, 'after the upgrade that worked');
  });
}
