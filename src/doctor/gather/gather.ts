/** Host → Evidence: every source in the order in which one needs the other, none of them the API server's. Read only. */
import type { Host, JournalEntry } from '../../host/host.ts';
import { observeDirectory } from '../../node/directory.ts';
import type { Directory, StaticPod } from '../../node/observed.ts';
import { KUBELET_UNIT } from '../../node/service.ts';
import type { DirectoryFacts, EntryFacts, Evidence, JournalLine, PodFacts } from '../evidence.ts';
import type { HostFacts } from '../machine-evidence.ts';
import { gatherCertificates } from './certificates.ts';
import { gatherEtcd } from './etcd.ts';
import { gatherPaths } from './asked-paths.ts';
import { askApi } from './api-server.ts';
import { gatherHost, withHolders } from './host.ts';
import { judgeKubelet } from './judge-kubelet.ts';
import { gatherKubelet } from './kubelet.ts';
import { gatherKubeconfigs } from './kubeconfigs.ts';
import { gatherManifests, gatherMeant } from './manifests.ts';
import { namedFiles, namedKubeconfigs } from './named-files.ts';
import { quietly } from './quietly.ts';
import { gatherPods, gatherRuntime, type Runtime } from './runtime.ts';
import { gatherStanding } from './standing.ts';
import { gatherUnit } from './unit.ts';

/** Of the kubelet's journal. */
const JOURNAL_LINES = 300;
/** Small files that rules read as text. */
const TEXTS = ['/etc/hosts', '/etc/containerd/config.toml', '/etc/crictl.yaml'];
const LARGEST_TEXT = 256 * 1024;

/** `judges`: false leaves out what our rules and the kubelet itself say of its configuration, which takes longest. */
export async function gather(host: Host, version: string, { judges = true } = {}): Promise<Evidence> {
  const began = host.clock.seconds();
  const missing: Record<string, string> = {};
  // what needs nothing of the others goes on beside them
  const reading = Promise.all([host.live ? quietly(missing, 'journal', () => entriesOf(host)) : undefined, textsOf(host)]);
  const { facts: unit, service } = (host.live ? await quietly(missing, KUBELET_UNIT, () => gatherUnit(host)) : undefined) ?? {};
  const kubelet = await gatherKubelet(host, unit, missing);
  const judging = judges ? judgeKubelet(host, { service, version: kubelet.facts.version }, kubelet.files, missing) : undefined;
  const [runtime, read, machine, [entries, texts]]: [Runtime | undefined, Directory | undefined, HostFacts, Awaited<typeof reading>] = await Promise.all([
    host.live ? gatherRuntime(host, kubelet.endpoint) : undefined,
    quietly(missing, 'static pods', () => observeDirectory(host, kubelet.facts.staticPodPath)),
    gatherHost(host, kubelet.facts.kubeconfig),
    reading,
  ]);
  const journal = journalOf(entries ?? [], unit?.startedAt);
  const listed: Directory = read ?? { path: kubelet.facts.staticPodPath, entries: [] };
  const found = runtime === undefined ? [] : await gatherPods(host, runtime, bareDirectory(listed), kubelet.nodeName);
  const surroundings = { kubelet: { ...(kubelet.facts.version === undefined ? {} : { version: kubelet.facts.version }) }, directory: listed, pods: runningPods(found) };
  const around = { addresses: machine.addresses, images: runtime?.facts.images };
  const directory = await gatherManifests(host, listed, { ...surroundings, ...around });
  const meant = await gatherMeant(host, directory, kubelet.facts, { ...surroundings, ...around });
  const manifests = (meant ?? directory).entries;
  const configs = [kubelet.facts.kubeconfig, ...namedKubeconfigs(manifests)].filter((path) => path !== '');
  const entryOf = (name: string): EntryFacts | undefined => manifests.find(({ pod, skipped }) => pod?.name === name && skipped === undefined);
  const etcdEntry = entryOf('etcd');
  const processes = new Map(surroundings.pods.flatMap(({ containers }) => containers.flatMap(({ id, pid }) => (pid === undefined ? [] : [[id, pid] as const]))));
  const [certificates, kubeconfigs, etcd, api, paths, holders, standing] = await Promise.all([
    quietly(missing, 'certificates', () => gatherCertificates(host, [...namedFiles(manifests), ...configs])),
    quietly(missing, 'kubeconfigs', () => gatherKubeconfigs(host, configs)),
    etcdEntry === undefined ? undefined : quietly(missing, 'etcd', () => gatherEtcd(host, etcdEntry, entryOf('kube-apiserver'))),
    host.live ? quietly(missing, 'API server', () => askApi(host, directory, kubelet.facts.kubeconfig, machine.addresses)) : undefined,
    gatherPaths(host, kubelet.facts, machine),
    withHolders(host, machine, takenPorts(found, journal)),
    quietly(missing, 'pins', () => gatherStanding(host, kubelet.facts, kubelet.nodeName, listed, found, processes)),
  ]);
  return {
    format: 1,
    kcfg: version,
    at: host.clock.now().toISOString(),
    node: { hostname: host.hostname, name: kubelet.nodeName, live: host.live, sandbox: host.sandbox },
    missing,
    host: holders,
    ...(unit === undefined ? {} : { unit }),
    kubelet: { ...kubelet.facts, ...(await judging) },
    ...(runtime === undefined ? {} : { runtime: runtime.facts }),
    directory: { ...directory, ...standing, ...(meant === undefined ? {} : { meant }) },
    pods: found,
    ...(certificates ?? { certificates: [], keys: [] }),
    kubeconfigs: kubeconfigs ?? [],
    ...(etcd === undefined ? {} : { etcd }),
    ...(api === undefined ? {} : { api }),
    journal,
    paths,
    texts,
    seconds: host.clock.seconds() - began,
  };
}

