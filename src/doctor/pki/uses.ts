/**
 * Who shows which certificate to whom: from the flags of the manifests and from the kubeconfigs. Each rule asks the same of
 * each use: is it valid, is its key beside it, does the other side trust it.
 */
import type { Component, Layer } from '../cause.ts';
import type { Evidence } from '../evidence.ts';
import type { Certificate, Key } from './evidence.ts';
import { LAYER_OF, programOf } from './programs.ts';
import { CURRENT_PEM } from './roles.ts';

export interface Use {
  component: Component;
  layer: Layer;
  /** The file of the certificate, or the kubeconfig that it is in. */
  file: string;
  /** In a kubeconfig: embedded there. */
  part?: 'client';
  /** The file of its key: the same as `file` where both are in one. */
  key?: string;
  /** '--tls-cert-file', or the kubeconfig that names it. */
  named: string;
  /** The flag of the key. */
  keyNamed?: string;
  /** A file with the authorities that the other side trusts. */
  trusted?: { file: string; part?: 'authority'; by: string };
  /** What comes of it when it is refused. */
  refused: string;
  /** The component does not live without it. */
  needed: boolean;
  /** Read at each handshake, or by clients at once: it counts while the program runs. */
  atOnce: boolean;
}

const CA = '/etc/kubernetes/pki/ca.crt';

interface Pair {
  component: Component;
  cert: string;
  key: string;
  /** Whose flag names the authorities that are asked about it. */
  trusted?: [Component, string];
  refused: string;
  needed: boolean;
  atOnce: boolean;
}

/** Flags of the programs; which of them read their files again while they run is from their source: all of these do (apiserver dynamiccertificates, etcd transport/listener.go), a mismatched pair is not taken. */
const PAIRS: readonly Pair[] = [
  { component: 'kube-apiserver', cert: 'tls-cert-file', key: 'tls-private-key-file', refused: 'its clients refuse it: the kubelet, the controllers, kubectl', needed: true, atOnce: true },
  { component: 'kube-apiserver', cert: 'etcd-certfile', key: 'etcd-keyfile', trusted: ['etcd', 'trusted-ca-file'], refused: 'etcd refuses the API server', needed: true, atOnce: true },
  { component: 'kube-apiserver', cert: 'kubelet-client-certificate', key: 'kubelet-client-key', refused: 'the kubelet refuses the API server: kubectl logs, exec and port-forward fail', needed: false, atOnce: true },
  { component: 'kube-apiserver', cert: 'proxy-client-cert-file', key: 'proxy-client-key-file', trusted: ['kube-apiserver', 'requestheader-client-ca-file'], refused: 'aggregated API servers refuse it: metrics, for one', needed: false, atOnce: true },
  { component: 'etcd', cert: 'cert-file', key: 'key-file', trusted: ['kube-apiserver', 'etcd-cafile'], refused: 'the API server refuses etcd', needed: true, atOnce: true },
  { component: 'etcd', cert: 'peer-cert-file', key: 'peer-key-file', trusted: ['etcd', 'peer-trusted-ca-file'], refused: 'the other members of etcd refuse it', needed: true, atOnce: true },
];
/** Signing, not shown: only that they belong together is asked. */
export const SIGNERS: readonly { component: Component; cert: string; key: string }[] = [{ component: 'kube-controller-manager', cert: 'cluster-signing-cert-file', key: 'cluster-signing-key-file' }];

export function usesIn(evidence: Evidence): Use[] {
  return [...PAIRS.flatMap((pair) => flagUse(evidence, pair)), ...kubeconfigUses(evidence)];
}

function flagUse(evidence: Evidence, { component, cert, key, trusted, refused, needed, atOnce }: Pair): Use[] {
  const flags = programOf(evidence, component)?.flags;
  const file = flags?.get(cert);
  if (file === undefined || flags === undefined) return [];
  const authority = trusted === undefined ? undefined : programOf(evidence, trusted[0])?.flags.get(trusted[1]);
  const layer = LAYER_OF[component] ?? 'others';
  // a member alone has no peers
  const alone = cert === 'peer-cert-file' && !(flags.get('initial-cluster') ?? '').includes(',') && (evidence.etcd?.members ?? 1) < 2;
  const by = trusted === undefined || authority === undefined ? undefined : { file: authority, by: `--${trusted[1]} of ${trusted[0]}` };
  return [{ component, layer, file, named: `--${cert}`, refused: alone ? 'another member of etcd could not join' : refused, needed: needed && !alone, atOnce, ...(flags.has(key) ? { key: flags.get(key) ?? '', keyNamed: `--${key}` } : {}), ...(by && { trusted: by }), ...(cert === 'kubelet-client-certificate' ? { trusted: { file: kubeletAuthority(evidence), by: 'the kubelet' } } : {}) }];
}

