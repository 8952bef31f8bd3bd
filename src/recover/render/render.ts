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
  if (typeof rendered !== 'string') return { by: 'kubeadm', manifests: rendered };
  return { by: 'templates', words: rendered, manifests: new Map(COMPONENTS.map((name) => [`${name}.yaml`, fromTemplate(name, parameters)])) };
}
