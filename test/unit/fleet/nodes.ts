/** Answers of nodes as `kcfg.node.info` returns them. */
import type { PlanDocument, StatusDocument } from '../../../src/fleet/documents.ts';
import type { Answer } from '../../../src/fleet/fleet-plan.ts';

type Plan = NonNullable<PlanDocument['plan']>;
export const PLAN: Plan = { field: 'staticPodPath', from: '/etc/kubernetes/manifests', to: '/etc/kubernetes/static', strategy: 'adopt', disturbs: { kubeletRestart: true, kept: ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler'], recreated: [], pinned: ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler'] } };

export function answer(role: StatusDocument['role'] & string, status: Partial<StatusDocument> = {}, plan: PlanDocument = { plan: PLAN }): Answer {
  return { state: 'ok', result: { status: { role, kubelet: { version: '1.37.2' }, pods: role === 'worker' ? [] : [{ name: 'etcd', pinned: null, state: 'running' }], ...status }, plan } };
}
export const worker = (plan: PlanDocument = { plan: { ...PLAN, strategy: 'none', disturbs: { kubeletRestart: true } } }): Answer => answer('worker', {}, plan);
