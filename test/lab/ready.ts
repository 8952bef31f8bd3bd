/**
 * When a lab node counts as up: after a boot the API server still shows the pods as they were before, Ready and all.
 * So a pod counts only when the container it names is one that runs now.
 */
import type { LabContainer } from './containers.ts';

export interface NodeView {
  /** `kubectl get nodes,pods -A -o json`, or empty when the API server did not answer. */
  json: string;
  name: string;
  containers: readonly LabContainer[];
  /** Static pods that must be there: 4 on a control plane, 0 on a worker. */
  atLeast: number;
  until: Until;
}
/** `running`: the kubelet reports what runs now. `ready`: and it is Ready, some 10 s later by kubeadm's probes. */
export type Until = 'running' | 'ready';

interface Condition {
  type: string;
  status: string;
}
interface Item {
  kind: string;
  metadata: { name: string };
  spec: { nodeName?: string };
  status: { conditions?: Condition[]; containerStatuses?: { containerID?: string }[] };
}

/** What is still missing, in words, or undefined when the node is up. */
export function missing({ json, name, containers, atLeast, until }: NodeView): string | undefined {
  if (json === '') return 'the API server does not answer';
  const { items } = JSON.parse(json) as { items: Item[] };
  const node = items.find((item) => item.kind === 'Node' && item.metadata.name === name);
  if (node === undefined || !isReady(node)) return `node ${name} is not Ready`;
  const pods = items.filter((item) => item.kind === 'Pod' && item.spec.nodeName === name);
  if (pods.length < atLeast) return `only ${pods.length} of ${atLeast} pods are listed`;
  const running = new Set(containers.map(({ id }) => `containerd://${id}`));
  const late = pods.find((pod) => !runs(pod, running) || (until === 'ready' && !isReady(pod)));
  return late === undefined ? undefined : `pod ${late.metadata.name} is not ${until}`;
}

function runs({ status: { containerStatuses = [] } }: Item, running: ReadonlySet<string>): boolean {
  return containerStatuses.length > 0 && containerStatuses.every(({ containerID = '' }) => running.has(containerID));
}

function isReady({ status }: Item): boolean {
  return (status.conditions ?? []).some(({ type, status: value }) => type === 'Ready' && value === 'True');
}
