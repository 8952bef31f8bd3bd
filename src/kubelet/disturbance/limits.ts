/** How many pods and how full a node may be: a stricter limit than before reaches pods that run. Lines: kubelet 1.37.2. */
import { record, type Change, type Disturbance } from './change.ts';
import { differingKeys, growingKeys, mayGrow, missingItems } from './compare-values.ts';
import { reservations } from './resource-managers.ts';

/** pkg/kubelet/kubelet.go:2919-2931: pods that run are admitted anew, also against the number of pods. */
const FEWER_PODS: Disturbance = {
  class: 'containers',
  why: 'if more pods run than that, the kubelet rejects the ones that came last, and they stop',
};

export function maxPods({ from, to }: Change): Disturbance {
  return mayGrow(to, from) ? FEWER_PODS : { class: 'restart' };
}

/** 0 is no limit (nodestatus/setters.go:236). */
export function podsPerCore({ from, to }: Change): Disturbance {
  const unlimited = (value: unknown): boolean => (value ?? 0) === 0;
  return unlimited(to) || (!unlimited(from) && !mayGrow(to, from)) ? { class: 'restart' } : FEWER_PODS;
}

/** A higher threshold is met earlier; and hard ones for memory and disk are taken off what pods may use (node_container_manager_linux.go:295). */
export function evictionHard(change: Change): Disturbance {
  const grown = growingKeys(change);
  if (differingKeys(change).includes('memory.available') && record(change.config)['memoryManagerPolicy'] === 'Static')
    return reservations({ ...change, from: { memory: record(change.from)['memory.available'] }, to: { memory: record(change.to)['memory.available'] } });
  if (grown.length === 0) return { class: 'restart' };
  return { class: 'containers', why: 'a node below the new threshold evicts pods at once, and less is left for all of them' };
}

export function evictionSoft(change: Change): Disturbance {
  if (growingKeys(change).length === 0) return { class: 'restart' };
  return { class: 'containers', why: 'a node below the new threshold evicts pods when the grace period is over' };
}

/** Defaults join the thresholds that are set (v1beta1/types.go: mergeDefaultEvictionSettings). */
export function mergeDefaultEvictionSettings({ to }: Change): Disturbance {
  if (to !== true) return { class: 'restart' };
  return { class: 'containers', why: 'default thresholds join those that are set, and can evict pods' };
}

/** Sysctls are judged at admission (kubelet.go:1120-1124), and each pod is admitted anew. */
export function allowedUnsafeSysctls({ from, to }: Change): Disturbance {
  if (missingItems(from, to).length === 0) return { class: 'restart' };
  return { class: 'containers', why: 'pods that use a sysctl which is no longer allowed are rejected' };
}

/** cm/node_container_manager_linux.go:69-160: limits are written to cgroups when the kubelet starts, and a missing one is fatal. */
export function enforceNodeAllocatable({ from, to }: Change): Disturbance {
  if (missingItems(to, from).length === 0 || missingItems(to, ['none']).length === 0) return { class: 'restart' };
  return { class: 'containers', why: 'limits are put on cgroups in use: what is over its memory limit is killed' };
}
