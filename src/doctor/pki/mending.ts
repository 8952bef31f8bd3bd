/**
 * The lines that mend certificates and kubeconfigs: kubeadm's own, which work without an API server (seen with kubeadm 1.30.4 and
 * 1.37.2: `certs renew` falls back to its defaults, and takes names and addresses from the certificate that is there).
 * `init phase` keeps a file that is there and refuses one that it cannot read: the old one is moved away first.
 */
import { posix } from 'node:path';
import type { Fix } from '../cause.ts';
import type { Evidence } from '../evidence.ts';
import { kubernetesVersion, programOf } from './programs.ts';
import { CURRENT_PEM, renewalOf } from './roles.ts';
import { isExpired, keyOf, leafOf } from './uses.ts';

const ETC = '/etc/kubernetes';
const PKI = `${ETC}/pki`;
export const RESTART = 'systemctl restart kubelet';
/** Beyond it one line for all is easier to read, and no less right. */
const FEW = 3;

/** Of several files: renewed. What kubeadm does not renew is left out. */
export function renewals(files: readonly string[]): string[] {
  const names = [...new Set(files.flatMap((file) => renewalOf(file) ?? []))];
  return names.length > FEW ? ['kubeadm certs renew all'] : names.map((name) => `kubeadm certs renew ${name}`);
}

/** kubeadm signs anew only where the authority's key is on the node. */
export function canSign(evidence: Evidence, file: string): boolean {
  const authority = file.startsWith(`${PKI}/etcd/`) || file === `${PKI}/apiserver-etcd-client.crt` ? `${PKI}/etcd/ca` : file === `${PKI}/front-proxy-client.crt` ? `${PKI}/front-proxy-ca` : `${PKI}/ca`;
  const [cert, key] = [leafOf(evidence, { file: `${authority}.crt` }), keyOf(evidence, `${authority}.key`)];
  return cert !== undefined && cert.broken === undefined && key?.publicKey === cert.publicKey && !isExpired(cert, evidence.at);
}

/** Where the authority's key is elsewhere: said instead of a command that ends with an error. */
export const NO_KEY = 'the key of the authority is not on this node, or is not its own: who has it signs the new certificate';

/** A certificate and its key made anew, the old ones kept aside. */
export function made(evidence: Evidence, file: string): string[] {
  const name = renewalOf(file);
  if (name === undefined || !file.startsWith(`${PKI}/`)) return [];
  const base = file.replace(/\.crt$/, '');
  const aside = ['crt', 'key'].filter((end) => leafOf(evidence, { file: `${base}.${end}` }) !== undefined || keyOf(evidence, `${base}.${end}`) !== undefined);
  return [...aside.map((end) => `mv ${base}.${end} ${base}.${end}.old`), `kubeadm init phase certs ${name}${name === 'apiserver' ? apiServerOptions(evidence, file) : version(evidence)}`];
}

function version(evidence: Evidence): string {
  const known = kubernetesVersion(evidence);
  return known === undefined ? '' : ` --kubernetes-version ${known}`;
}

/** So that the new one has what this API server is asked by, and every name that the old one had. */
function apiServerOptions(evidence: Evidence, file: string): string {
  const flags = programOf(evidence, 'kube-apiserver')?.flags;
  const address = flags?.get('advertise-address');
  const range = flags?.get('service-cluster-ip-range');
  const old = leafOf(evidence, { file })?.names ?? [];
  const servers = evidence.kubeconfigs.flatMap(({ server }) => hostOf(server) ?? []);
  const extra = [...new Set([...servers, ...old])].filter((name) => name !== address && !/^kubernetes(\.default)?/.test(name));
  return [version(evidence), address && ` --apiserver-advertise-address ${address}`, range && ` --service-cidr ${range}`, extra.length > 0 && ` --apiserver-cert-extra-sans ${extra.join(',')}`].filter((part) => part).join('');
}

/** The host of `https://10.0.0.11:6443`, an IPv6 address without its brackets. */
export function hostOf(server: string | undefined): string | undefined {
  const host = server === undefined ? undefined : urlOf(server)?.hostname;
  return host?.replace(/^\[(.*)\]$/, '$1') || undefined;
}
export function urlOf(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}

