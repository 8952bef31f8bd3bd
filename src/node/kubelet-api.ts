/**
 * What the running kubelet says of itself. /healthz on the loopback is open to all and proves only that the process is
 * up (server.go:990); /configz, /pods and /metrics need nodes/proxy rights, which on a node only the API server's own
 * client certificate has: so control planes can ask, workers cannot.
 */
import type { Host, HttpAnswer } from '../host/host.ts';
import type { Kubelet } from './observed.ts';

const CLIENT = { cert: '/etc/kubernetes/pki/apiserver-kubelet-client.crt', key: '/etc/kubernetes/pki/apiserver-kubelet-client.key' };
/** Who may have signed the kubelet's serving certificate: itself (kubeadm's default), or the cluster. */
const AUTHORITIES = ['/var/lib/kubelet/pki/kubelet.crt', '/etc/kubernetes/pki/ca.crt'];

export interface KubeletApi {
  /** False on workers, and where the kubelet has no server: get() is then of no use. */
  readonly allowed: boolean;
  healthy(): Promise<boolean>;
  get(path: '/configz' | '/pods' | '/metrics' | '/metrics/probes'): Promise<HttpAnswer>;
}

export async function openKubeletApi(host: Host, kubelet: Pick<Kubelet, 'healthz' | 'secure'>): Promise<KubeletApi> {
  const text = async (path: string): Promise<string | undefined> => (await host.files.read(path))?.toString('utf8');
  const [cert, key] = await Promise.all([text(CLIENT.cert), text(CLIENT.key)]);
  const ca = (await Promise.all(AUTHORITIES.map(text))).filter((pem) => pem !== undefined);
  const base = `https://${bracket(kubelet.secure.address)}:${kubelet.secure.port}`;
  return {
    allowed: cert !== undefined && key !== undefined && kubelet.secure.port > 0,
    async healthy() {
      // it serves none: that it runs is left to systemd
      if (kubelet.healthz.port === 0) return true;
      const url = `http://${bracket(kubelet.healthz.address)}:${kubelet.healthz.port}/healthz`;
      const answer = await host.http({ url, timeout: 1000 });
      return answer.status === 200;
    },
    async get(path) {
      if (cert === undefined || key === undefined) return { status: 0, body: '', error: 'no client certificate', ms: 0 };
      // The kubelet's own certificate carries the node's name, not 127.0.0.1: the CA is what counts.
      return await host.http({ url: base + path, ca, cert, key, serverName: false, timeout: 2000 });
    },
  };
}

function bracket(address: string): string {
  return address.includes(':') ? `[${address}]` : address;
}

/** What the running kubelet has, v1beta1 JSON; undefined where it could not be asked. */
export function configInConfigz(answer: HttpAnswer): Record<string, unknown> | undefined {
  if (answer.status !== 200) return undefined;
  return (JSON.parse(answer.body) as { kubeletconfig?: Record<string, unknown> }).kubeletconfig;
}

/** staticPodPath of the running kubelet; undefined where it could not be asked. */
export function pathInConfigz(answer: HttpAnswer): string | undefined {
  const config = configInConfigz(answer);
  return config === undefined ? undefined : String(config['staticPodPath'] ?? '');
}

export interface ListedPod {
  fullName: string;
  namespace: string;
  uid: string;
  /** 'file', 'api' or 'http'. */
  source: string;
  ready: boolean;
}

/** The kubelet's own list of pods; undefined where it could not be asked. */
export function podsInList(answer: HttpAnswer): ListedPod[] | undefined {
  if (answer.status !== 200) return undefined;
  const list = JSON.parse(answer.body) as {
    items?: {
      metadata: { name: string; namespace: string; uid: string; annotations?: Record<string, string> };
      status?: { conditions?: { type: string; status: string }[] };
    }[] | null;
  };
  return (list.items ?? []).map(({ metadata, status }) => ({
    fullName: metadata.name,
    namespace: metadata.namespace,
    uid: metadata.uid,
    source: metadata.annotations?.['kubernetes.io/config.source'] ?? 'api',
    ready: status?.conditions?.some((c) => c.type === 'Ready' && c.status === 'True') ?? false,
  }));
}

/**
 * Has the first housekeeping run? It runs only when every source of pods was seen, and is what stops orphans
 * (kubelet.go:2847-2863): so it is the proof that nothing will be stopped any more.
 */
export function housekeepingIn(answer: HttpAnswer): { done: boolean; orphans: number } | undefined {
  if (answer.status !== 200) return undefined;
  const metric = (pattern: RegExp): number | undefined => {
    const value = pattern.exec(answer.body)?.[1];
    return value === undefined ? undefined : Number(value);
  };
  return {
    done: metric(/^kubelet_desired_pods\{[^}]*static="true"[^}]*\} (\S+)/m) !== undefined,
    orphans: metric(/^kubelet_orphaned_runtime_pods_total (\S+)/m) ?? 0,
  };
}

/** How often the startup probes of a pod failed and passed, of each of its UIDs (prober_manager.go, prober_probe_total). */
export function startupProbesIn(answer: HttpAnswer, fullName: string, uid: string): { failed: number; passed: number } | undefined {
  if (answer.status !== 200) return undefined;
  const count = { failed: 0, passed: 0 };
  for (const line of answer.body.split('\n')) {
    if (!line.startsWith('prober_probe_total{') || !line.includes(`pod="${fullName}"`) || !line.includes(`pod_uid="${uid}"`) || !line.includes('probe_type="Startup"')) continue;
    count[line.includes('result="successful"') ? 'passed' : 'failed'] += Number(line.slice(line.lastIndexOf(' ') + 1));
  }
  return count;
}
