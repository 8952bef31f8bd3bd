/**
 * The pod as an API server has it: of three control planes two may answer. The kubelet's picture has every default written out and
 * what it added itself (config/defaults.go, kubelet/pod/mirror_client.go): that goes, and what remains is a manifest again.
 */
import { stringify } from 'yaml';
import type { Host } from '../../host/host.ts';
import { isMap } from '../../manifests/rules/case.ts';
import { openApiServer } from '../../node/api-server.ts';
import type { Found } from './candidate.ts';

const TIMEOUT_MS = 1500;

/** `servers`: https addresses of kubeconfigs; asked one after the other, as the kubelet. */
export async function fromMirrorPod(host: Host, servers: readonly string[], kubeconfig: string, pod: { name: string; namespace: string; fullName: string }, now: string): Promise<Found[]> {
  if (!host.live) return [];
  for (const url of new Set(servers)) {
    const api = await openApiServer(host, { url, local: false, kubeconfig });
    const answer = await api.get(`/api/v1/namespaces/${pod.namespace}/pods/${pod.fullName}`, TIMEOUT_MS).catch(() => undefined);
    if (answer?.status !== 200) continue;
    try {
      const mirror: unknown = JSON.parse(answer.body);
      const bytes = Buffer.from(stringify(manifestOf(mirror, pod.name), { sortMapEntries: true, indentSeq: false, lineWidth: 0, singleQuote: true }));
      return [{ source: 'mirror-pod', title: 'as the API server has it', from: url, at: createdAt(mirror) ?? now, bytes, doubts: ['defaults that the API server filled in may have stayed'] }];
    } catch {
      continue;
    }
  }
  return [];
}

function createdAt(mirror: unknown): string | undefined {
  const at = isMap(mirror) && isMap(mirror.metadata) ? mirror.metadata.creationTimestamp : undefined;
  return typeof at === 'string' && !Number.isNaN(Date.parse(at)) ? new Date(at).toISOString() : undefined;
}

/** What the API server's defaults of a Pod are, where kubeadm writes none of them (apis/core/v1/defaults.go). */
const POD_DEFAULTS: Readonly<Record<string, unknown>> = { dnsPolicy: 'ClusterFirst', enableServiceLinks: true, preemptionPolicy: 'PreemptLowerPriority', restartPolicy: 'Always', schedulerName: 'default-scheduler', terminationGracePeriodSeconds: 30 };
const CONTAINER_DEFAULTS: Readonly<Record<string, unknown>> = { terminationMessagePath: '/dev/termination-log', terminationMessagePolicy: 'File' };
const PROBES = ['livenessProbe', 'readinessProbe', 'startupProbe'];

export function manifestOf(mirror: unknown, name: string): object {
  const pod = isMap(mirror) ? mirror : {};
  const metadata = isMap(pod.metadata) ? pod.metadata : {};
  const annotations = Object.entries(isMap(metadata.annotations) ? metadata.annotations : {}).filter(([key]) => !/^kubernetes\.io\/config\./.test(key));
  const spec = { ...(isMap(pod.spec) ? pod.spec : {}) };
  // the kubelet's own: the node, and that a static pod stays on a node that is tainted (config/common.go applyDefaults)
  delete spec.nodeName;
  const tolerations = (Array.isArray(spec.tolerations) ? spec.tolerations : []).filter((each) => !(isMap(each) && each.effect === 'NoExecute' && each.operator === 'Exists' && each.key === undefined));
  delete spec.tolerations;
  for (const list of ['containers', 'initContainers']) if (Array.isArray(spec[list])) spec[list] = spec[list].map(container);
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...(annotations.length === 0 ? {} : { annotations: Object.fromEntries(annotations) }),
      ...(isMap(metadata.labels) ? { labels: metadata.labels } : {}),
      name,
      ...(typeof metadata.namespace === 'string' ? { namespace: metadata.namespace } : {}),
    },
    spec: { ...without(spec, POD_DEFAULTS), ...(tolerations.length === 0 ? {} : { tolerations }) },
  };
}

function container(each: unknown): unknown {
  if (!isMap(each)) return each;
  const bare = without(each, CONTAINER_DEFAULTS);
  for (const name of PROBES) if (isMap(bare[name])) bare[name] = without(bare[name], { successThreshold: 1 });
  return bare;
}

function without(value: Record<string, unknown>, defaults: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).filter(([key, each]) => !(key in defaults && defaults[key] === each)));
}
