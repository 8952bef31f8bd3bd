/** Manifests of the control plane that the kubelet takes, and that do not do: outside the network of the node, of a priority that there is not. */
import type { Cause, Rule } from '../cause.ts';
import { CONTROL_PLANE, layerOf } from '../components.ts';
import type { EntryFacts, Evidence } from '../evidence.ts';
import { kubeletSaid } from './kubelet-down.ts';
import { cause } from './said.ts';

/** With the number that each comes to (apis/scheduling/types.go). */
const PRIORITIES: ReadonlyMap<string, number> = new Map([['system-node-critical', 2_000_001_000], ['system-cluster-critical', 2_000_000_000]]);

export const podShape: Rule = {
  about: 'the control plane is in the network of the node, with its priority',
  find: (evidence) =>
    evidence.directory.entries.filter(({ skipped, pod }) => skipped === undefined && (CONTROL_PLANE as readonly string[]).includes(pod?.name ?? '')).flatMap((entry) => [...network(evidence, entry), ...priority(evidence, entry), ...namespace(evidence, entry)]),
};

function part(entry: EntryFacts): Pick<Cause, 'component' | 'layer'> {
  const name = entry.pod?.name ?? '';
  return { component: name, layer: layerOf(name) };
}

/** Its probes ask 127.0.0.1 of the node, and others reach it at the node's address. */
function network({ pods, node }: Evidence, entry: EntryFacts): Cause[] {
  if (entry.pod?.hostNetwork !== false) return [];
  const edits = entry.mends?.hostNetwork;
  const name = entry.pod.name;
  return [cause({ ...part(entry), id: 'host-network', now: node.live && pods.find((pod) => pod.name === name)?.state !== 'up', message: `${name} has no hostNetwork: true, and listens where nobody asks it`, verdict: 'its manifest has no hostNetwork', where: [{ file: entry.path }], notes: ["its probes ask the address of the node, fail, and the kubelet restarts it"], ...(edits === undefined || entry.sha256 === undefined ? {} : { fix: { kind: 'edit', file: entry.path, sha256: entry.sha256, edits } }) })];
}

/** The pod runs; its mirror is refused, so that kubectl does not show it (admission plugin Priority). Without one it is evicted like any other. */
function priority(evidence: Evidence, entry: EntryFacts): Cause[] {
  const name = entry.pod?.priorityClassName;
  if (name === undefined || name === '' || PRIORITIES.has(name)) return number(evidence, entry);
  const pod = entry.pod?.name ?? '';
  const said = kubeletSaid(evidence, /Failed creating a mirror pod.*no PriorityClass/);
  const mend = entry.mends?.priority;
  return [cause({ ...part(entry), id: 'priority-class', now: evidence.node.live, verdict: `kubectl does not show it, for its priorityClassName ${name} is none of Kubernetes`, message: `${pod} has the priorityClassName ${name}, which is none of Kubernetes`, where: [mend?.where ?? { file: entry.path }], notes: ['it runs, and kubectl does not show it where there is no such class: the API server refuses its mirror pod'], evidence: said === undefined ? [] : [said], ...(mend === undefined || entry.sha256 === undefined ? {} : { fix: { kind: 'edit', file: entry.path, sha256: entry.sha256, edits: mend.edits } }) })];
}

/** kubeadm writes the class and its number: changed alone, or without the class, the mirror is refused (plugin/pkg/admission/priority). */
function number(evidence: Evidence, entry: EntryFacts): Cause[] {
  const { priority, priorityClassName: name = '', name: pod } = entry.pod ?? { name: '' };
  const computed = PRIORITIES.get(name) ?? 0;
  if (priority === undefined || priority === computed) return [];
  const said = kubeletSaid(evidence, /Failed creating a mirror pod.*integer value of priority/);
  return [cause({ ...part(entry), id: 'priority-class', now: evidence.node.live, verdict: `kubectl does not show it, for its priority ${priority} is not that of its class`, message: `${pod} has the priority ${priority}, and ${name === '' ? 'no priorityClassName' : `${name} is ${computed}`}`, where: [{ file: entry.path }], notes: ['it runs, and kubectl does not show it: the API server refuses its mirror pod', 'kubeadm has priority: 2000001000 with priorityClassName: system-node-critical'], evidence: said === undefined ? [] : [said], fix: { kind: 'restore', pod } })];
}

/** The pod runs; its mirror is refused (admission plugin NamespaceLifecycle). */
function namespace({ node }: Evidence, entry: EntryFacts): Cause[] {
  const mend = entry.mends?.namespace;
  if (mend === undefined || entry.pod === undefined) return [];
  const { name, namespace: home } = entry.pod;
  return [cause({ ...part(entry), id: 'namespace', now: node.live, verdict: `kubectl does not show it, for its namespace is ${home}`, message: `${name} has the namespace ${home}, and kubeadm's is kube-system`, where: [mend.where], notes: ['it runs, and kubectl does not show it where there is no such namespace: the API server refuses its mirror pod'], ...(entry.sha256 === undefined ? {} : { fix: { kind: 'edit', file: entry.path, sha256: entry.sha256, edits: mend.edits } }) })];
}
