/**
 * What a change of each field disturbs. A field that is not here costs a restart of the kubelet and no more, and there
 * is nothing to say about it. Lines are of 1.37.2 below pkg/kubelet, and hold in 1.30.14 too where nothing else is said.
 */
import type { Rule } from './change.ts';
import * as limits from './limits.ts';
import * as managers from './resource-managers.ts';
import { AGREEMENTS } from './agreements.ts';

/** kubelet.go:2165-2178: a running pod whose cgroup is not where the kubelet looks is killed and made anew. */
const cgroups = (why: string): Rule => ({ class: 'drain', why });

/** Same socket under another name: only the spelling changes. */
const socket = (value: unknown): string => String(value ?? '').replace(/^unix:\/\//, '').replace(/^\/var\/run\//, '/run/');

const containerRuntimeEndpoint: Rule = ({ from, to }) =>
  socket(from) === socket(to)
    ? { class: 'restart' }
    : { class: 'drain', why: 'another runtime knows none of the containers: each pod is started there once more' };

/** kubelet.go:1094 and 3529: without it the node has no ephemeral-storage, and pods that ask for some do not fit. */
const localStorageCapacityIsolation: Rule = ({ to }) =>
  to === false
    ? { class: 'containers', why: 'pods that ask for ephemeral-storage are rejected: the node no longer has any' }
    : { class: 'containers', why: 'pods over their limit of ephemeral-storage or of an emptyDir are evicted' };

/** The gate KubeletCgroupDriverFromCRI is on from 1.31; the runtime's answer then wins (cmd/kubelet/app/server.go:1465-1500). */
const cgroupDriver: Rule = ({ minor }) => {
  const asks = Number(minor.split('.')[1]) >= 31 ? '; a runtime that names its own driver wins, and then nothing changes' : '';
  return { class: 'drain', why: `all pods are made anew in other cgroups, and the runtime must change with it${asks}` };
};

export const RULES: Readonly<Record<string, Rule>> = {
  ...AGREEMENTS,

  maxPods: limits.maxPods,
  podsPerCore: limits.podsPerCore,
  evictionHard: limits.evictionHard,
  evictionSoft: limits.evictionSoft,
  mergeDefaultEvictionSettings: limits.mergeDefaultEvictionSettings,
  allowedUnsafeSysctls: limits.allowedUnsafeSysctls,
  enforceNodeAllocatable: limits.enforceNodeAllocatable,
  localStorageCapacityIsolation,

  cpuManagerPolicy: managers.cpuManagerPolicy,
  cpuManagerPolicyOptions: managers.cpuManagerPolicyOptions,
  memoryManagerPolicy: managers.memoryManagerPolicy,
  reservedMemory: managers.reservedMemory,
  reservedSystemCPUs: managers.reservedSystemCPUs,
  kubeReserved: managers.reservations,
  systemReserved: managers.reservations,
  topologyManagerPolicy: managers.topologyManager,
  topologyManagerPolicyOptions: managers.topologyManager,
  topologyManagerScope: managers.topologyManager,

  cgroupDriver,
  cgroupRoot: cgroups('all pods are made anew below another cgroup'),
  cgroupsPerQOS: cgroups('all pods are made anew in other cgroups'),
  /** cm/qos_container_manager_linux.go:410. */
  qosReserved: { class: 'containers', why: 'the memory of Burstable and BestEffort pods together is limited: what is over it is killed' },
  /** v1beta1/types.go: "Rolling back the flag requires a reboot". */
  systemCgroups: { class: 'restart', why: 'processes of the host move to that cgroup, and only a reboot takes them back', reboot: true },
  containerRuntimeEndpoint,
  /** userns/userns_manager.go:185-188 and 242: mappings on disk of another length are fatal. */
  'userNamespaces.idsPerPod': { class: 'drain', why: 'with a pod in a user namespace of another length the kubelet does not start' },
  enableControllerAttachDetach: { class: 'drain', why: 'attaching volumes passes from one side to the other, while pods use them' },
  featureGates: { class: 'containers', why: 'what a gate changes is its own affair, and can reach containers that run' },
  /** kubelet.go:380-398: the pods of the old place are gone from the kubelet's sources. */
  staticPodPath: { class: 'containers', why: 'static pods begin and end with their files; kcfg set staticPodPath moves them without a restart of containers' },
  staticPodURL: { class: 'containers', why: 'static pods from the old address stop, those from the new one start' },
  /** cmd/kubelet/app/server.go:1263@1.30.14; refused in 1.37.2 (validation.go: runOnce). */
  runOnce: { class: 'drain', why: 'the kubelet starts its pods once and exits; newer ones refuse to start' },

  // Read by nothing but validation: cmd/kubelet and pkg/kubelet of 1.30.14 and 1.37.2.
  iptablesMasqueradeBit: { class: 'none', why: 'the kubelet checks the number, and does nothing with it' },
  iptablesDropBit: { class: 'none', why: 'the kubelet checks the number, and does nothing with it' },
  /** Kept and never read in 1.28.15 (kubelet.go:525) and 1.30.14 (538), not even kept in 1.37.2: the runtime holds the connections. */
  streamingConnectionIdleTimeout: { class: 'none', why: 'the kubelet does nothing with it' },
  hairpinMode: { class: 'none', why: 'the kubelet checks the word, and does nothing with it: the network plugin decides' },
};

/**
 * Fields that are not changed in the restart that moves static pods: keeping those containers rests on the same node
 * name, the same cgroups, and on every pod being admitted again.
 */
export const UNSAFE_WITH_STATIC_POD_PATH: ReadonlySet<string> = new Set([
  'allowedUnsafeSysctls', 'cgroupDriver', 'cgroupRoot', 'cgroupsPerQOS', 'containerRuntimeEndpoint', 'cpuManagerPolicy',
  'cpuManagerPolicyOptions', 'enforceNodeAllocatable', 'evictionHard', 'evictionSoft', 'featureGates', 'kubeReserved',
  'localStorageCapacityIsolation', 'maxPods', 'memoryManagerPolicy', 'mergeDefaultEvictionSettings', 'podsPerCore',
  'qosReserved', 'reservedMemory', 'reservedSystemCPUs', 'runOnce', 'staticPodURL', 'staticPodURLHeader', 'systemCgroups',
  'systemReserved', 'topologyManagerPolicy', 'topologyManagerPolicyOptions', 'topologyManagerScope', 'userNamespaces',
  // without these kcfg cannot ask the restarted kubelet what it reads and runs
  'address', 'authentication', 'authorization', 'enableServer', 'enableDebuggingHandlers', 'healthzBindAddress', 'healthzPort', 'port',
]);

/** Whether a change of that path must wait for a restart of its own, when the same command moves static pods. */
export function unsafeWithStaticPodPath(path: string): boolean {
  return UNSAFE_WITH_STATIC_POD_PATH.has(/^\w+/.exec(path)?.[0] ?? '');
}
