/** What a user would compare before and after a change: the node's files, its containers, its kubelet. */
import assert from 'node:assert/strict';
import type { SandboxNode } from './node.ts';
import type { FileState, Snapshot } from './snapshot.ts';

/** kcfg's own: its records, and its boot unit. */
const OWN = /^\/var\/lib\/kcfg(\/|$)|\/kcfg-recover\.service$/;

/** Without kcfg's own files; `times: false`: of what lies there, not when it was put there. */
export function files(snapshot: Snapshot, { times = true } = {}): Snapshot {
  const kept = Object.entries(snapshot).filter(([path]) => !OWN.test(path));
  return Object.fromEntries(kept.map(([path, state]) => [path, of(state, times)]));
}

function of({ ino: _, mtimeNs, ...state }: FileState, times: boolean): FileState {
  return times && mtimeNs !== undefined ? { ...state, mtimeNs } : state;
}

/** Running containers: name, ID, process, start. */
export async function running(node: SandboxNode): Promise<{ name: string; id: string; pid: number; startedAt: number }[]> {
  return (await node.containers()).map(({ name, id, pid, startedAt }) => ({ name, id, pid, startedAt }));
}

export async function kubeletPid(node: SandboxNode): Promise<string> {
  return (await node.program('systemctl', ['show', '-p', 'MainPID', '--value', 'kubelet'])).stdout.trim();
}

/** Every static pod of a control plane runs. */
export const COMPONENTS = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler'];

/** Exit status, with the screen in the message when it is another one. */
export function exits(run: { code: number; stdout: string; stderr: string }, code: number): void {
  assert.equal(run.code, code, `${run.stdout}${run.stderr}`);
}
