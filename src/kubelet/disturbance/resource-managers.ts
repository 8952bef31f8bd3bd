/**
 * The managers of CPU, memory and topology. Each remembers in a state file what containers were given, and refuses to
 * start on a file of another policy or one that contradicts the reservations; then the kubelet exits
 * (kubelet.go:1850@1.37.2, 1556@1.30.14). Lines are of 1.37.2 below pkg/kubelet/cm; 1.30.14 does the same.
 */
import { record, type Change, type Disturbance } from './change.ts';
import { differingKeys, growingKeys } from './compare-values.ts';

/** cpumanager/cpu_manager.go and memorymanager/memory_manager.go: the constants of their names. */
const CPU_STATE = ['cpu_manager_state'] as const;
const MEMORY_STATE = ['memory_manager_state'] as const;

const lower = (value: unknown): string => String(value ?? '').toLowerCase();
const staticCpus = (change: Change): boolean => lower(change.config?.['cpuManagerPolicy']) === 'static';
const staticMemory = (change: Change): boolean => lower(change.config?.['memoryManagerPolicy']) === 'static';

/** cpumanager/state/state_checkpoint.go:133: a policy that is not the file's is fatal. */
export const cpuManagerPolicy: Disturbance = {
  class: 'drain',
  why: 'each pod is admitted anew, and one that no longer fits is stopped',
  stateFiles: CPU_STATE,
};

/** strict-cpu-reservation decides whether reserved CPUs may stand in the file (policy_static.go:231-238); others act on new containers and at admission (425, 527). */
export function cpuManagerPolicyOptions(change: Change): Disturbance {
  if (differingKeys(change).includes('strict-cpu-reservation'))
    return { class: 'drain', why: 'the state of the static policy holds reserved CPUs or does not, and must fit', stateFiles: CPU_STATE };
  return { class: 'containers', why: 'each pod is admitted anew, and one whose CPUs do not fit the options can be rejected' };
}

/** memorymanager/state/state_checkpoint.go:94. */
export const memoryManagerPolicy: Disturbance = {
  class: 'drain',
  why: 'each pod is admitted anew, and one that no longer fits is stopped',
  stateFiles: MEMORY_STATE,
};

/** memorymanager/policy_static.go:1077; the policy None never looks at it (memory_manager.go:154). */
export function reservedMemory(change: Change): Disturbance {
  if (change.config !== undefined && !staticMemory(change)) return { class: 'restart', why: 'only the policy Static reads it' };
  return { class: 'drain', why: 'the state of the policy Static was computed with the old reservation', stateFiles: MEMORY_STATE };
}

/** topologymanager has no state file, but admits each pod anew (topology_manager.go:273). */
export const topologyManager: Disturbance = {
  class: 'containers',
  why: 'each pod is admitted anew, and one that is not aligned as the policy demands is rejected',
};

/** cpumanager/policy_static.go:236: a CPU that is now reserved and belongs to a container stops the kubelet. */
export function reservedSystemCPUs(change: Change): Disturbance {
  if (change.config !== undefined && !staticCpus(change)) return reservations(change);
  return { class: 'drain', why: 'a CPU that is reserved while a container has it for itself keeps the kubelet from starting', stateFiles: CPU_STATE };
}

/**
 * kubeReserved and systemReserved. More of them is less for pods: at its start the kubelet admits each pod anew
 * (kubelet.go:2923@1.37.2) and rejects what no longer fits; critical pods take the room of others (preemption.go:66).
 */
export function reservations(change: Change): Disturbance {
  const keys = typeof change.from === 'object' || typeof change.to === 'object' ? differingKeys(change) : ['cpu'];
  const growing = typeof change.from === 'object' || typeof change.to === 'object' ? growingKeys(change) : ['cpu'];
  if (staticMemory(change) && keys.some((key) => key === 'memory' || key.startsWith('hugepages-')))
    return { class: 'drain', why: 'under the memory policy Static reservedMemory must be changed by the same amount, and the state file fits neither', stateFiles: MEMORY_STATE };
  // reservedSystemCPUs replaces the cpu of both (cmd/kubelet/app/server.go:869-880@1.37.2).
  if (keys.includes('cpu') && staticCpus(change) && !record(change.config)['reservedSystemCPUs'])
    return { class: 'drain', why: 'the static CPU policy reserves other CPUs, and one that a container has for itself keeps the kubelet from starting', stateFiles: CPU_STATE };
  if (growing.length === 0) return { class: 'restart' };
  return { class: 'containers', why: 'less is left for pods: those that no longer fit are rejected and stopped' };
}
