/** Lines: pkg/kubelet of 1.37.2, and validation.go of its apis/config. */
import type { WordsOfTopic } from '../words.ts';

export const WORDS: WordsOfTopic = {
  maxPods: {
    // nodestatus/setters.go:226-241
    does: 'How many pods the node takes, static pods and those on the host network included. The scheduler reads it from the node.',
    needs: 'an address for each pod: a pod range of /24 for the node has 254',
    example: 'maxPods=150',
  },
  podsPerCore: {
    does: 'How many pods the node takes for each CPU; maxPods stays the upper limit. 0 is no such limit, and the first one lowers it.',
    example: 'podsPerCore=10',
  },
  podPidsLimit: {
    // cm/pod_container_manager_linux.go:92
    does: 'How many processes and threads one pod can have. -1 leaves all that the node has for pods.',
    example: 'podPidsLimit=4096',
  },
  cpuCFSQuota: {
    does: 'Decides whether CPU limits of containers are enforced.',
    values: [
      ['true', 'a container that has used up its limit waits for the next period'],
      ['false', 'CPU limits have no effect; requests still decide who gets how much'],
    ],
    example: 'cpuCFSQuota=false',
  },
  cpuCFSQuotaPeriod: {
    does: 'The length of the period for which CPU limits are counted. Shorter periods mean shorter waits, and more work for the kernel.',
    needs: '1ms to 1s; a value other than 100ms needs the gate CustomCPUCFSQuotaPeriod',
    example: 'cpuCFSQuotaPeriod=50ms',
  },
  failSwapOn: {
    does: 'Decides what the kubelet does on a machine with swap in use.',
    values: [
      ['true', 'it does not start'],
      ['false', 'it starts; what pods may use of the swap is decided by memorySwap'],
    ],
    example: 'failSwapOn=false',
  },
  memorySwap: {
    does: 'What pods may use of the swap of the node.',
    needs: 'failSwapOn=false, or the kubelet does not start where swap is in use',
    example: 'failSwapOn=false memorySwap.swapBehavior=LimitedSwap',
  },
  'memorySwap.swapBehavior': {
    does: 'What pods may use of the swap of the node.',
    // validation.go of 1.28.15:184-190 and 1.30.14:195-198; kuberuntime_container_linux.go: GetContainerSwapBehavior
    values: [
      ['NoSwap', 'no pod uses swap', '1.30'],
      ['LimitedSwap', 'containers of Burstable pods, in proportion to the memory they ask for'],
      ['UnlimitedSwap', 'as much as the machine gives', '1.28', '1.29'],
    ],
    needs: 'LimitedSwap: cgroup v2, and failSwapOn=false',
    example: 'failSwapOn=false memorySwap.swapBehavior=LimitedSwap',
  },
  singleProcessOOMKill: {
    // kubelet.go:776-788
    does: 'What the kernel kills when a container is over its memory limit.',
    values: [
      ['false', 'all processes of the container, together'],
      ['true', 'one process; the container lives on without it'],
    ],
    needs: 'false: cgroup v2. Unset, it is false there, and true with cgroup v1',
    example: 'singleProcessOOMKill=true',
  },
  crashLoopBackOff: { does: 'How long the kubelet waits before it starts a container again that keeps ending.', example: 'crashLoopBackOff.maxContainerRestartPeriod=1m' },
  'crashLoopBackOff.maxContainerRestartPeriod': {
    // kubelet.go:351-369
    does: 'The longest time between two starts of a container that keeps ending.',
    needs: '1s to 5m',
    example: 'crashLoopBackOff.maxContainerRestartPeriod=1m',
  },
  localStorageCapacityIsolation: {
    does: 'Decides whether the node counts local disk space: requests and limits of ephemeral-storage, and the size limit of an emptyDir.',
    values: [
      ['true', 'a pod over its limit is evicted'],
      ['false', 'the node has no ephemeral-storage; for machines whose root filesystem cannot be measured'],
    ],
    example: 'localStorageCapacityIsolation=false',
  },
  userNamespaces: { does: 'How pods get user IDs of their own (hostUsers: false).', example: 'userNamespaces.idsPerPod=65536' },
  'userNamespaces.idsPerPod': {
    // apis/config/validation/validation_linux.go:43-55
    does: 'How many user and group IDs each pod with a user namespace gets.',
    needs: 'a multiple of 65536; where IDs are set aside for the user kubelet in /etc/subuid and /etc/subgid, enough of them for maxPods pods',
    example: 'userNamespaces.idsPerPod=131072',
  },
  syncFrequency: {
    does: 'How long at most until the kubelet looks at a pod again when nothing has happened to it. Volumes of ConfigMaps and Secrets are renewed then.',
    example: 'syncFrequency=1m',
  },
  configMapAndSecretChangeDetectionStrategy: {
    does: 'How the kubelet learns that a ConfigMap or Secret in use has changed.',
    values: [
      ['Watch', 'the API server tells it'],
      ['Cache', 'it asks again when its copy is too old'],
      ['Get', 'it asks each time it looks at the pod'],
    ],
    example: 'configMapAndSecretChangeDetectionStrategy=Watch',
  },
  volumePluginDir: { does: 'The directory of FlexVolume drivers, which are programs. CSI drivers have nothing to do with it.' },
  volumeStatsAggPeriod: { does: 'How often the disk use of the volumes of all pods is measured.', example: 'volumeStatsAggPeriod=1m' },
  enableControllerAttachDetach: {
    does: 'Decides who attaches volumes to this node.',
    values: [
      ['true', 'a controller of the control plane'],
      ['false', 'the kubelet; it cannot do so for CSI volumes'],
    ],
  },
  runOnce: {
    does: 'Makes the kubelet start its pods once and exit.',
    needs: 'false: the mode is deprecated, and kubelet 1.37 does not start with true',
  },
};
