/** What a control plane's manifests are rendered from: kubeadm's own settings, as far as they show in the manifests. Pure. */

export const COMPONENTS = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler'] as const;
export type ComponentName = (typeof COMPONENTS)[number];

export interface Parameters {
  /** Of the Kubernetes images, without `v`. */
  version: string;
  nodeName: string;
  /** Of the API server of this node. */
  address: string;
  port: number;
  repository: string;
  serviceSubnet: string;
  /** Absent: the controller manager gives nodes no addresses for pods. */
  podSubnet?: string;
  dnsDomain: string;
  clusterName: string;
  certificatesDir: string;
  /** ca.key is kept elsewhere: the controller manager signs nothing (kubeadm certs.go UsingExternalCA). */
  externalCa: boolean;
  /** Of certificateDirectories, those that are on the node. */
  caDirectories: string[];
  criSocket: string;
  etcd: {
    image: string;
    name: string;
    dataDir: string;
    /** 'cp1=https://10.0.0.5:2380,…' */
    initialCluster: string;
    /** 'existing' of a member that joined; absent for the first one. */
    initialState?: string;
    /** Where clients ask; absent: kubeadm's 2379. What is left of the manifests says so. */
    clientPort?: string;
    /** Of other members; absent: kubeadm's 2380. */
    peerPort?: string;
    /** Absent: kubeadm's, port 2381 of the loopback. Its probes knock there. */
    metricsUrls?: string;
  };
  /** What could not be read, and was taken for kubeadm's default or guessed. */
  guesses: Guess[];
}

export interface Guess {
  /** 'the service network is not known: kubeadm's default 10.96.0.0/12'. */
  text: string;
  of: readonly ComponentName[];
}

/** Where distributions link /etc/ssl/certs to: kubeadm mounts those that are there (controlplane/volumes.go caCertsExtraVolumePaths). */
export const CERTIFICATE_DIRECTORIES: readonly string[] = ['/etc/pki/ca-trust', '/etc/pki/tls/certs', '/etc/ca-certificates', '/usr/share/ca-certificates', '/usr/local/share/ca-certificates'];

export function isComponent(name: string): name is ComponentName {
  return (COMPONENTS as readonly string[]).includes(name);
}

/** Of '1.37.2'. */
export function minorOf(version: string): number {
  return Number(/^v?1\.(\d+)/.exec(version)?.[1] ?? Number.NaN);
}

/** 'registry.k8s.io/etcd:3.7.0-0' → its parts. A port in the registry's name is no tag. */
export function partsOfImage(image: string): { repository: string; name: string; tag: string } {
  const [, repository = '', name = image, tag = ''] = /^(?:(.*)\/)?([^/:@]+)(?::([^@]+))?(?:@.*)?$/.exec(image) ?? [];
  return { repository, name, tag };
}

/** As kubeadm writes it into URLs (net.JoinHostPort). */
export function inUrl(address: string): string {
  return address.includes(':') ? `[${address}]` : address;
}
