/**
 * A kubelet as far as a change can hurt it: it reads its configuration when it starts, takes up the directory of static pods
 * and watches it by inode, adopts what runs under the same UID, and at its first housekeeping (2 s later, and once the API
 * server runs) ends what it does not know and starts what is missing. The sandbox's kubelet is the thorough one; this one has
 * no timings, no probes and no mirror pods but in name, and can be copied at any moment.
 */
import { createHash } from 'node:crypto';
import { parse } from 'yaml';
import type { Host } from '../../../src/host/host.ts';
import { parseFlags } from '../../../src/kubelet/flags.ts';
import { unitCommand } from '../../../src/kubelet/unit.ts';
import { CONFIG_FILE, observeSettings } from '../../../src/node/settings.ts';
import type { MemoryDisk } from './memory-disk.ts';

export interface Sandbox {
  id: string;
  fullName: string;
  namespace: string;
  uid: string;
  createdAt: number;
}
export interface Container {
  id: string;
  sandbox: string;
  name: string;
  state: 'running' | 'exited';
  startedAt: number;
}
export interface Pods {
  sandboxes: Sandbox[];
  containers: Container[];
}
interface StaticPod {
  name: string;
  namespace: string;
  uid: string;
  containers: string[];
}
export interface Kubelet {
  readonly pid: number;
  readonly startedAt: number;
  readonly argv: readonly string[];
  readonly config: Record<string, unknown>;
  readonly path: string;
  /** Inode of the directory it watches. */
  readonly watch: number | undefined;
  pods: readonly (StaticPod & { fullName: string })[];
  decided: boolean;
  orphans: number;
}

export const UNIT_FILES = ['/usr/lib/systemd/system/kubelet.service', '/usr/lib/systemd/system/kubelet.service.d/10-kubeadm.conf'];
export const ENVIRONMENT_FILES = ['/var/lib/kubelet/kubeadm-flags.env', '/etc/default/kubelet'];
const HOUSEKEEPING_MS = 2000;
const STATE_FILE = '/var/lib/kubelet/cpu_manager_state';
export const VERSION = '1.37.2';

const configurations = new Map<string, Promise<Record<string, unknown>>>();
const manifests = new Map<string, { name: string; namespace: string; uid: string | undefined; hash: string; containers: string[] } | undefined>();

/** What it is, by the files as they are now; throws where the configuration cannot be read. `host`: without faults. */
export async function startKubelet(host: Host, disk: MemoryDisk, pid: number, now: number): Promise<Kubelet> {
  const text = (path: string): string => disk.inode(path)?.inode.data.toString() ?? '';
  const argv = unitCommand([...UNIT_FILES, ...ENVIRONMENT_FILES].map((file) => ({ file, text: text(file) })));
  const flags = parseFlags(argv.slice(1));
  const directory = flags.get('config-dir');
  const dropIns = directory === undefined ? [] : ((await host.files.list(directory)) ?? []).map((name) => `${directory}/${name}`);
  const key = createHash('sha1').update(JSON.stringify([argv, text(flags.get('config') ?? CONFIG_FILE), dropIns.map(text)])).digest('hex');
  const known = configurations.get(key) ?? observeSettings(host, { argv, flags, flagSource: () => undefined }, VERSION).then(({ layered }) => layered.value as Record<string, unknown>);
  configurations.set(key, known);
  const config = await known;
  const path = String(config['staticPodPath'] ?? '');
  checkState(disk, config);
  const watch = path === '' ? undefined : disk.inode(path)?.ino;
  return { pid, startedAt: now, argv, config, path, watch, pods: readPods(disk, path, watch, host.hostname), decided: false, orphans: 0 };
}

/** The policy that wrote the state must be the one that is set (kubelet cm/cpumanager/state). */
function checkState(disk: MemoryDisk, config: Record<string, unknown>): void {
  const policy = String(config['cpuManagerPolicy'] ?? 'none');
  const state = disk.inode(STATE_FILE)?.inode.data.toString();
  if (state !== undefined && (JSON.parse(state) as { policyName: string }).policyName !== policy) throw new Error(`could not restore state from checkpoint: configured policy "${policy}" differs from state checkpoint policy`);
}

