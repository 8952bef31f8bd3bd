/** What slips are made in: kubeadm's four manifests, and the kubelet's configuration. */
import { CONFIG, MANIFESTS, PODS } from './node.ts';

export const KUBELET = 'kubelet';
export const SUBJECTS: readonly string[] = [...PODS, KUBELET];

export function fileOf(subject: string): string {
  return subject === KUBELET ? CONFIG : `${MANIFESTS}/${subject}.yaml`;
}
