/** Lines: pkg/kubelet/cm of 1.37.2, and validation.go of apis/config. */
import type { ValueWords, WordsOfTopic } from '../words.ts';

/** cmd/kubelet/app/server.go: parseResourceList. */
const RESOURCES: readonly ValueWords[] = [
  ['cpu', 'CPUs: 500m, 1'],
  ['memory', 'bytes: 1Gi'],
  ['ephemeral-storage', 'bytes on the local disk: 1Gi'],
  ['pid', 'process IDs: 1000'],
];

export const WORDS: WordsOfTopic = {
  kubeReserved: {
    does: 'What is kept from pods for the kubelet and the container runtime. Pods have the rest of the node, less systemReserved and evictionHard.',
    values: RESOURCES,
    needs: 'in a file each amount in quotes. With memoryManagerPolicy=Static: reservedMemory must change by the same amount',
    example: 'kubeReserved.cpu=200m kubeReserved.memory=500Mi',
  },
  systemReserved: {
    does: 'What is kept from pods for the operating system: sshd, journald and the like.',
    values: RESOURCES,
    needs: 'in a file each amount in quotes. With memoryManagerPolicy=Static: reservedMemory must change by the same amount',
    example: 'systemReserved.cpu=200m systemReserved.memory=500Mi',
  },
  enforceNodeAllocatable: {
    does: 'On whom reservations are enforced, by limits on cgroups.',
    values: [
      ['pods', 'all pods together get no more than what is not reserved'],
      ['kube-reserved', 'kubelet and runtime no more than kubeReserved'],
      ['system-reserved', 'the operating system no more than systemReserved'],
      ['kube-reserved-compressible', 'the same, CPU only', '1.32'],
      ['system-reserved-compressible', 'the same, CPU only', '1.32'],
      ['none', 'nobody; stands alone'],
    ],
    needs: 'kubeReservedCgroup or systemReservedCgroup for theirs, and cgroupsPerQOS=true for all but none',
    example: "enforceNodeAllocatable='[pods]'",
  },
  kubeReservedCgroup: {
    does: 'The cgroup on which kubeReserved is enforced, as an absolute name.',
    needs: 'a cgroup that exists before the kubelet starts, and kube-reserved in enforceNodeAllocatable; not together with reservedSystemCPUs',
  },
  systemReservedCgroup: {
    does: 'The cgroup on which systemReserved is enforced, as an absolute name.',
    needs: 'a cgroup that exists before the kubelet starts, and system-reserved in enforceNodeAllocatable; not together with reservedSystemCPUs',
  },
  cgroupDriver: {
    does: 'Who makes the cgroups of pods. A runtime that names its driver is followed by default from 1.31, and this field is then ignored.',
    values: [
      ['systemd', 'systemd; the one to use where systemd runs the machine'],
      ['cgroupfs', 'the kubelet, through the filesystem'],
    ],
    needs: 'the same driver in the container runtime',
    example: 'cgroupDriver=systemd',
  },
  cgroupsPerQOS: {
    does: 'Decides whether pods have cgroups by class: Burstable and BestEffort below one of their own each.',
    needs: 'false: enforceNodeAllocatable=[none], or the kubelet does not start',
  },
  cgroupRoot: { does: 'The cgroup below which all pods are put. Empty is the root.' },
  failCgroupV1: {
    // v1beta1/defaults.go:291: true from 1.35
    does: 'Decides what the kubelet does on a machine with cgroup v1.',
    values: [
      ['true', 'it does not start; the default from 1.35'],
      ['false', 'it starts'],
    ],
    example: 'failCgroupV1=false',
  },
  oomScoreAdj: {
    does: 'How willing the kernel is to kill the kubelet when memory runs out: -1000 never, 1000 first.',
    needs: '-1000 to 1000',
  },
  maxOpenFiles: { does: 'How many files the kubelet itself can have open.', example: 'maxOpenFiles=1000000' },
};
