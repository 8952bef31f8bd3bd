/** One move of staticPodPath on a kubelet of some version, as docs/versions.md has it: what a poller saw, what stayed, what keeps the path. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { PROVEN_MINORS } from '../../src/plan/versions.ts';
import { identities } from './held.ts';
import { assertAt, restartKubelet, rewriteConfig, upgradeNode } from './kubeadm.ts';
import { move, STATIC } from './moves.ts';
import type { LabNode } from './node.ts';

export interface Adopted {
  sent: number;
  failed: number;
  outages: { start: number; length: number }[];
  containers: number;
  /** Of those, the same ones afterwards, by ID and process. */
  same: number;
  persistence: string;
}

/** Where the path is kept beside config.yaml, found without kcfg. */
const PLACES: [file: string, words: string][] = [
  ['/var/lib/kubelet/instance-config.yaml', 'instance-config.yaml'],
  ['/etc/kubernetes/kubelet.conf.d/99-kcfg.conf', 'drop-in 99-kcfg.conf'],
];

export async function adopt(cp: LabNode): Promise<Adopted> {
  const { stdout } = await cp.run(['kubelet', '--version']);
  const proven = PROVEN_MINORS.includes(/v(\d+\.\d+)\./.exec(stdout)?.[1] ?? '');
  const before = await identities(cp);
  const poll = await cp.poll();
  const { code, stderr } = await move(cp, STATIC, ...(proven ? [] : ['--force', 'unproven-version']));
  const { sent, failed, outages } = await poll.stop();
  assert.equal(code, 0, stderr);
  const after = await identities(cp);
  const kept = PLACES.filter(([file]) => existsSync(cp.file(file)) && cp.read(file).includes(`staticPodPath: ${STATIC}`));
  return { sent, failed, outages, containers: before.length, same: before.filter((one) => after.includes(one)).length, persistence: kept.map(([, words]) => words).join(', ') || 'none' };
}

/** kubeadm writes config.yaml anew, and `whole` all manifests; the path stays, and the next kubelet has it too. Returns its seconds. */
export async function keptThroughKubeadm(cp: LabNode, whole: boolean): Promise<number> {
  const pinned = whole ? 0 : 4;
  const began = performance.now();
  const { code, stdout, stderr } = await (whole ? upgradeNode(cp) : rewriteConfig(cp));
  const seconds = (performance.now() - began) / 1000;
  assert.equal(code, 0, stdout + stderr);
  await assertAt(cp, STATIC, { pinned }, 'after kubeadm upgrade node');
  const upgraded = await identities(cp);
  await restartKubelet(cp);
  await assertAt(cp, STATIC, { pinned }, 'after kubeadm upgrade node and a restart of the kubelet');
  assert.deepEqual(await identities(cp), upgraded, 'a restart of the kubelet restarts no container');
  return seconds;
}
