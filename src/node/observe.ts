/**
 * Host → Observed: everything kcfg needs to know of a node before it plans, read only.
 * The order is the order of what can fail: who owns this node, the service, its configuration, the runtime, the pods.
 */
import { KcfgError } from '../errors.ts';
import type { Cri, Host } from '../host/host.ts';
import { apiUrl } from '../manifests/api-url.ts';
import { parseFlags } from '../kubelet/flags.ts';
import { reachOf } from '../kubelet/reach.ts';
import { openApiServer } from './api-server.ts';
import { observeBasis } from './basis.ts';
import { observeDirectory } from './directory.ts';
import { refuseManaged } from './distribution.ts';
import { observeKubeadm } from './kubeadm.ts';
import { openKubeletApi, pathInConfigz } from './kubelet-api.ts';
import { readKubeconfig } from './kubeconfig.ts';
import type { ApiServerAccess, Directory, Kubelet, Observed, StaticPod } from './observed.ts';
import { observePods, readRuntime } from './pods.ts';
import { KUBELET_UNIT, observeService, type Service } from './service.ts';
import { CONFIG_FILE, observeSettings, type Settings } from './settings.ts';
import { askVersion } from './version.ts';

/** The kubelet's own defaults of flags that set no field, and kubeadm's kubeconfig. */
const DEFAULTS = {
  kubeconfig: '/etc/kubernetes/kubelet.conf',
  rootDir: '/var/lib/kubelet',
  /** Of kubelets before the field (1.28 has it) it is a flag's. */
  runtimeEndpoint: 'unix:///run/containerd/containerd.sock',
} as const;

/** What one look at a node gives: the facts as plain data, and the layers of its configuration. */
export interface Look {
  observed: Observed;
  settings: Settings;
  service: Service;
}

export async function observe(host: Host): Promise<Observed> {
  return (await look(host)).observed;
}

export async function look(host: Host): Promise<Look> {
  await refuseManaged(host);
  const service = host.live ? await observeService(host) : offlineService();
  const binary = service.argv[0]?.startsWith('/') === true ? service.argv[0] : undefined;
  const version = binary === undefined ? undefined : await askVersion(host, binary);
  // on disk is what comes into force with the next start
  const next = { ...service, argv: service.nextArgv, flags: parseFlags(service.nextArgv.slice(1)) };
  const settings = await observeSettings(host, next, version);
  const kubelet = { ...observeKubelet(service, settings, binary, version), ...(await wasReplaced(host, service.pid)) };
  const nodeName = service.flags.get('hostname-override') || host.hostname.toLowerCase();

  const directory = await observeDirectory(host, settings.staticPodPath.value);
  const cri = host.live ? host.cri(kubelet.runtimeEndpoint) : undefined;
  const runtimeVersion = await cri?.version();
  const pods = await podsOf(host, cri, directory, nodeName);
  const running = host.live ? await runningPath(host, kubelet) : undefined;
  const api = apiAccess(service, directory, await readKubeconfig(host, kubeconfigOf(service)));
  const apiAnswers = api === undefined || !host.live ? undefined : (await (await openApiServer(host, api)).get('/readyz')).status > 0;
  const byKubeadm = (await host.files.info('/var/lib/kubelet/kubeadm-flags.env')) !== undefined;
  const observed: Observed = {
    node: {
      name: nodeName,
      role: isControlPlane(directory, pods) ? 'control plane' : 'worker',
      flavour: byKubeadm ? 'kubeadm' : 'other',
      bootId: host.live ? await host.processes.bootId() : '',
    },
    kubelet,
    staticPodPath: { ...settings.staticPodPath, ...(running === undefined ? {} : { running }) },
    ...(runtimeVersion === undefined
      ? {}
      : { runtime: { name: runtimeVersion.runtimeName, version: runtimeVersion.runtimeVersion, endpoint: kubelet.runtimeEndpoint } }),
    directory,
    pods,
    basis: await observeBasis(host, service, settings, binary),
    ...(byKubeadm ? { kubeadm: await observeKubeadm(host, settings.staticPodPath.value) } : {}),
    ...(api === undefined ? {} : { api }),
    ...(apiAnswers === undefined ? {} : { apiAnswers }),
  };
  return { observed, settings, service };
}

