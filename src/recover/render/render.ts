/** The four manifests of a control plane rendered anew: by the node's own kubeadm, else from the templates. Read only. */
import type { Host } from '../../host/host.ts';
import { byKubeadm } from './by-kubeadm.ts';
import { fromTemplate } from './by-template.ts';
import { COMPONENTS, type Parameters } from './parameters.ts';

export interface Rendered {
  by: 'kubeadm' | 'templates';
  /** Why kubeadm did not. */
  words?: string;
  /** 'etcd.yaml' → its bytes. */
  manifests: Map<string, Buffer>;
}

export async function renderManifests(host: Host, parameters: Parameters): Promise<Rendered> {
  const rendered = await byKubeadm(host, parameters).catch((error: unknown) => (error as Error).message);
  const manifests = typeof rendered !== 'string' ? rendered : new Map(COMPONENTS.map((name) => [`${name}.yaml`, fromTemplate(name, parameters)]));
  for (const [name, bytes] of manifests) manifests.set(name, withPorts(bytes, parameters.etcd));
  return typeof rendered === 'string' ? { by: 'templates', words: rendered, manifests } : { by: 'kubeadm', manifests };
}

/** kubeadm has etcd's ports as constants (constants.go EtcdListenClientPort, EtcdListenPeerPort); a node may have others. */
function withPorts(bytes: Buffer, { clientPort = '2379', peerPort = '2380' }: Parameters['etcd']): Buffer {
  if (clientPort === '2379' && peerPort === '2380') return bytes;
  const port = (text: string): string => text.replaceAll(/:2379(?!\d)/g, `:${clientPort}`).replaceAll(/:2380(?!\d)/g, `:${peerPort}`);
  return Buffer.from(bytes.toString('utf8').split('\n').map((line) => (/-urls?=|--initial-cluster=|--etcd-servers=|advertise-client-urls:/.test(line) ? port(line) : line)).join('\n'));
}
