/** The sections of the evidence about certificates, keys, kubeconfigs and etcd: facts alone, no key and no token. */

export interface Certificate {
  /** Where it is written: a file, or a kubeconfig. A file with several has one entry for each, the first is the one that is shown. */
  file: string;
  /** 'kube-apiserver', 'kubelet client', 'etcd CA': what it is for. */
  role: string;
  /** In a kubeconfig: its user, or the authority that it trusts. */
  part?: 'client' | 'authority';
  /** Why there is none to read; all that follows is empty then. */
  broken?: string;
  /** Of a link: where it leads. */
  link?: string;
  /** Of the file, ISO: when it was written last. */
  changedAt?: string;
  subject: string;
  issuer: string;
  notBefore: string;
  notAfter: string;
  ca: boolean;
  /** DNS names and addresses. */
  names: string[];
  /** SHA-256 of the public key: a key belongs to it where the same one stands there. */
  publicKey: string;
  fingerprint: string;
  /** Fingerprints of certificates in evidence that signed it; tried where the issuer's name fits. */
  signedBy: string[];
}
export interface Key {
  file: string;
  publicKey?: string;
  /** It is no key that can be read. */
  broken?: string;
}
export interface Kubeconfig {
  file: string;
  there: boolean;
  problem?: string;
  /** Of its bytes: SHA-256. */
  sha256?: string;
  /** ISO. */
  changedAt?: string;
  server?: string;
  /** Line of `server:`. */
  line?: number;
  user?: string;
  /** The files that it names. */
  clientCertificate?: string;
  clientKey?: string;
  authority?: string;
  /** Key and value of what is in it, by the key: place and length in bytes, never the value. */
  places?: Partial<Record<KubeconfigKey, KubeconfigPlace>>;
}
export type KubeconfigKey = 'server' | 'certificate-authority' | 'certificate-authority-data' | 'client-certificate' | 'client-certificate-data' | 'client-key' | 'client-key-data';
export interface KubeconfigPlace {
  line: number;
  column: number;
  /** From the first letter of the key to the last of the value. */
  offset: number;
  length: number;
}
export interface EtcdFacts {
  /** --data-dir. */
  dataDirectory: string;
  /** On the node, behind the mount. Absent: it is in no mount, or that is no hostPath. */
  hostDirectory?: string;
  /** What is there. Absent: nothing. */
  kind?: 'file' | 'directory' | 'other';
  /** It has member/. */
  member: boolean;
  mode?: number;
  uid?: number;
  /** Of the user that the manifest has it run as; 0 where it says nothing. */
  runAs: number;
  /** Who may read the file of --key-file. */
  keyUid?: number;
  /** When member/ was made, which is when this data began. ISO. */
  begunAt?: string;
  /** What is there of member/: bytes of the database, names of the newest snapshot, files of the log. */
  database?: { path: string; bytes: number };
  snapshot?: string;
  logs?: number;
  /** Other directories on this node that look like etcd's data, with the bytes of their databases: /var/lib/etcd-restored. */
  others?: { path: string; bytes: number }[];
  /** Of the manifest: arguments by the names of their flags, and the values 'hostPath' of the volume and 'runAsUser'. */
  places?: Record<string, KubeconfigPlace>;
  /** Where the API server's manifest says --etcd-servers. */
  servers?: { file: string; sha256: string; place: KubeconfigPlace };
  /** The mount in the container that the data directory is in, or the only one that is writable. */
  mountPath?: string;
  /** Bytes that may still be written there. */
  freeBytes?: number;
  /** By /health and /metrics on its metrics address. */
  healthy?: boolean;
  members?: number;
  connected?: number;
  hasLeader?: boolean;
  /** Of --quota-backend-bytes and what is used of it, by /metrics. */
  quotaBytes?: number;
  databaseBytes?: number;
}
