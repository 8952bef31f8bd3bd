/** Lines: pkg/kubelet/nodeshutdown of 1.37.2, and validation.go of apis/config. */
import type { WordsOfTopic } from '../words.ts';

const LOGIND =
  'a machine with systemd-logind: the kubelet holds the shutdown back there, and raises InhibitDelayMaxSec where it is too short';

export const WORDS: WordsOfTopic = {
  shutdownGracePeriod: {
    does: 'How long a shutdown of the machine waits for pods to end. 0s is off: pods are killed with everything else.',
    // nodeshutdown_manager_linux.go:211-256
    needs: `0s, or 1s and more; ${LOGIND}`,
    since: 'beta, on by default, since 1.21',
    example: 'shutdownGracePeriod=60s shutdownGracePeriodCriticalPods=20s',
  },
  shutdownGracePeriodCriticalPods: {
    does: 'How much of shutdownGracePeriod is kept for critical pods, which end last.',
    needs: 'no more than shutdownGracePeriod, or the kubelet does not start',
    since: 'beta, on by default, since 1.21',
    example: 'shutdownGracePeriod=60s shutdownGracePeriodCriticalPods=20s',
  },
  shutdownGracePeriodByPodPriority: {
    does: 'How long a shutdown of the machine waits for pods, by their priority: each entry is for that priority and up to the next.',
    needs: 'shutdownGracePeriod and shutdownGracePeriodCriticalPods unset, or the kubelet does not start',
    example: "shutdownGracePeriodByPodPriority='[{priority: 0, shutdownGracePeriodSeconds: 60}]'",
  },
};
