/** The API server of this node: where it is, and whether it answers. Workers have none, and no other is asked. */
import type { Host } from '../../host/host.ts';
import { parseFlags } from '../../kubelet/flags.ts';
import { openApiServer } from '../../node/api-server.ts';
import { readKubeconfig } from '../../node/kubeconfig.ts';
import type { ApiFacts, DirectoryFacts } from '../evidence.ts';

/** Of a control plane, whatever became of its manifests (kubeadm constants.go). */
const CERTIFICATE = '/etc/kubernetes/pki/apiserver.crt';
const PORT = '6443';

/** By its manifest; without one that can be read by the kubelet's kubeconfig, where that names an address of this node. */
export async function askApi(host: Host, directory: DirectoryFacts, kubeconfig: string, addresses: readonly string[]): Promise<ApiFacts | undefined> {
  const url = fromManifest(directory) ?? (await withoutManifest(host, kubeconfig, addresses));
  if (url === undefined) return undefined;
  const { status, error, ms } = await (await openApiServer(host, { url, local: true, kubeconfig })).get('/readyz', 1500);
  return { url, local: true, status, ms, ...(error === undefined ? {} : { error }) };
}

function fromManifest({ entries }: DirectoryFacts): string | undefined {
  const command = entries.find(({ pod }) => pod?.name === 'kube-apiserver')?.containers[0]?.command;
  if (command === undefined) return undefined;
  const flags = parseFlags(command.slice(1));
  return urlOf(flags.get('advertise-address') ?? '127.0.0.1', flags.get('secure-port') ?? PORT);
}

async function withoutManifest(host: Host, kubeconfig: string, addresses: readonly string[]): Promise<string | undefined> {
  if ((await host.files.target(CERTIFICATE).catch(() => undefined)) === undefined) return undefined;
  const server = (await readKubeconfig(host, kubeconfig).catch(() => undefined))?.server;
  const named = server === undefined ? undefined : /^https:\/\/\[?([^\]/]+?)\]?(?::(\d+))?\/?$/.exec(server);
  if (named?.[1] !== undefined && addresses.includes(named[1])) return urlOf(named[1], named[2] ?? PORT);
  // kubeadm's certificate has the node's own address, and not the loopback
  const own = addresses.find((address) => !address.startsWith('127.') && address !== '::1' && !address.startsWith('fe80:'));
  return own === undefined ? undefined : urlOf(own, PORT);
}

function urlOf(address: string, port: string): string {
  return `https://${address.includes(':') ? `[${address}]` : address}:${port}`;
}
