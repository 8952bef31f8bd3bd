/** What waits or will hurt later: edits of pinned manifests that are not in force, and what the next kubeadm upgrade would make of the path. */
import { CONTROL_PLANE } from '../components.ts';
import type { Host } from '../../host/host.ts';
import { observeKubeadm } from '../../node/kubeadm.ts';
import type { Directory, StaticPod } from '../../node/observed.ts';
import { kubeadmStanding } from '../../plan/kubeadm/standing.ts';
import { readPins } from '../../transaction/pin-records.ts';
import type { DirectoryFacts, KubeletFacts, PodFacts } from '../evidence.ts';

/** kubeadm writes it on each node it looks after. */
const KUBEADM = '/var/lib/kubelet/kubeadm-flags.env';

export async function gatherStanding(host: Host, kubelet: KubeletFacts, nodeName: string, directory: Directory, pods: readonly PodFacts[], processes: ReadonlyMap<string, number>): Promise<Pick<DirectoryFacts, 'waiting' | 'upgrade'>> {
  const version = kubelet.version === undefined ? {} : { version: kubelet.version };
  const pinned = directory.entries.some(({ manifest }) => manifest?.pin !== undefined);
  const { edited } = pinned ? await readPins(host, { node: { name: nodeName }, kubelet: version, directory, pods: pods.map((pod) => staticPod(pod, directory, processes)) }) : { edited: new Map() };
  const waiting = pods.flatMap(({ fullName, name, file }) => {
    const found = edited.get(fullName);
    return found?.waits !== true || file === undefined ? [] : [{ pod: name, file: `${directory.path}/${file}`, at: found.at, lines: [...found.lines] }];
  });
  const upgrade = await upgradeOf(host, kubelet, nodeName, directory);
  return { ...(waiting.length === 0 ? {} : { waiting }), ...(upgrade.length === 0 ? {} : { upgrade }) };
}

async function upgradeOf(host: Host, kubelet: KubeletFacts, name: string, directory: Directory): Promise<NonNullable<DirectoryFacts['upgrade']>> {
  const own = directory.entries.some(({ manifest }) => manifest !== undefined && (CONTROL_PLANE as readonly string[]).includes(manifest.name));
  // of a directory without a control plane other rules tell
  if (!own || kubelet.origin === undefined || (await host.files.info(KUBEADM).catch(() => undefined)) === undefined) return [];
  const standing = kubeadmStanding({ node: { name, role: 'control plane' }, kubelet: { configFile: kubelet.configFile, ...(kubelet.version === undefined ? {} : { version: kubelet.version }) }, staticPodPath: { value: kubelet.staticPodPath, origin: kubelet.origin, layers: [] }, kubeadm: await observeKubeadm(host, kubelet.staticPodPath) });
  return standing?.findings ?? [];
}

function staticPod(pod: PodFacts, directory: Directory, processes: ReadonlyMap<string, number>): StaticPod {
  const manifest = directory.entries.find(({ name }) => name === pod.file)?.manifest;
  const sandbox = pod.sandboxes.find(({ ready }) => ready);
  return {
    fullName: pod.fullName,
    name: pod.name,
    namespace: pod.namespace,
    ...(pod.file === undefined ? {} : { manifest: pod.file }),
    ...(sandbox === undefined ? {} : { uid: sandbox.uid }),
    ...(manifest?.pin === undefined ? {} : { pin: 'kcfg' as const }),
    state: pod.state === 'up' ? 'running' : 'stopped',
    ready: pod.state === 'up',
    sandboxes: 1,
    containers: pod.containers.map(({ name, id, startedAt, state, attempt }) => {
      const pid = processes.get(id);
      return { name, id, startedAt: nanoseconds(startedAt), running: state === 'running', attempt, ...(pid === undefined ? {} : { pid }) };
    }),
  };
}

function nanoseconds(iso: string): string {
  const time = Date.parse(iso);
  return Number.isNaN(time) ? '0' : `${time}000000`;
}
