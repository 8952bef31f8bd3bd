/** Are the pods that were to be kept the same ones, container for container? */
import type { Cri } from '../host/host.ts';
import type { Expectation } from '../plan/plan.ts';
import type { CheckResult } from '../report/event.ts';

export interface Compared {
  check: CheckResult;
  /** Pods created anew as planned; and containers that restarted by themselves inside a kept pod: told, no reason to go back. */
  restarted: string[];
}

/**
 * A pod is kept when its sandbox is the same and READY. A container that restarted inside it did so by itself (a probe,
 * a crash): going back would not help it. A sandbox that is another one means that the kubelet did not adopt.
 */
export async function compareContainers(cri: Cri, { pods, renewed }: Pick<Expectation, 'pods' | 'renewed'>): Promise<Compared> {
  const kept = pods.filter((pod) => pod.uid !== undefined);
  const [sandboxes, containers] = await Promise.all([cri.sandboxes(), cri.containers()]);
  const restarted: string[] = [];
  const lost: string[] = [];
  for (const pod of kept) {
    const sandbox = sandboxes.find((s) => s.ready && s.name === pod.fullName && s.namespace === pod.namespace);
    if (renewed === true && sandbox !== undefined && pod.sandboxId !== undefined && sandbox.id !== pod.sandboxId) {
      restarted.push(pod.name);
      continue;
    }
    if (sandbox === undefined || (pod.sandboxId !== undefined && sandbox.id !== pod.sandboxId)) {
      lost.push(pod.name);
      continue;
    }
    for (const before of pod.containers) {
      const now = containers.find((c) => c.id === before.id);
      if (now?.state !== 'running') restarted.push(before.name);
    }
  }
  const all = pods.length;
  if (lost.length > 0) return { check: { name: 'containers', ok: false, detail: `${lost.join(', ')}: not the same pod any more` }, restarted };
  const recreated = pods.filter((pod) => pod.uid === undefined);
  restarted.push(...recreated.map((pod) => pod.name));
  if (renewed === true && restarted.length > 0) {
    return { check: { name: 'containers', ok: true, detail: `all pods run; started anew: ${restarted.join(', ')}` }, restarted };
  }
  if (kept.length === 0) {
    return { check: { name: 'containers', ok: true, detail: all === 0 ? 'no static pods' : `${all} of ${all} new, ready` }, restarted };
  }
  const detail = restarted.length === recreated.length ? `${kept.length} of ${kept.length} the same` : `all pods the same; ${restarted.slice(0, restarted.length - recreated.length).join(', ')} restarted by itself`;
  return { check: { name: 'containers', ok: true, detail }, restarted };
}
