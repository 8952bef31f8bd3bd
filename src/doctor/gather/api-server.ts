/** The API server of this node: where it is, and whether it answers. Workers have none, and no other is asked. */
import type { Host } from '../../host/host.ts';
import { API_PORT, apiUrl, apiUrlAt } from '../../manifests/api-url.ts';
import { openApiServer } from '../../node/api-server.ts';
import { readKubeconfig } from '../../node/kubeconfig.ts';
import type { ApiFacts, DirectoryFacts } from '../evidence.ts';

/** Of a control plane, whatever became of its manifests (kubeadm constants.go). */
const CERTIFICATE = '/etc/kubernetes/pki/apiserver.crt';

/** By its manifest; without one that can be read by the kubelet's kubeconfig, where that names an address of this node. */
export async function askApi(host: Host, directory: DirectoryFacts, kubeconfig: string, addresses: readonly string[]): Promise<ApiFacts | undefined> {
  const url = fromManifest(directory) ?? (await withoutManifest(host, kubeconfig, addresses));
  if (url === undefined) return undefined;
  const { status, error, ms } = await (await openApiServer(host, { url, local: true, kubeconfig })).get('/readyz', 1500);
  return { url, local: true, status, ms, ...(error === undefined ? {} : { error }) };
}

function fromManifest({ entries }: DirectoryFacts): string | undefined {
  const command = entries.find(({ pod }) => pod?.name === 'kube-apiserver')?.containers[0]?.command;
  return command === undefined ? undefined : apiUrl(command);
}

async function withoutManifest(host: Host, kubeconfig: string, addresses: readonly string[]): Promise<string | undefined> {
  if ((await host.files.target(CERTIFICATE).catch(() => undefined)) === undefined) return undefined;
  const server = (await readKubeconfig(host, kubeconfig).catch(() => undefined))?.server;
  const named = server === undefined ? undefined : /^https:\/\/\[?([^\]/]+?)\]?(?::(\d+))?\/?$/.exec(server);
  if (named?.[1] !== undefined && addresses.includes(named[1])) return apiUrlAt(named[1], named[2] ?? API_PORT);
  // kubeadm's certificate has the node's own address, and not the loopback
  const own = addresses.find((address) => !address.startsWith('127.') && address !== '::1' && !address.startsWith('fe80:'));
  return own === undefined ? undefined : apiUrlAt(own, API_PORT);
}
