/** The API server and etcd of this node, asked with the node's own client certificate. */
import type { Host, HttpAnswer } from '../host/host.ts';
import { readKubeconfig } from './kubeconfig.ts';
import type { ApiServerAccess } from './observed.ts';

export interface ApiServer {
  get(path: string, timeout?: number): Promise<HttpAnswer>;
}

/** Credentials are read once; a change takes seconds, a certificate lives for months. */
export async function openApiServer(host: Host, access: ApiServerAccess): Promise<ApiServer> {
  const credentials = await readKubeconfig(host, access.kubeconfig);
  return {
    async get(path, timeout = 1000) {
      if (credentials === undefined) return { status: 0, body: '', error: `${access.kubeconfig} cannot be read`, ms: 0 };
      const { ca, cert, key } = credentials;
      const identity = cert === undefined || key === undefined ? {} : { cert, key };
      return await host.http({ url: access.url + path, ca, ...identity, timeout });
    },
  };
}

export interface ListedByApi {
  metadata: { name: string; namespace: string; annotations?: Record<string, string>; ownerReferences?: { kind: string }[] };
  status?: { phase?: string };
}

/** Every pod that the API server has for this node; undefined where it does not say. */
export async function podsOfNode(api: ApiServer, nodeName: string): Promise<ListedByApi[] | undefined> {
  const answer = await api.get(`/api/v1/pods?fieldSelector=${encodeURIComponent(`spec.nodeName=${nodeName}`)}`, 3000);
  return answer.status === 200 ? (JSON.parse(answer.body) as { items: ListedByApi[] }).items : undefined;
}

/** Mirror pods of this node: full name → UID of the static pod it mirrors (its config.mirror annotation). */
export async function mirrorPods(api: ApiServer, nodeName: string): Promise<Map<string, string> | undefined> {
  const listed = await podsOfNode(api, nodeName);
  return listed && new Map(
    listed.flatMap(({ metadata }) => {
      const uid = metadata.annotations?.['kubernetes.io/config.mirror'];
      return uid === undefined ? [] : [[`${metadata.namespace}/${metadata.name}`, uid] as const];
    }),
  );
}

/**
 * etcd's own /health answers true only after a read that needs the quorum (etcd server etcdhttp/health.go).
 * kubeadm serves it without TLS on --listen-metrics-urls, on the loopback.
 */
export async function etcdHealthy(host: Host, metricsUrl: string): Promise<boolean | undefined> {
  const answer = await host.http({ url: `${metricsUrl}/health`, timeout: 3000 });
  if (answer.status === 0) return undefined;
  return answer.status === 200 && /"health":\s*"true"/.test(answer.body);
}
