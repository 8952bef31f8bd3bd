/**
 * kubeadm's own commands, as tests run them on a node whose static pods were moved, and what must hold there after each of
 * them. `preflight` asks for images that no node of the lab can pull, `addon` for kube-proxy and DNS, which it has not.
 */
import assert from 'node:assert/strict';
import { basename } from 'node:path';
import { pathInForce } from './held.ts';
import type { LabNode, Run } from './node.ts';

const SKIP = '--skip-phases=preflight,addon';
/** An upgrade of all four took 150-250 s on the lab. */
const PATIENCE = { timeout: 600_000 };

export async function upgradeNode(node: LabNode): Promise<Run> {
  const { stdout } = await node.run(['kubeadm', 'upgrade', 'node', '--help']);
  // 1.30 has no such phase here, and refuses its name
  return node.run(['kubeadm', 'upgrade', 'node', /^\s*\/?addon\b/m.test(stdout) ? SKIP : '--skip-phases=preflight'], PATIENCE);
}
/** The part of it that writes config.yaml anew, alone. */
export const rewriteConfig = (node: LabNode): Promise<Run> => node.run(['kubeadm', 'upgrade', 'node', 'phase', 'kubelet-config'], PATIENCE);
export const upgradeApply = (node: LabNode, version: string): Promise<Run> => node.run(['kubeadm', 'upgrade', 'apply', version, '--force', '--yes', SKIP], PATIENCE);

export async function restartKubelet(node: LabNode): Promise<void> {
  const { code, stderr } = await node.run(['systemctl', 'restart', 'kubelet']);
  assert.equal(code, 0, stderr);
}

export interface Status {
  staticPodPath: { value: string; running?: string };
  pods: { name: string; pinned: string | null; state: string; ready: boolean; manifest?: string }[];
  pending?: string;
  drift: unknown[];
  kubeadm?: { keeps: boolean; keptBy?: string; found: boolean; findings: { id: string }[] };
}
export async function status(node: LabNode): Promise<Status> {
  const { code, stdout, stderr } = await node.run(['kcfg', 'status', '-o', 'json']);
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout) as Status;
}

/** `kcfg verify --for kubeadm-upgrade`: 0, all goes well; 3, something was found. */
export const verifyForUpgrade = (node: LabNode): Promise<Run> => node.run(['kcfg', 'verify', '--for', 'kubeadm-upgrade']);

/** Manifests in that directory that carry a uid of their own, found without kcfg. In the node: the directory may be a link there. */
export async function pinnedIn(node: LabNode, directory: string): Promise<string[]> {
  const { stdout } = await node.run(['grep', '-rlE', '^  uid: ', `${directory}/`]);
  return stdout.split('\n').filter((path) => path !== '').map((path) => basename(path)).sort();
}

/** The control plane is up, the kubelet reads this path, and kcfg says of the node what the node is; `pinned` so many. */
export async function assertAt(node: LabNode, path: string, { pinned }: { pinned: number }, where: string): Promise<void> {
  await node.ready();
  assert.equal(await pathInForce(node), path, `${where}: the path in force`);
  const files = await pinnedIn(node, path);
  assert.equal(files.length, pinned, `${where}: ${files.join(', ')}`);
  const told = await status(node);
  assert.equal(told.staticPodPath.value, path, where);
  assert.equal(told.staticPodPath.running, path, where);
  assert.deepEqual(told.drift, [], where);
  assert.equal(told.pending, undefined, where);
  assert.deepEqual(
    told.pods.map(({ state, manifest, pinned: pin }) => [state, manifest, pin === 'kcfg']),
    told.pods.map(({ manifest }) => ['running', manifest, files.includes(manifest ?? '')]),
    where,
  );
  assert.equal(told.pods.length, 4, where);
  assert.ok(told.kubeadm?.keeps, `${where}: ${JSON.stringify(told.kubeadm)}`);
  const verified = await verifyForUpgrade(node);
  assert.equal(verified.code, 0, `${where}: ${verified.stdout}${verified.stderr}`);
}
