/** The parts of a node that can be down, what stands on what, and how each fares by the evidence. */
import type { Component, Layer } from './cause.ts';
import type { Evidence, PodFacts } from './evidence.ts';

/** kubeadm's four, in the order in which one needs the other. */
export const CONTROL_PLANE = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler'] as const;

/** What it cannot work without. Containers run on without kubelet and runtime, and start with both alone. */
const NEEDS: Record<Component, readonly Component[]> = {
  host: [],
  runtime: ['host'],
  kubelet: ['host', 'runtime'],
  etcd: ['host', 'kubelet', 'runtime'],
  'kube-apiserver': ['host', 'etcd', 'kubelet', 'runtime'],
  'kube-controller-manager': ['kube-apiserver', 'kubelet', 'runtime'],
  'kube-scheduler': ['kube-apiserver', 'kubelet', 'runtime'],
};

function needs(component: Component): readonly Component[] {
  return NEEDS[component] ?? ['kubelet', 'runtime'];
}

/** Directly, or through another one. */
export function standsOn(component: Component, other: Component): boolean {
  return needs(component).some((each) => each === other || standsOn(each, other));
}

export function layerOf(pod: string): Layer {
  if (pod === 'etcd') return 'etcd';
  if (pod === 'kube-apiserver') return 'kube-apiserver';
  return pod === 'kube-controller-manager' || pod === 'kube-scheduler' ? 'controllers' : 'others';
}

/** 'The API server' at the beginning of a sentence. */
export function subject(component: Component): string {
  const named: Record<Component, string> = { host: 'This machine', network: 'The network of pods', runtime: 'The container runtime', kubelet: 'The kubelet', 'kube-apiserver': 'The API server', etcd: 'etcd', 'kube-controller-manager': 'The controller manager', 'kube-scheduler': 'The scheduler' };
  return named[component] ?? component;
}

export interface Standing {
  component: Component;
  ok: boolean;
  /** 'is down', 'ends again and again', 'does not run', 'is not ready'. */
  words: string;
}

/** It runs, and ended before: whether it stays up is not known yet. */
export const JUST_STARTED = 'has just started again';

/** It ends by itself when it cannot renew its lease for 10 s (leaderelection.go, RenewDeadline), and the kubelet starts it again after a back-off. */
export const LOST_LEASE = 'lost its lease, and starts again';

/** Seconds from the start of an API server until a lease that was asked for before it served is given up: 30 to serve, RenewDeadline, and some. */
const GIVEN_UP_AFTER = 45;

/** While the API server was away, which answers again. One that loses it under an API server that has long been there has a cause of its own. */
function lostLease({ name, containers }: PodFacts, { api, pods }: Evidence): boolean {
  const server = pods.find((pod) => pod.name === 'kube-apiserver')?.containers[0];
  const ended = containers.find(({ state }) => state === 'exited');
  return name !== 'kube-apiserver' && api?.status === 200 && server?.state === 'running' && ended !== undefined && /leader ?election lost/i.test(ended.words) && Date.parse(ended.finishedAt) < Date.parse(server.startedAt) + GIVEN_UP_AFTER * 1000;
}

/** How each part fares; pods that no manifest and no container speaks of are not in it. */
export function standings(evidence: Evidence): Standing[] {
  const { unit, runtime, kubelet, pods, api, node } = evidence;
  if (!node.live) return [];
  const found: Standing[] = [];
  if (runtime !== undefined) found.push({ component: 'runtime', ok: runtime.answers, words: runtime.answers ? 'answers' : 'does not answer' });
  if (unit !== undefined) {
    const active = unit.active === 'active' && kubelet.healthy !== false;
    const words = active ? 'runs' : unit.active === 'active' ? 'runs and does not answer' : unit.active === 'activating' || unit.restarts > 0 && unit.active !== 'inactive' ? 'ends again and again' : 'does not run';
    found.push({ component: 'kubelet', ok: active, words });
  }
  for (const pod of pods) {
    if (pod.file === undefined && pod.containers.every(({ state }) => state !== 'running') && !isExpected(evidence, pod.name)) continue;
    found.push({ component: pod.name, ...podStanding(pod, evidence) });
  }
  for (const name of CONTROL_PLANE) if (!pods.some((pod) => pod.name === name) && isExpected(evidence, name) && runtime?.answers === true) found.push({ component: name, ok: false, words: 'does not run' });
  if (api !== undefined && api.status !== 200 && !found.some(({ component }) => component === 'kube-apiserver')) found.push({ component: 'kube-apiserver', ok: false, words: 'is down' });
  return found;
}

function podStanding(pod: PodFacts, evidence: Evidence): Omit<Standing, 'component'> {
  const { api, etcd } = evidence;
  if (pod.state !== 'up' && lostLease(pod, evidence)) return { ok: false, words: LOST_LEASE };
  if (pod.name === 'kube-apiserver' && pod.state === 'up' && api !== undefined && api.status !== 200) return { ok: false, words: api.status === 0 ? 'runs and does not answer' : 'is not ready' };
  if (pod.name === 'etcd' && pod.state === 'up' && etcd?.healthy === false) return { ok: false, words: 'runs and is not healthy' };
  // the kubelet starts no container of a file that it takes no pod from
  const entry = evidence.directory.entries.find(({ name }) => name === pod.file);
  if (pod.state === 'restarting' && (entry === undefined || entry.skipped !== undefined)) return { ok: false, words: 'does not run' };
  const words: Record<PodFacts['state'], string> = { up: 'runs', starting: JUST_STARTED, restarting: 'ends again and again', down: 'is down', absent: 'does not run' };
  return { ok: pod.state === 'up', words: words[pod.state] };
}

/** A control plane by its directory or by what kubeadm left: then all four belong to it, but for an external etcd. */
export function isExpected(evidence: Evidence, name: string): boolean {
  const { directory, pods, kubeconfigs, certificates } = evidence;
  const has = (pod: string): boolean => directory.entries.some((entry) => entry.pod?.name === pod || entry.name === `${pod}.yaml`) || pods.some((each) => each.name === pod);
  const file = (path: string): boolean => kubeconfigs.some((each) => each.file === path && each.there) || certificates.some((each) => each.file === path);
  switch (name) {
    case 'etcd':
      return has('etcd') || file('/etc/kubernetes/pki/etcd/server.crt');
    case 'kube-apiserver':
      return has('kube-apiserver') || file('/etc/kubernetes/pki/apiserver.crt');
    case 'kube-controller-manager':
      return has(name) || file('/etc/kubernetes/controller-manager.conf');
    case 'kube-scheduler':
      return has(name) || file('/etc/kubernetes/scheduler.conf');
    default:
      return has(name);
  }
}
