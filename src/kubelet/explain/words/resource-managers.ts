/** Lines: pkg/kubelet/cm of 1.37.2; older options from 1.28.15 and 1.30.14. */
import type { WordsOfTopic } from '../words.ts';

export const WORDS: WordsOfTopic = {
  cpuManagerPolicy: {
    does: 'Decides whether containers can have CPUs of their own.',
    values: [
      ['none', 'all containers share all CPUs'],
      ['static', 'a container of a Guaranteed pod that asks for whole CPUs gets them for itself'],
    ],
    // cpumanager/cpu_manager.go:197-209
    needs: 'static: CPU reserved by reservedSystemCPUs, or by a cpu above 0 in systemReserved or kubeReserved; without it the kubelet stops',
    since: 'stable since 1.26',
    example: 'cpuManagerPolicy=static reservedSystemCPUs=0',
  },
  cpuManagerPolicyOptions: {
    does: 'Finer rules for the policy static. Each value is true or false, in quotes.',
    // cpumanager/policy_options.go
    values: [
      ['full-pcpus-only', 'only whole cores are given away, or the pod is rejected'],
      ['distribute-cpus-across-numa', 'CPUs come evenly from all NUMA nodes that are needed'],
      ['align-by-socket', 'CPUs are kept within one socket rather than one NUMA node'],
      ['distribute-cpus-across-cores', 'CPUs come from different cores, where there are any', '1.31'],
      ['strict-cpu-reservation', 'reserved CPUs are for the system alone, not for shared use', '1.32'],
      ['prefer-align-cpus-by-uncorecache', 'CPUs that share a last-level cache come first', '1.32'],
    ],
    needs: 'cpuManagerPolicy=static; CPUManagerPolicyAlphaOptions for options that are alpha in this version, and CPUManagerPolicyBetaOptions for beta',
    example: "cpuManagerPolicyOptions='{full-pcpus-only: \"true\"}'",
  },
  cpuManagerReconcilePeriod: {
    does: 'How often the policy static compares the CPUs that containers have with those they were given.',
    needs: 'cpuManagerPolicy=static, or it has no effect',
  },
  reservedSystemCPUs: {
    // cmd/kubelet/app/server.go:869-880
    does: 'The CPUs for the operating system and the kubelet, by number: 0-1,8. It replaces the cpu of kubeReserved and systemReserved.',
    needs: 'no kubeReservedCgroup and no systemReservedCgroup, or the kubelet does not start',
    example: 'reservedSystemCPUs=0-1',
  },
  memoryManagerPolicy: {
    does: 'Decides whether Guaranteed pods get their memory from as few NUMA nodes as possible.',
    values: [
      ['None', 'memory comes from anywhere'],
      ['Static', 'it comes from few NUMA nodes, with huge pages too'],
    ],
    // memorymanager/memory_manager.go:157-165, 433-468
    needs: 'Static: reservedMemory, which adds up to kubeReserved, systemReserved and the memory of evictionHard; without it the kubelet stops',
    since: 'stable since 1.32',
  },
  reservedMemory: {
    does: 'How the reserved memory is spread over NUMA nodes, for memoryManagerPolicy=Static.',
    needs: 'a total for memory equal to that of kubeReserved, systemReserved and evictionHard memory.available, each NUMA node and kind once, no 0',
  },
  topologyManagerPolicy: {
    does: 'What happens to a pod whose CPUs, memory and devices do not come from the same NUMA node.',
    values: [
      ['none', 'nothing: nobody looks'],
      ['best-effort', 'the best placement is chosen, and each pod is admitted'],
      ['restricted', 'a pod without the best placement is rejected'],
      ['single-numa-node', 'a pod that does not fit into one NUMA node is rejected'],
    ],
    needs: 'cpuManagerPolicy=static for CPUs and memoryManagerPolicy=Static for memory to count',
    since: 'stable since 1.27',
    example: 'topologyManagerPolicy=best-effort',
  },
  topologyManagerScope: {
    does: 'What is placed as one.',
    values: [
      ['container', 'each container for itself'],
      ['pod', 'all containers of a pod together'],
    ],
    needs: 'a topologyManagerPolicy other than none, or it has no effect',
    example: 'topologyManagerScope=pod',
  },
  topologyManagerPolicyOptions: {
    does: 'Finer rules for the topology policy. Each value is in quotes.',
    // topologymanager/policy_options.go
    values: [
      ['prefer-closest-numa-nodes', 'true: NUMA nodes that are close to each other come first'],
      ['max-allowable-numa-nodes', 'a number of at least 8: with more NUMA nodes the kubelet does not start', '1.31'],
    ],
    example: "topologyManagerPolicyOptions='{prefer-closest-numa-nodes: \"true\"}'",
  },
};
