/** Images: one that the runtime does not have and cannot fetch, and versions that do not go together (kubernetes.io/releases/version-skew-policy). */
import type { Cause, Rule } from '../cause.ts';
import { layerOf } from '../components.ts';
import type { EntryFacts, Evidence, PodFacts } from '../evidence.ts';
import { kubeletSaid, minorOf } from './kubelet-down.ts';
import { cause, commands, warning } from './said.ts';

const OF_KUBERNETES = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler'];
/** A pull that takes longer than this is stuck or slow, and worth a line. */
const PULL_SECONDS = 30;

export const images: Rule = {
  about: 'images are there, and of one version',
  find: (evidence) => [...missing(evidence), ...mixed(evidence), ...skew(evidence)],
};

function missing(evidence: Evidence): Cause[] {
  const store = evidence.runtime?.images;
  if (store === undefined) return [];
  return evidence.directory.entries.flatMap((entry) => {
    const pod = evidence.pods.find(({ file }) => file === entry.name);
    if (entry.skipped !== undefined || pod === undefined || pod.state === 'up') return [];
    return entry.containers.flatMap(({ name, image }) => (has(store, image) || pod.containers.some((each) => each.name === name && each.state === 'running') ? [] : [absent(evidence, entry, pod, image)]));
  });
}

/** Docker's short names stand for docker.io/library. */
function has(store: readonly string[], image: string): boolean {
  const tagged = /[@:][^/]+$/.test(image) ? image : `${image}:latest`;
  return [image, tagged, `docker.io/${tagged}`, `docker.io/library/${tagged}`].some((each) => store.includes(each));
}

function absent(evidence: Evidence, entry: EntryFacts, pod: PodFacts, image: string): Cause {
  const said = kubeletSaid(evidence, new RegExp(`(ErrImagePull|ImagePullBackOff|ErrImageNeverPull|failed to pull|InvalidImageName|Failed to pull).*${image.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').slice(0, 80)}`)) ?? kubeletSaid(evidence, /ErrImagePull|ImagePullBackOff|ErrImageNeverPull|InvalidImageName/);
  const mend = entry.mends?.images?.[image];
  const age = (Date.parse(evidence.at) - Date.parse(entry.changedAt)) / 1000;
  return cause({
    ...{ id: 'image-missing', component: pod.name, layer: layerOf(pod.name), now: evidence.node.live, sure: said !== undefined || age > PULL_SECONDS ? 'certain' : 'likely' },
    message: `the runtime does not have ${image}, and cannot start ${pod.name} without it`,
    verdict: `its image ${image} is not there`,
    where: [{ ...(mend?.where ?? { file: entry.path }), ...(mend?.to === undefined ? {} : { label: `${mend.to} is there` }) }],
    notes: ['the kubelet makes no container, and no log is written'],
    evidence: said === undefined ? [] : [said],
    ...(mend?.edits === undefined || entry.sha256 === undefined ? commands(`crictl pull ${image}`, 'crictl images') : { fix: { kind: 'edit', file: entry.path, sha256: entry.sha256, edits: mend.edits } }),
  });
}

function versions({ directory }: Evidence): { entry: EntryFacts; version: string }[] {
  return directory.entries.flatMap((entry) => {
    if (entry.skipped !== undefined || !OF_KUBERNETES.includes(entry.pod?.name ?? '')) return [];
    const version = /:v(1\.\d+\.\d+[^@]*)/.exec(entry.containers[0]?.image ?? '')?.[1];
    return version === undefined ? [] : [{ entry, version }];
  });
}

/** An upgrade that stopped half-way. */
function mixed(evidence: Evidence): Cause[] {
  const found = versions(evidence);
  const [first] = found;
  if (first === undefined || new Set(found.map(({ version }) => version)).size < 2) return [];
  return [warning({ id: 'mixed-versions', component: 'kube-apiserver', layer: 'kube-apiserver', message: `the control plane has images of ${[...new Set(found.map(({ version }) => version))].sort().join(' and ')}`, where: found.map(({ entry, version }) => ({ file: entry.path, label: version })), notes: ['an upgrade of kubeadm that stopped half-way leaves that'], ...commands('kubeadm upgrade node') })];
}

/** The kubelet is at most as new as the API server, and three minors older. */
function skew(evidence: Evidence): Cause[] {
  const own = minorOf(evidence.kubelet.version);
  const server = versions(evidence).find(({ entry }) => entry.pod?.name === 'kube-apiserver');
  const minor = minorOf(server?.version);
  if (own === undefined || minor === undefined || server === undefined || (own <= minor && own >= minor - 3)) return [];
  return [warning({ id: 'version-skew', component: 'kubelet', layer: 'kubelet', message: `the kubelet is ${evidence.kubelet.version ?? ''}, and the API server ${server.version}: ${own > minor ? 'a kubelet is never newer' : 'a kubelet is at most three minors older'}`, where: [{ file: server.entry.path, label: server.version }], help: own > minor ? ['upgrade the control plane first: kubeadm upgrade apply'] : ['upgrade the kubelet, one minor after the other'] })];
}