/** authentication.x509.clientCAFile of its settings; kubeadm's where they cannot be read. */
function kubeletAuthority({ kubelet }: Evidence): string {
  const value = kubelet.settings?.['authentication.x509.clientCAFile']?.value;
  return typeof value === 'string' && value !== '' ? value : CA;
}

/** The kubeconfig of each program: of kubeadm's names where the flags say nothing. */
export function kubeconfigsInUse(evidence: Evidence): { component: Component; file: string; needed: boolean }[] {
  const own = (component: Component): { component: Component; file: string; needed: boolean }[] => {
    const file = programOf(evidence, component)?.flags.get('kubeconfig');
    return file === undefined ? [] : [{ component, file, needed: true }];
  };
  const { kubeconfig } = evidence.kubelet;
  const people = ['/etc/kubernetes/admin.conf', '/etc/kubernetes/super-admin.conf', '/root/.kube/config'].map((file) => ({ component: 'kubectl', file, needed: false }));
  return [...(kubeconfig === '' ? [] : [{ component: 'kubelet', file: kubeconfig, needed: true }]), ...own('kube-controller-manager'), ...own('kube-scheduler'), ...people];
}

function kubeconfigUses(evidence: Evidence): Use[] {
  const authority = programOf(evidence, 'kube-apiserver')?.flags.get('client-ca-file') ?? CA;
  return kubeconfigsInUse(evidence).flatMap(({ component, file, needed }): Use[] => {
    const config = evidence.kubeconfigs.find((one) => one.file === file);
    if (config === undefined || !config.there || config.problem !== undefined) return [];
    const embedded = evidence.certificates.some((one) => one.file === file && one.part === 'client');
    const cert = embedded ? file : config.clientCertificate;
    if (cert === undefined) return [];
    const key = config.clientKey ?? (embedded ? file : undefined);
    const refused = component === 'kubectl' ? 'the API server refuses kubectl: Unauthorized' : `the API server refuses ${component === 'kubelet' ? 'the kubelet' : component}`;
    return [{ component, layer: LAYER_OF[component] ?? 'others', file: cert, named: file, trusted: { file: authority, by: 'the API server' }, refused, needed, atOnce: component === 'kubelet' && cert !== CURRENT_PEM, ...(embedded ? { part: 'client' } : {}), ...(key === undefined ? {} : { key }) }];
  });
}

/** The one that is shown: the first of the file. */
export function leafOf({ certificates }: Evidence, { file, part }: Pick<Use, 'file' | 'part'>): Certificate | undefined {
  return certificates.find((one) => one.file === file && one.part === part);
}
export function authoritiesOf({ certificates }: Evidence, trusted: NonNullable<Use['trusted']>): Certificate[] {
  return certificates.filter((one) => one.file === trusted.file && one.part === trusted.part && one.broken === undefined);
}
export function keyOf({ keys }: Evidence, file: string): Key | undefined {
  return keys.find((one) => one.file === file);
}

/** The kubelet's certificate of its last rotation, where it is one that the API server takes. */
export function goodRotated(evidence: Evidence): Certificate | undefined {
  const current = leafOf(evidence, { file: CURRENT_PEM });
  if (current === undefined || current.broken !== undefined || isExpired(current, evidence.at)) return undefined;
  return keyOf(evidence, CURRENT_PEM)?.publicKey === current.publicKey ? current : undefined;
}

/** It has ended before the evidence was gathered. Whole seconds, as certificates have them. */
export function isExpired({ notAfter, broken }: Certificate, at: string): boolean {
  return broken === undefined && Date.parse(notAfter) < Date.parse(at);
}
export function isEarly({ notBefore, broken }: Certificate, at: string): boolean {
  return broken === undefined && Date.parse(notBefore) > Date.parse(at);
}
/** Of a file or what is in it, for sentences: 'apiserver.crt', 'the certificate in scheduler.conf'. */
export function nameOf({ file, part }: Pick<Use, 'file' | 'part'>): string {
  const name = file.slice(file.lastIndexOf('/') + 1);
  if (part === 'client') return `the certificate in ${name}`;
  return file.includes('/etcd/') ? `etcd/${name}` : name;
}
