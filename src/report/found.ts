/** What kcfg found on a node, in three lines: the head of `set`, `rollback` and `unpin`. */
import type { Observed } from '../node/observed.ts';
import { count } from './format.ts';
import type { Style } from './style.ts';
import { padEnd, width } from './width.ts';

export function foundLines(observed: Observed, style: Style): string[] {
  const { node, staticPodPath, pods } = observed;
  const path = staticPodPath.value === '' ? 'none' : staticPodPath.value;
  const { origin } = staticPodPath;
  const from = origin.file === undefined ? 'by default' : `${origin.file}${origin.line === undefined ? '' : `:${origin.line}`}`;
  const ready = pods.filter((pod) => pod.state === 'running').length;
  const files = observed.directory.entries.length;
  const summary = pods.length === 0 ? 'none' : `${ready} of ${pods.length} running, ${count(files, 'file')} there`;
  return [
    style.strong(headline(observed)),
    `  staticPodPath  ${padEnd(path, Math.max(width(path), 24))}   ${style.faint(from)}`,
    `  static pods    ${summary}${pinned(observed, style)}`,
    ...(node.role === 'control plane' && observed.api?.local === true ? [`  API server     ${observed.api.url}`] : []),
  ];
}

/** "cp1: kubeadm control plane, kubelet 1.37.2, containerd 2.4.2" */
export function headline({ node, kubelet, runtime }: Observed): string {
  const kind = node.flavour === 'kubeadm' ? `kubeadm ${node.role}` : node.role;
  const kubeletPart = kubelet.version === undefined ? '' : `, kubelet ${kubelet.version}`;
  return `${node.name}: ${kind}${kubeletPart}${runtime === undefined ? '' : `, ${runtime.name} ${runtime.version.replace(/^v/, '')}`}`;
}

function pinned({ pods }: Observed, style: Style): string {
  const n = pods.filter((pod) => pod.pin === 'kcfg').length;
  return n === 0 ? '' : `, ${style.caution(`${n} pinned`)}`;
}