/** A kubeconfig written anew by kubeadm; where it cannot be, what brings one. */
export function rewritten(evidence: Evidence, file: string): string[] {
  const name = posix.basename(file, '.conf');
  const there = evidence.kubeconfigs.some((config) => config.file === file && config.there);
  if (file === '/root/.kube/config') return ['cp /etc/kubernetes/admin.conf /root/.kube/config'];
  if (posix.dirname(file) !== ETC) return [];
  if (!canSign(evidence, file)) {
    if (name !== 'kubelet') return [];
    // a worker, or an authority that is kept elsewhere (kubeadm's manual, "Kubelet client certificate rotation fails")
    return [`kubeadm kubeconfig user --org system:nodes --client-name system:node:${nodeName(evidence)} > kubelet.conf   # on a control plane that has ca.key`, `scp kubelet.conf root@${nodeName(evidence)}:${file}`, RESTART];
  }
  const flags = programOf(evidence, 'kube-apiserver')?.flags;
  const [address, port] = [flags?.get('advertise-address'), flags?.get('secure-port')];
  const options = [version(evidence), name === 'kubelet' ? ` --node-name ${nodeName(evidence)}` : '', address && ` --apiserver-advertise-address ${address}`, port && port !== '6443' && ` --apiserver-bind-port ${port}`, endpoint(evidence, file)];
  return [...(there ? [`mv ${file} ${file}.old`] : []), `kubeadm init phase kubeconfig ${name}${options.filter((part) => part).join('')}`];
}

/** As its certificate has it, its kubeconfig, or etcd's --name, which kubeadm takes from it: on a mounted disk this machine's own name is another. */
export function nodeName(evidence: Evidence): string {
  const named = [...evidence.certificates.filter(({ file }) => file === CURRENT_PEM).map(({ subject }) => subject), ...evidence.kubeconfigs.filter(({ file }) => file === evidence.kubelet.kubeconfig).map(({ user = '' }) => user)];
  return named.flatMap((text) => /(?:^|CN=)system:node:([^,\s]+)/.exec(text)?.[1] ?? [])[0] ?? (evidence.node.live ? undefined : programOf(evidence, 'etcd')?.flags.get('name')) ?? evidence.node.name;
}

/** The address that the cluster is reached by, where the other kubeconfigs have one that is not this node's own. */
function endpoint(evidence: Evidence, file: string): string {
  const servers = evidence.kubeconfigs.filter((config) => config.file !== file && /(admin|kubelet)\.conf$/.test(config.file)).flatMap(({ server }) => server ?? []);
  const address = programOf(evidence, 'kube-apiserver')?.flags.get('advertise-address');
  const url = urlOf(servers[0] ?? '');
  return url === undefined || hostOf(servers[0]) === address ? '' : ` --control-plane-endpoint ${url.host.includes(':') ? url.host : `${url.host}:443`}`;
}

/** The kubelet's client certificate: the newest of an earlier rotation that is still good, else a kubeconfig made anew. */
export function kubeletClient(evidence: Evidence, file: string): string[] {
  const good = evidence.certificates
    .filter((one) => /\/kubelet-client-\d.*\.pem$/.test(one.file) && one.broken === undefined && Date.parse(one.notAfter) > Date.parse(evidence.at) && keyOf(evidence, one.file)?.publicKey === one.publicKey)
    .sort((a, b) => (a.notAfter < b.notAfter ? 1 : -1))[0];
  const current = leafOf(evidence, { file: CURRENT_PEM });
  if (file === CURRENT_PEM && good !== undefined && good.fingerprint !== current?.fingerprint) return [`ln -sfn ${good.file} ${CURRENT_PEM}`, RESTART];
  const config = rewritten(evidence, evidence.kubelet.kubeconfig);
  return config.at(-1) === RESTART ? config : [...config, RESTART];
}

export function commands(lines: readonly string[]): { fix?: Fix } {
  return lines.length === 0 ? {} : { fix: { kind: 'commands', commands: [...lines] } };
}