/** The kernel says so behind the link to a process's program (proc(5), /proc/pid/exe). */
export async function wasReplaced(host: Pick<Host, 'files' | 'live'>, pid: number | undefined): Promise<{ replaced?: true }> {
  const exe = host.live && pid !== undefined ? await host.files.info(`/proc/${pid}/exe`).catch(() => undefined) : undefined;
  return exe?.target?.endsWith(' (deleted)') === true ? { replaced: true } : {};
}

/** What the running kubelet has; undefined on workers, where there is no right to ask. */
async function runningPath(host: Host, kubelet: Kubelet): Promise<string | undefined> {
  const api = await openKubeletApi(host, kubelet);
  return api.allowed && kubelet.active ? pathInConfigz(await api.get('/configz')) : undefined;
}

async function podsOf(host: Host, cri: Cri | undefined, directory: Directory, nodeName: string): Promise<StaticPod[]> {
  if (!host.live || cri === undefined) return observePods(undefined, { sandboxes: [], containers: [] }, directory, nodeName);
  return observePods(cri, await readRuntime(cri), directory, nodeName);
}

/** With `--root` there is no systemd to ask: the defaults of kubeadm's unit. */
function offlineService(): Service {
  const argv = ['kubelet', `--config=${CONFIG_FILE}`, `--kubeconfig=${DEFAULTS.kubeconfig}`];
  return { active: false, argv, flags: parseFlags(argv.slice(1)), nextArgv: argv, needsReload: false, sources: [], unitFiles: [], flagSource: () => undefined };
}

function observeKubelet(service: Service, settings: Settings, binary: string | undefined, version: string | undefined): Kubelet {
  return {
    ...(version === undefined ? {} : { version }),
    unit: KUBELET_UNIT,
    active: service.active,
    ...(service.pid === undefined ? {} : { pid: service.pid }),
    ...(service.startedAt === undefined ? {} : { startedAt: service.startedAt }),
    argv: service.nextArgv,
    configFile: settings.configFile,
    ...(settings.configDir === undefined ? {} : { configDir: settings.configDir }),
    ...(binary === undefined ? {} : { binary }),
    needsReload: service.needsReload,
    ...reachOf(settings.layered),
    runtimeEndpoint: service.flags.get('container-runtime-endpoint') || String(settings.layered.layersOf(['containerRuntimeEndpoint'])[0]?.value ?? DEFAULTS.runtimeEndpoint),
    podsDirectory: `${service.flags.get('root-dir') ?? DEFAULTS.rootDir}/pods`,
  };
}

function kubeconfigOf(service: Service): string {
  return service.flags.get('kubeconfig') ?? DEFAULTS.kubeconfig;
}

export function isControlPlane(directory: Directory, pods: StaticPod[]): boolean {
  return (
    directory.entries.some((entry) => entry.manifest?.name === 'kube-apiserver') ||
    pods.some((pod) => pod.name === 'kube-apiserver')
  );
}

/** A control plane asks its own API server, by the address and port of its manifest; a worker the one it joined. */
function apiAccess(
  service: Service,
  directory: Directory,
  credentials: { server: string } | undefined,
): ApiServerAccess | undefined {
  const kubeconfig = kubeconfigOf(service);
  const command = directory.entries.find((e) => e.manifest?.name === 'kube-apiserver')?.manifest?.containers[0]?.command;
  if (command !== undefined) return { url: apiUrl(command), local: true, kubeconfig };
  return credentials === undefined ? undefined : { url: credentials.server, local: false, kubeconfig };
}

/** Root is needed wherever a running machine is to be read whole or changed. */
export function needRoot(host: Host): void {
  if (!host.live || host.sandbox || host.user.uid === 0) return;
  throw new KcfgError('not-root', 'kcfg must be root to read and change the kubelet of this node', {
    help: ['run it with sudo, or try it on a pretend node: kcfg sandbox up cp1'],
  });
}

