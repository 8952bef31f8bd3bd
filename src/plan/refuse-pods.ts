/** Refusals of pods that cannot be kept through a change, or that the kubelet is just replacing. */
import { KcfgError, type Where } from '../errors.ts';
import type { Observed, StaticPod } from '../node/observed.ts';

export function refusePods(observed: Observed): KcfgError | undefined {
  // A tree has no runtime, and so no pods that run: nothing is to be kept.
  if (observed.runtime === undefined) return undefined;
  for (const pod of observed.pods) {
    const file: Where[] = pod.manifest === undefined ? [] : [{ file: `${observed.directory.path}/${pod.manifest}` }];
    if (pod.state === 'no manifest') {
      return new KcfgError('pod-without-manifest', `${pod.fullName} runs, and no file in ${observed.directory.path} defines it`, {
        notes: ['the kubelet stops it at its next start: its manifest was removed, or does not parse any more'],
        help: ['put its manifest back, or wait until the kubelet has stopped it'],
      });
    }
    if (pod.sandboxes > 1) {
      return new KcfgError('several-sandboxes', `${pod.fullName} runs ${pod.sandboxes} times`, {
        where: file,
        notes: ['the kubelet is in the middle of replacing it, or is stuck there'],
        help: ['wait a minute, then run this again'],
      });
    }
    // Without an API server the controllers lose their lease and start again and again: their pod is the same one all along.
    if (pod.state === 'starting' && observed.apiAnswers === false) continue;
    if (pod.state !== 'running') return notRunning(pod, file);
  }
  return undefined;
}

function notRunning(pod: StaticPod, where: Where[]): KcfgError {
  return new KcfgError('pod-not-running', `${pod.fullName} ${pod.state === 'stopped' ? 'does not run' : 'is not up yet'}`, {
    where,
    notes: ['only a running pod can be kept through the change; this one would be started anew'],
    help: ['mend it first, or accept that it is started anew: --force pod-not-running'],
  });
}