/** Of those that something finds taken: 'listen tcp 0.0.0.0:6443: bind: address already in use'. */
function takenPorts(pods: readonly PodFacts[], journal: readonly JournalLine[]): Set<number> {
  const words = [...pods.flatMap(({ containers }) => containers.flatMap(({ state, log }) => (state === 'running' ? [] : log))), ...journal.map(({ message }) => message)];
  return new Set(words.flatMap((line) => (line.includes('address already in use') ? [Number(/:(\d+): bind/.exec(line)?.[1] ?? 0)] : [])).filter((port) => port > 0));
}

/** For those who ask the programs that run. */
function runningPods(pods: readonly PodFacts[]): StaticPod[] {
  return pods.map((pod): StaticPod => ({
    fullName: pod.fullName,
    name: pod.name,
    namespace: pod.namespace,
    ...(pod.file === undefined ? {} : { manifest: pod.file }),
    state: pod.state === 'up' ? 'running' : 'stopped',
    ready: pod.state === 'up',
    sandboxes: pod.sandboxes.filter(({ ready }) => ready).length,
    containers: pod.containers.filter(({ state }) => state === 'running').map(({ name, id, startedAt, pid }) => ({ name, id, startedAt, running: true, ...(pid === undefined ? {} : { pid }) })),
  }));
}

/** Names and pods alone: what pods are looked for by. */
function bareDirectory({ path, entries }: Directory): DirectoryFacts {
  return {
    path,
    readable: true,
    entries: entries.map(({ name, path: file, info, manifest }) => ({ name, path: file, kind: info.kind, size: info.size, changedAt: '', containers: [], findings: [], ...(manifest === undefined ? {} : { pod: { name: manifest.name, namespace: manifest.namespace, hostNetwork: manifest.hostNetwork } }) })),
  };
}

async function entriesOf(host: Host): Promise<JournalEntry[]> {
  return await host.journal.entries({ unit: KUBELET_UNIT, last: JOURNAL_LINES, fields: ['MESSAGE', 'PRIORITY'] });
}

function journalOf(entries: readonly JournalEntry[], since: string | undefined): JournalLine[] {
  const from = since === undefined ? 0 : Date.parse(since) / 1000 - 2;
  const own = entries.filter(({ at }) => at >= from);
  return (own.length === 0 ? entries.slice(-50) : own).map(({ at, message }) => ({ at, unit: KUBELET_UNIT, message: message.slice(0, 1000) }));
}

async function textsOf(host: Host): Promise<Record<string, string>> {
  const texts: Record<string, string> = {};
  for (const path of TEXTS) {
    const bytes = await host.files.read(path).catch(() => undefined);
    if (bytes !== undefined && bytes.length <= LARGEST_TEXT) texts[path] = bytes.toString('utf8');
  }
  return texts;
}
