/** Pods that `kubectl drain --ignore-daemonsets` would take off this node: no mirror pods, none of a DaemonSet, none that are over. */
import type { Host } from '../host/host.ts';
import { openApiServer, podsOfNode } from './api-server.ts';
import type { Observed } from './observed.ts';

/** By name; from the runtime, DaemonSets counted in, where the API server does not tell. Undefined where neither does. */
export async function podsToDrain(host: Host, observed: Observed): Promise<string[] | undefined> {
  const api = observed.api === undefined ? undefined : await openApiServer(host, observed.api);
  const listed = api === undefined ? undefined : await podsOfNode(api, observed.node.name);
  if (listed !== undefined) {
    return listed
      .filter(({ metadata, status }) => metadata.annotations?.['kubernetes.io/config.mirror'] === undefined && !metadata.ownerReferences?.some((owner) => owner.kind === 'DaemonSet') && status?.phase !== 'Succeeded' && status?.phase !== 'Failed')
      .map(({ metadata }) => metadata.name);
  }
  const sandboxes = await host.cri(observed.kubelet.runtimeEndpoint).sandboxes().catch(() => undefined);
  return sandboxes?.filter((sandbox) => sandbox.ready && !observed.pods.some((pod) => pod.fullName === sandbox.name && pod.namespace === sandbox.namespace)).map((sandbox) => sandbox.name);
}
