/** Lines: pkg/kubelet/eviction of 1.37.2. */
import type { ValueWords, WordsOfTopic } from '../words.ts';

/** api/types.go:30-56; those of containerfs are the kubelet's own. */
const SIGNALS: readonly ValueWords[] = [
  ['memory.available', 'memory that is not in use'],
  ['nodefs.available', "room on the filesystem of the kubelet's root directory"],
  ['nodefs.inodesFree', 'inodes there'],
  ['imagefs.available', 'room on the filesystem of the images'],
  ['imagefs.inodesFree', 'inodes there'],
  ['pid.available', 'process IDs that are free'],
];

export const WORDS: WordsOfTopic = {
  evictionHard: {
    // helpers.go:387
    does: 'When less than this is left, the kubelet evicts pods at once, without their grace period. What is set for memory and disk is also kept from pods. Values: 200Mi, 10%; 0% is off.',
    values: SIGNALS,
    needs: 'all signals that are wanted: one that is left out is off, unless mergeDefaultEvictionSettings (from 1.33) is true',
    example: 'evictionHard.memory.available=200Mi',
  },
  evictionSoft: {
    does: 'When less than this is left for the time in evictionSoftGracePeriod, the kubelet evicts pods.',
    values: SIGNALS,
    // helpers.go: ParseThresholdConfig
    needs: 'the same signal in evictionSoftGracePeriod, or the kubelet stops right after its start',
    example: 'evictionSoft.memory.available=500Mi evictionSoftGracePeriod.memory.available=1m30s',
  },
  evictionSoftGracePeriod: {
    does: 'How long a soft threshold must be crossed before pods are evicted, for each signal.',
    needs: 'one for each signal in evictionSoft',
    example: 'evictionSoftGracePeriod.memory.available=1m30s',
  },
  evictionMaxPodGracePeriod: {
    // eviction_manager.go:431-436
    does: 'The most seconds that a pod has to end when a soft threshold evicts it; a shorter grace period of its own counts. With 0 it has none.',
    example: 'evictionMaxPodGracePeriod=60',
  },
  evictionPressureTransitionPeriod: {
    does: 'How long the node says that it is under pressure after the pressure is over: keeps its conditions from flapping.',
    example: 'evictionPressureTransitionPeriod=5m',
  },
  evictionMinimumReclaim: {
    does: 'How much more than the threshold must be free before the kubelet stops evicting, for each signal.',
    values: SIGNALS,
    example: 'evictionMinimumReclaim.memory.available=100Mi',
  },
  mergeDefaultEvictionSettings: {
    does: 'Decides what becomes of the defaults of evictionHard when some signals are set.',
    values: [
      ['false', 'only the signals that are set count; others are off'],
      ['true', 'the defaults count for signals that are not set'],
    ],
    example: 'mergeDefaultEvictionSettings=true',
  },
  kernelMemcgNotification: {
    // eviction_manager.go:194
    does: 'Lets the kernel tell the kubelet that memory runs short, besides its own looking.',
    example: 'kernelMemcgNotification=true',
  },
};
