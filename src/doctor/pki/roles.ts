/** What kubeadm's certificates are for, by their paths (kubeadm app/phases/certs/certlist.go), and how kubeadm calls them when it renews (app/phases/certs/renewal/manager.go). */

const PKI = '/etc/kubernetes/pki';
const KUBELET = '/var/lib/kubelet/pki';

interface Known {
  role: string;
  /** `kubeadm certs renew NAME`. Authorities have none. */
  renew?: string;
}

export const KNOWN: Readonly<Record<string, Known>> = {
  [`${PKI}/ca.crt`]: { role: 'cluster CA' },
  [`${PKI}/apiserver.crt`]: { role: 'kube-apiserver', renew: 'apiserver' },
  [`${PKI}/apiserver-kubelet-client.crt`]: { role: 'kube-apiserver, client of the kubelet', renew: 'apiserver-kubelet-client' },
  [`${PKI}/apiserver-etcd-client.crt`]: { role: 'kube-apiserver, client of etcd', renew: 'apiserver-etcd-client' },
  [`${PKI}/front-proxy-ca.crt`]: { role: 'front proxy CA' },
  [`${PKI}/front-proxy-client.crt`]: { role: 'kube-apiserver, front proxy', renew: 'front-proxy-client' },
  [`${PKI}/etcd/ca.crt`]: { role: 'etcd CA' },
  [`${PKI}/etcd/server.crt`]: { role: 'etcd', renew: 'etcd-server' },
  [`${PKI}/etcd/peer.crt`]: { role: 'etcd, peer', renew: 'etcd-peer' },
  [`${PKI}/etcd/healthcheck-client.crt`]: { role: 'etcd, health check', renew: 'etcd-healthcheck-client' },
  [`${KUBELET}/kubelet-client-current.pem`]: { role: 'kubelet client' },
  [`${KUBELET}/kubelet.crt`]: { role: 'kubelet' },
  '/etc/kubernetes/admin.conf': { role: 'admin', renew: 'admin.conf' },
  '/etc/kubernetes/super-admin.conf': { role: 'super-admin', renew: 'super-admin.conf' },
  '/etc/kubernetes/controller-manager.conf': { role: 'kube-controller-manager', renew: 'controller-manager.conf' },
  '/etc/kubernetes/scheduler.conf': { role: 'kube-scheduler', renew: 'scheduler.conf' },
  '/etc/kubernetes/kubelet.conf': { role: 'kubelet client' },
  '/root/.kube/config': { role: 'root, for kubectl' },
};

export const CURRENT_PEM = `${KUBELET}/kubelet-client-current.pem`;

export function roleOf(file: string): string {
  const known = KNOWN[file]?.role;
  if (known !== undefined) return known;
  return file.startsWith(`${KUBELET}/kubelet-client-`) ? 'kubelet client, of an earlier rotation' : file.slice(file.lastIndexOf('/') + 1);
}

/** How kubeadm calls it; undefined where kubeadm does not renew it. */
export function renewalOf(file: string): string | undefined {
  return KNOWN[file]?.renew;
}
