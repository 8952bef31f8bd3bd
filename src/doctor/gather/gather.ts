/** Host → Evidence: every source in the order in which one needs the other, none of them the API server's. Read only. */
import type { Host } from '../../host/host.ts';
import { openApiServer } from '../../node/api-server.ts';
import { observeDirectory } from '../../node/directory.ts';
import type { Directory, StaticPod } from '../../node/observed.ts';
import { KUBELET_UNIT } from '../../node/service.ts';
import { parseFlags } from '../../kubelet/flags.ts';
import type { ApiFacts, DirectoryFacts, Evidence, JournalLine, PodFacts } from '../evidence.ts';
import { gatherCertificates } from './certificates.ts';
import { gatherEtcd } from './etcd.ts';
import { gatherPaths } from './asked-paths.ts';
import { gatherHost, withHolders } from './host.ts';
import { gatherKubelet } from './kubelet.ts';
import { gatherKubeconfigs } from './kubeconfigs.ts';
import { gatherManifests } from './manifests.ts';
import { namedFiles, namedKubeconfigs } from './named-files.ts';
import { quietly } from './quietly.ts';
import { gatherPods, gatherRuntime, type Runtime } from './runtime.ts';
import { gatherUnit } from './unit.ts';

/** Of the kubelet's journal. */
const JOURNAL_LINES = 400;
/** Small files that rules read as text. */
const TEXTS = ['/etc/hosts', '/etc/containerd/config.toml', '/etc/crictl.yaml'];
const LARGEST_TEXT = 256 * 1024;

export async function gather(host: Host, version: string): Promise<Evidence> {
  const began = host.clock.seconds();
  const missing: Record<string, string> = {};
  const unit = host.live ? await quietly(missing, KUBELET_UNIT, () => gatherUnit(host)) : undefined;
  const kubelet = await gatherKubelet(host, unit, missing);
  const runtime: Runtime | undefined = host.live ? await gatherRuntime(host, kubelet.endpoint) : undefined;
  const read: Directory = (await quietly(missing, 'static pods', () => observeDirectory(host, kubelet.facts.staticPodPath))) ?? { path: kubelet.facts.staticPodPath, entries: [] };
  const bare = { kubelet: { ...(kubelet.facts.version === undefined ? {} : { version: kubelet.facts.version }) }, directory: read };
  const found = runtime === undefined ? [] : await gatherPods(host, runtime, bareDirectory(read), kubelet.nodeName);
  const running = await runningPods(runtime, found);
  const directory = await gatherManifests(host, read, { ...bare, pods: running }, runtime?.facts.images);
  const configs = [kubelet.facts.kubeconfig, ...namedKubeconfigs(directory.entries)].filter((path) => path !== '');
  const certificates = (await quietly(missing, 'certificates', () => gatherCertificates(host, [...namedFiles(directory.entries), ...configs]))) ?? { certificates: [], keys: [] };
  const kubeconfigs = (await quietly(missing, 'kubeconfigs', () => gatherKubeconfigs(host, configs))) ?? [];
  const etcdEntry = directory.entries.find(({ pod, skipped }) => pod?.name === 'etcd' && skipped === undefined);
  const etcd = etcdEntry === undefined ? undefined : await quietly(missing, 'etcd', () => gatherEtcd(host, etcdEntry, directory.entries.find(({ pod, skipped }) => pod?.name === 'kube-apiserver' && skipped === undefined)));
  const api = host.live ? await quietly(missing, 'API server', () => askApi(host, directory, kubelet.facts.kubeconfig)) : undefined;
  const journal = host.live ? ((await quietly(missing, 'journal', () => journalOf(host, unit?.startedAt))) ?? []) : [];
  const machine = await withHolders(host, await gatherHost(host, kubelet.facts.kubeconfig), takenPorts(found, journal));
  return {
    format: 1,
    kcfg: version,
    at: host.clock.now().toISOString(),
    node: { hostname: host.hostname, name: kubelet.nodeName, live: host.live, sandbox: host.sandbox },
    missing,
    host: machine,
    ...(unit === undefined ? {} : { unit }),
    kubelet: kubelet.facts,
    ...(runtime === undefined ? {} : { runtime: runtime.facts }),
    directory,
    pods: found,
    ...certificates,
    kubeconfigs,
    ...(etcd === undefined ? {} : { etcd }),
    ...(api === undefined ? {} : { api }),
    journal,
    paths: await gatherPaths(host, kubelet.facts, machine),
    texts: await textsOf(host),
    seconds: host.clock.seconds() - began,
  };
}

/** Of those that something finds taken: 'listen tcp 0.0.0.0:6443: bind: address already in use'. */
function takenPorts(pods: readonly PodFacts[], journal: readonly JournalLine[]): Set<number> {
  const words = [...pods.flatMap(({ containers }) => containers.flatMap(({ state, log }) => (state === 'running' ? [] : log))), ...journal.map(({ message }) => message)];
  return new Set(words.flatMap((line) => (line.includes('address already in use') ? [Number(/:(\d+): bind/.exec(line)?.[1] ?? 0)] : [])).filter((port) => port > 0));
}

/** For those who ask the programs that run. */
async function runningPods(runtime: Runtime | undefined, pods: readonly PodFacts[]): Promise<StaticPod[]> {
  return await Promise.all(pods.map(async (pod): Promise<StaticPod> => ({
    fullName: pod.fullName,
    name: pod.name,
    namespace: pod.namespace,
    ...(pod.file === undefined ? {} : { manifest: pod.file }),
    state: pod.state === 'up' ? 'running' : 'stopped',
    ready: pod.state === 'up',
    sandboxes: pod.sandboxes.filter(({ ready }) => ready).length,
    containers: await Promise.all(pod.containers.filter(({ state }) => state === 'running').map(async ({ name, id, startedAt }) => {
      const pid = await runtime?.cri?.status(id).then((status) => status.pid, () => undefined);
      return { name, id, startedAt, running: true, ...(pid === undefined ? {} : { pid }) };
    })),
  })));
}

/** Names and pods alone: what pods are looked for by. */
function bareDirectory({ path, entries }: Directory): DirectoryFacts {
  return {
    path,
    readable: true,
    entries: entries.map(({ name, path: file, info, manifest }) => ({ name, path: file, kind: info.kind, size: info.size, changedAt: '', containers: [], findings: [], ...(manifest === undefined ? {} : { pod: { name: manifest.name, namespace: manifest.namespace, hostNetwork: manifest.hostNetwork } }) })),
  };
}

/** A control plane's own, by its manifest; without a manifest that can be read, where kubeadm has it. */
async function askApi(host: Host, directory: DirectoryFacts, kubeconfig: string): Promise<ApiFacts | undefined> {
  const entry = directory.entries.find(({ pod, name }) => pod?.name === 'kube-apiserver' || name === 'kube-apiserver.yaml');
  if (entry === undefined) return undefined;
  const flags = parseFlags(entry.containers[0]?.command.slice(1) ?? []);
  const address = flags.get('advertise-address') ?? '127.0.0.1';
  const url = `https://${address.includes(':') ? `[${address}]` : address}:${flags.get('secure-port') ?? '6443'}`;
  const { status, error, ms } = await (await openApiServer(host, { url, local: true, kubeconfig })).get('/readyz', 1500);
  return { url, local: true, status, ms, ...(error === undefined ? {} : { error }) };
}

async function journalOf(host: Host, since: string | undefined): Promise<JournalLine[]> {
  const entries = await host.journal.entries({ unit: KUBELET_UNIT, last: JOURNAL_LINES });
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
