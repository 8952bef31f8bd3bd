/**
 * Distributions that own the kubelet's configuration: they write it anew, or refuse another staticPodPath
 * (OpenShift rejects it, Talos protects it, RKE2 and k3s have a directory of their own). kcfg leaves them alone, by name.
 */
import { KcfgError } from '../errors.ts';
import type { Host } from '../host/host.ts';

const MANAGED: { name: string; paths: string[]; instead: string }[] = [
  { name: 'RKE2', paths: ['/etc/rancher/rke2', '/var/lib/rancher/rke2'], instead: 'set kubelet-arg in /etc/rancher/rke2/config.yaml' },
  { name: 'k3s', paths: ['/etc/rancher/k3s', '/var/lib/rancher/k3s/agent'], instead: 'set kubelet-arg in /etc/rancher/k3s/config.yaml' },
  { name: 'MicroK8s', paths: ['/var/snap/microk8s'], instead: 'edit /var/snap/microk8s/current/args/kubelet' },
  { name: 'OpenShift', paths: ['/etc/machine-config-daemon'], instead: 'use a KubeletConfig object of the Machine Config Operator' },
];

/** Throws `not-supported` where another system owns this kubelet. */
export async function refuseManaged(host: Host): Promise<void> {
  for (const { name, paths, instead } of MANAGED) {
    for (const path of paths) {
      if ((await host.files.info(path)) === undefined) continue;
      throw new KcfgError('not-supported', `${name} manages the kubelet of this node`, {
        where: [{ file: path }],
        notes: [`${name} starts the kubelet itself, and undoes what others change`],
        help: [instead],
      });
    }
  }
  const release = (await host.files.read('/etc/os-release'))?.toString('utf8') ?? '';
  if (/^ID="?talos"?$/m.test(release)) {
    throw new KcfgError('not-supported', 'Talos manages the kubelet of this node', {
      where: [{ file: '/etc/os-release' }],
      help: ['change the machine configuration: talosctl edit machineconfig'],
    });
  }
}
