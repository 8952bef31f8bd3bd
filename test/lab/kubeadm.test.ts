/**
 * kubeadm on a node whose static pods were moved. It has /etc/kubernetes/manifests built in and writes config.yaml anew at each
 * upgrade: with the bridge and the path kept beside config.yaml it works as before, without the bridge it does what kcfg had said.
 */
import assert from 'node:assert/strict';
import { lstatSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { identities, pathInFile, pathInForce } from './held.ts';
import { assertAt, restartKubelet, rewriteConfig, status, upgradeApply, upgradeNode, verifyForUpgrade } from './kubeadm.ts';
import { HOME, move, STATIC } from './moves.ts';
import { openLab, type Lab, type LabNode, type Run } from './node.ts';

const INSTANCE_CONFIG = '/var/lib/kubelet/instance-config.yaml';

let lab: Lab;
let cp: LabNode;
before(async () => {
  lab = await openLab();
  cp = await lab.controlPlane('cp1', { kcfg: true });
  await cp.save('fresh');
}, { timeout: 300_000 });
after(() => lab.close());

test('kubeadm upgrades a moved control plane through the link, and the path stays: through restarts of the kubelet and a boot', { timeout: 900_000 }, async (t) => {
  const { code, stderr } = await move(cp, STATIC);
  assert.equal(code, 0, stderr);
  await assertAt(cp, STATIC, { pinned: 4 }, 'after the move');

  const began = performance.now();
  const node = await upgradeNode(cp);
  t.diagnostic(`kubeadm upgrade node: ${((performance.now() - began) / 1000).toFixed(0)} s`);
  assert.equal(node.code, 0, node.stdout + node.stderr);
  await assertAt(cp, STATIC, { pinned: 0 }, 'after kubeadm upgrade node');
  const upgraded = await identities(cp);

  await restartKubelet(cp);
  await assertAt(cp, STATIC, { pinned: 0 }, 'after kubeadm upgrade node and a restart of the kubelet');
  assert.deepEqual(await identities(cp), upgraded, 'a restart of the kubelet restarts no container');

  const { stdout: version } = await cp.run(['kubeadm', 'version', '-o', 'short']);
  const apply = await upgradeApply(cp, version.trim());
  assert.equal(apply.code, 0, apply.stdout + apply.stderr);
  await restartKubelet(cp);
  await assertAt(cp, STATIC, { pinned: 0 }, 'after kubeadm upgrade apply and a restart of the kubelet');
  assert.deepEqual(await identities(cp), upgraded, 'the same version changes no manifest');

  await cp.reboot('hard');
  await assertAt(cp, STATIC, { pinned: 0 }, 'after a boot');
  assert.equal((await cp.run(['readlink', HOME])).stdout.trim(), STATIC);
});

const exits = ({ code, stdout, stderr }: Run, wanted: number): string => {
  assert.equal(code, wanted, stdout + stderr);
  return stdout;
};
const findings = async (node: LabNode): Promise<string[]> => (JSON.parse(exits(await node.run(['kcfg', 'verify', '--for', 'kubeadm-upgrade', '-o', 'json']), 3)) as { findings: { id: string }[] }).findings.map(({ id }) => id);
const kubeletProcess = async (): Promise<string> => exits(await cp.run(['systemctl', 'show', 'kubelet', '-p', 'MainPID', '--value']), 0).trim();

/** As a hand that cleans up would: kubeadm then puts its own path into config.yaml. */
async function undoneByKubeadm(): Promise<void> {
  writeFileSync(cp.file(INSTANCE_CONFIG), cp.read(INSTANCE_CONFIG).replace(/^staticPodPath:.*\n/m, ''));
  assert.deepEqual(await findings(cp), ['kubeadm-path']);
  exits(await rewriteConfig(cp), 0);
  assert.equal(pathInFile(cp), HOME);
  const told = await status(cp);
  assert.deepEqual(told.drift, [{ field: 'staticPodPath', file: HOME, running: STATIC }]);
}

/** The text of the path is in a pod's UID: at the same files by another name each is a new one. Returns those that run then. */
async function allNew(old: readonly string[]): Promise<string[]> {
  for (let look = 0; look < 240; look++) {
    const now = await identities(cp);
    if (now.length === 4 && now.every((one) => !old.includes(one))) break;
    await sleep(500);
  }
  await cp.ready();
  return identities(cp);
}

test('a path that kubeadm has put back is put right: before a restart of the kubelet without one, after it without a failed request', { timeout: 400_000 }, async () => {
  const containers = await identities(cp);
  const process = await kubeletProcess();
  await undoneByKubeadm();
  exits(await move(cp, STATIC), 0);
  await assertAt(cp, STATIC, { pinned: 0 }, 'put right before a restart');
  assert.equal(await kubeletProcess(), process);
  assert.deepEqual(await identities(cp), containers);

  await undoneByKubeadm();
  await restartKubelet(cp);
  const again = await allNew(containers);
  assert.equal(await pathInForce(cp), HOME, 'by the link');
  const poll = await cp.poll();
  exits(await move(cp, STATIC), 0);
  const { failed, outages } = await poll.stop();
  assert.equal(failed, 0, JSON.stringify(outages));
  assert.deepEqual(await identities(cp), again);
  await assertAt(cp, STATIC, { pinned: 4 }, 'put right after a restart');
});

test('without the bridge: kcfg warns of what kubeadm then does, and kubeadm does it', { timeout: 600_000 }, async () => {
  await cp.restore('fresh');
  const { plan } = JSON.parse(exits(await cp.run(['kcfg', 'set', 'staticPodPath', STATIC, '--no-bridge', '--dry-run', '-o', 'json']), 0)) as { plan: { warnings: { id: string; notes: string[] }[] } };
  const warning = plan.warnings.find(({ id }) => id === 'no-bridge') ?? assert.fail(JSON.stringify(plan.warnings));
  assert.match(warning.notes.join('\n'), /wait 5 min for pods that no kubelet starts, and give up\n.*writes config\.yaml anew with that path: the next restart of the kubelet goes back to what is there/);
  exits(await move(cp, STATIC, '--no-bridge'), 0);
  assert.ok(lstatSync(cp.file(HOME)).isDirectory());
  assert.deepEqual(await findings(cp), ['kubeadm-directory', 'kubeadm-path']);
  const containers = await identities(cp);

  // another content than before, and 15 s instead of 5 min
  mkdirSync(cp.file('/root/patches'));
  writeFileSync(cp.file('/root/patches/kube-apiserver.yaml'), 'metadata:\n  annotations: {lab: newer}\n');
  writeFileSync(cp.file('/root/upgrade.yaml'), 'apiVersion: kubeadm.k8s.io/v1beta4\nkind: UpgradeConfiguration\nnode:\n  skipPhases: [preflight, addon]\n  patches: {directory: /root/patches}\ntimeouts: {upgradeManifests: 15s}\n');
  const waits = await cp.run(['kubeadm', 'upgrade', 'node', '--config', '/root/upgrade.yaml'], { timeout: 300_000 });
  assert.notEqual(waits.code, 0);
  assert.match(waits.stdout + waits.stderr, /static Pod hash for component kube-apiserver on Node cp1 did not change after 15s/);
  assert.deepEqual(await identities(cp), containers, 'nobody starts what it wrote');

  // the same content as before: it skips them, and says that all went well
  const upgrade = async (): Promise<void> => {
    assert.match(exits(await upgradeNode(cp), 0), /successfully upgraded/);
    assert.equal(pathInFile(cp), HOME);
    assert.deepEqual((await status(cp)).drift, [{ field: 'staticPodPath', file: HOME, running: STATIC }]);
  };
  await upgrade();
  await restartKubelet(cp);
  await cp.ready();
  assert.equal(await pathInForce(cp), HOME);
  assert.deepEqual(await identities(cp), containers, 'home again: the old bytes have the old UIDs');
  exits(await verifyForUpgrade(cp), 0);

  // and what the warning proposes, before the restart
  rmSync(cp.file(STATIC), { recursive: true });
  exits(await move(cp, STATIC, '--no-bridge'), 0);
  await upgrade();
  const process = await kubeletProcess();
  exits(await move(cp, STATIC), 0);
  assert.equal(pathInFile(cp), STATIC);
  assert.equal(await kubeletProcess(), process);
  await restartKubelet(cp);
  await cp.ready();
  assert.equal(await pathInForce(cp), STATIC);
  assert.deepEqual(await identities(cp), containers);
});
