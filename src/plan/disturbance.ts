/** What a change will disturb, known beforehand. Every number is from a measurement (BENCHMARKS.md). */
import type { Observed } from '../node/observed.ts';
import type { Disturbance, Strategy } from './plan.ts';
import type { FileCopy } from './step.ts';

/** Seconds without the node's own API server with `recreate`: 5.9 and 7.2 s on the lab. */
const RECREATE_AWAY_SECONDS = 6;

export function disturbance(observed: Observed, copies: FileCopy[], strategy: Strategy, live: boolean): Disturbance {
  const names = observed.pods.filter((pod) => pod.uid !== undefined).map((pod) => pod.name);
  const recreated = strategy === 'recreate' ? names : [];
  return {
    kubeletRestart: live,
    kept: strategy === 'recreate' ? [] : names,
    recreated,
    ...(observed.api?.local === true ? { apiAwaySeconds: recreated.includes('kube-apiserver') ? RECREATE_AWAY_SECONDS : 0 } : {}),
    pinned: copies.filter((copy) => copy.pin !== undefined).map((copy) => copy.name),
  };
}
