/** The order in which `recreate` stops the old containers, and how long each may take. */
import { parseFlags } from '../kubelet/flags.ts';
import type { Observed, StaticPod } from '../node/observed.ts';
import type { StepOf } from './step.ts';

/**
 * Clients first, then the API server, etcd last: nothing then talks to something that is gone. The API server keeps
 * hanging watches open for its whole grace (60.1 s measured on SIGTERM alone), and etcd makes its writes durable
 * itself: so it gets 1 s. etcd gets its pod's own grace, for a clean stop.
 */
const LAST: Record<string, { rank: number; seconds?: number }> = {
  'kube-apiserver': { rank: 1, seconds: 1 },
  etcd: { rank: 2 },
};

/** Where a pod of this name comes in the order; `grace`: seconds of its manifest. */
export function placeInOrder(pod: string, grace = 30): { rank: number; seconds: number } {
  return { rank: LAST[pod]?.rank ?? 0, seconds: LAST[pod]?.seconds ?? grace };
}

/**
 * With other control planes what is in flight is to finish: on SIGTERM /readyz fails at once, and after its shutdown delay the
 * API server takes no new connection. Ten seconds, not the whole grace: hanging watches hold it anyhow, and a kubelet that is
 * away for 40 s makes its node NotReady.
 */
const GRACEFUL_SECONDS = 10;

export function stopOrder(observed: Observed): StepOf<'stop-containers'>['containers'] {
  const graceful = hasOthers(observed);
  const grace = (pod: StaticPod): number | undefined => observed.directory.entries.find((e) => e.name === pod.manifest)?.manifest?.graceSeconds;
  return [...observed.pods]
    .map((pod) => ({ pod, place: placeInOrder(pod.name, grace(pod)) }))
    .sort((a, b) => a.place.rank - b.place.rank)
    .flatMap(({ pod, place }) => pod.containers.filter((c) => c.running).map((c) => ({ id: c.id, name: c.name, pod: pod.name, seconds: graceful && pod.name === 'kube-apiserver' ? GRACEFUL_SECONDS + shutdownDelay(observed) : place.seconds, rank: place.rank })));
}

/** Are there other control planes, which serve meanwhile? As far as etcd tells. */
export function hasOthers({ etcd }: Observed): boolean {
  return etcd !== undefined && etcd.members > 1;
}

/**
 * Seconds for which the API server still serves while /readyz fails already. Without it (0, as kubeadm leaves it) a balancer
 * learns of the stop by refused connections, and one that was taken right before is dropped: 2 of 8 clients that asked
 * without a pause, on the lab; kube-apiserver itself does so (apiserver genericapiserver.go, ShutdownDelayDuration).
 */
export function shutdownDelay({ directory }: Observed): number {
  const command = directory.entries.find((entry) => entry.manifest?.name === 'kube-apiserver')?.manifest?.containers[0]?.command ?? [];
  return parseDuration(parseFlags(command.slice(1)).get('shutdown-delay-duration') ?? '') ?? 0;
}

/** Go's, as far as people write it for this: '5s', '1m30s', '500ms'. */
function parseDuration(text: string): number | undefined {
  if (!/^(\d+(\.\d+)?(ms|s|m|h))+$/.test(text)) return undefined;
  const units: Record<string, number> = { ms: 0.001, s: 1, m: 60, h: 3600 };
  const seconds = [...text.matchAll(/([\d.]+)(ms|s|m|h)/g)].reduce((sum, [, value, unit = 's']) => sum + Number(value) * (units[unit] ?? 1), 0);
  return Math.ceil(seconds);
}