/** What it writes where nothing is: to a file beside, synced, then renamed (kubelet checkpointmanager). */
export async function writeState(disk: MemoryDisk, { config }: Kubelet): Promise<void> {
  if (disk.inode(STATE_FILE) !== undefined) return;
  await disk.create(`${STATE_FILE}.tmp`);
  const file = await disk.open(`${STATE_FILE}.tmp`, 'write');
  await file.writeFile(JSON.stringify({ policyName: String(config['cpuManagerPolicy'] ?? 'none'), defaultCpuSet: '', checksum: 1 }));
  await file.sync();
  await disk.rename(`${STATE_FILE}.tmp`, STATE_FILE);
}

/** By the inode that is watched: it may have another name by now. */
function readPods(disk: MemoryDisk, path: string, watch: number | undefined, node: string): Kubelet['pods'] {
  const entries = watch === undefined ? new Map<string, number>() : (disk.state.get(watch)?.entries ?? new Map<string, number>());
  return [...entries].flatMap(([name, ino]): Kubelet['pods'][number][] => {
    const inode = disk.state.get(ino);
    if (name.startsWith('.') || inode?.kind !== 'file') return [];
    const pod = parseManifest(inode.data);
    if (pod === undefined) return [];
    const uid = pod.uid ?? createHash('md5').update(`${pod.hash} host:${node} file:${path}/${name}`).digest('hex');
    return [{ name: pod.name, namespace: pod.namespace, containers: pod.containers, uid, fullName: `${pod.name}-${node}` }];
  });
}

function parseManifest(bytes: Buffer): { name: string; namespace: string; uid: string | undefined; hash: string; containers: string[] } | undefined {
  const key = createHash('sha1').update(bytes).digest('hex');
  if (manifests.has(key)) return manifests.get(key);
  let found: ReturnType<typeof parseManifest>;
  try {
    const raw = parse(bytes.toString()) as { metadata: { name: string; namespace?: string; uid?: string }; spec: { containers: { name: string }[] } };
    const { uid, ...metadata } = raw.metadata;
    const hash = createHash('md5').update(JSON.stringify({ ...raw, metadata })).digest('hex');
    found = { name: metadata.name, namespace: metadata.namespace ?? 'default', uid, hash, containers: raw.spec.containers.map(({ name }) => name) };
  } catch {
    found = undefined; // it complains, and goes on
  }
  manifests.set(key, found);
  return found;
}

/** Something in the directory changed. */
export function reread(kubelet: Kubelet, disk: MemoryDisk, node: string): void {
  kubelet.pods = readPods(disk, kubelet.path, kubelet.watch, node);
}

/** What it does by now. `id` makes new names. */
export function settle(kubelet: Kubelet, pods: Pods, now: number, id: () => string): void {
  const running = (sandbox: Sandbox): boolean => pods.containers.some((each) => each.sandbox === sandbox.id && each.state === 'running');
  const remove = (sandbox: Sandbox): void => {
    pods.sandboxes = pods.sandboxes.filter((each) => each !== sandbox);
    pods.containers = pods.containers.filter((each) => each.sandbox !== sandbox.id);
  };
  const wanted = (sandbox: Sandbox): boolean => kubelet.pods.some((pod) => pod.uid === sandbox.uid);
  for (let pass = 0; pass < 2; pass++) {
    for (const pod of kubelet.pods) {
      const old = pods.sandboxes.find((each) => each.fullName === pod.fullName && each.uid !== pod.uid);
      if (old !== undefined && running(old)) continue; // housekeeping ends it first
      if (old !== undefined) remove(old);
      let own = pods.sandboxes.find((each) => each.uid === pod.uid);
      if (own === undefined) {
        own = { id: id(), fullName: pod.fullName, namespace: pod.namespace, uid: pod.uid, createdAt: now };
        pods.sandboxes.push(own);
      }
      for (const name of pod.containers) {
        if (pods.containers.some((each) => each.sandbox === own.id && each.name === name && each.state === 'running')) continue;
        pods.containers = [...pods.containers.filter((each) => each.sandbox !== own.id || each.name !== name), { id: id(), sandbox: own.id, name, state: 'running', startedAt: now }];
      }
    }
    if (now < kubelet.startedAt + HOUSEKEEPING_MS || !apiUp(pods)) return;
    const orphans = pods.sandboxes.filter((each) => !wanted(each));
    if (!kubelet.decided) kubelet.orphans = orphans.length;
    kubelet.decided = true;
    orphans.forEach(remove);
    if (orphans.length === 0) return;
  }
}

export function apiUp({ containers }: Pods): boolean {
  const runs = (name: string): boolean => containers.some((each) => each.name === name && each.state === 'running');
  return runs('kube-apiserver') && runs('etcd');
}
