/**
 * What a control plane was made from, read from what the node still holds: manifests that are left, what the runtime ran last,
 * the certificates' names, kubeconfigs. What none of them says is kubeadm's default, and told as a guess.
 */
import { X509Certificate } from 'node:crypto';
import type { Host } from '../../host/host.ts';
import { posix } from 'node:path';
import { parse } from 'yaml';
import type { Evidence } from '../../doctor/evidence.ts';
import { readKubeconfig } from '../../node/kubeconfig.ts';
import type { Known } from './known.ts';
import { CERTIFICATE_DIRECTORIES, COMPONENTS, type ComponentName, type Guess, inUrl, isComponent, minorOf, type Parameters, partsOfImage } from './parameters.ts';

const DEFAULT_PKI = '/etc/kubernetes/pki';
/** kubeadm's, and flannel's file of what it was given. */
const DEFAULT_SERVICES = '10.96.0.0/12';
/** A node has 110 by default. */
const MOST_PODS = 300;
const FLANNEL = '/run/flannel/subnet.env';
/** kubeadm's of each minor (constants.go DefaultEtcdVersion; 31, 32, 33 and 35 of their first releases). */
const ETCD_OF: Readonly<Record<number, string>> = { 30: '3.5.12-0', 31: '3.5.15-0', 32: '3.5.16-0', 33: '3.5.21-0', 34: '3.6.5-0', 35: '3.6.6-0', 36: '3.6.8-0', 37: '3.7.0-0' };

/** Undefined where not even the address of its API server can be told. `images`: of the runtime's store. */
export async function findParameters(host: Host, evidence: Evidence, known: Known, images: readonly string[]): Promise<Parameters | undefined> {
  const guesses: Guess[] = [];
  const guess = <T>(value: T, text: string, of: readonly ComponentName[]): T => {
    guesses.push({ text, of });
    return value;
  };
  const certificatesDir = dirOf(known.flag('kube-apiserver', 'client-ca-file') ?? known.flag('kube-controller-manager', 'client-ca-file')) ?? DEFAULT_PKI;
  const names = await certificateNames(host, `${certificatesDir}/apiserver.crt`);
  const local = (await readKubeconfig(host, '/etc/kubernetes/controller-manager.conf'))?.server ?? (await readKubeconfig(host, '/etc/kubernetes/scheduler.conf'))?.server;
  const url = local === undefined || !URL.canParse(local) ? undefined : new URL(local);
  const address = addressOf(evidence, known, url, names);
  if (address === undefined) return undefined;

  const version = versionOf(known, images, evidence);
  if (version === undefined) return undefined;
  const serviceSubnet = known.flag('kube-apiserver', 'service-cluster-ip-range') ?? known.flag('kube-controller-manager', 'service-cluster-ip-range') ?? guessServices(names, address, evidence, guess);
  const podSubnet = known.flag('kube-controller-manager', 'cluster-cidr') ?? (await flannelNetwork(host)) ?? (await kubeProxyNetwork(host));
  if (podSubnet === undefined && !known.has('kube-controller-manager')) guess(undefined, 'the network of pods is not known: rendered without --cluster-cidr', ['kube-controller-manager']);
  const repository = repositoryOf(known, images) ?? guess('registry.k8s.io', 'where its images come from is not known: registry.k8s.io', COMPONENTS);
  const domain = [known.flag('kube-apiserver', 'service-account-issuer')?.replace('https://', '') ?? '', ...names].map((name) => /^kubernetes\.default\.svc\.(.+)$/.exec(name)?.[1]).find((each) => each !== undefined);
  const peer = `https://${inUrl(address)}:2380`;
  const etcdName = known.flag('etcd', 'name') ?? evidence.node.name;
  const metricsUrls = known.flag('etcd', 'listen-metrics-urls');
  const clientPort = portOf(known.flag('etcd', 'advertise-client-urls') ?? known.flag('kube-apiserver', 'etcd-servers'), '2379');
  const peerPort = portOf(known.flag('etcd', 'listen-peer-urls'), '2380');
  const initialState = known.flag('etcd', 'initial-cluster-state');
  return {
    version,
    nodeName: evidence.node.name,
    address,
    port: Number(known.flag('kube-apiserver', 'secure-port') ?? (url === undefined || url.port === '' ? 6443 : url.port)),
    repository,
    serviceSubnet,
    ...(podSubnet === undefined ? {} : { podSubnet }),
    dnsDomain: domain ?? guess('cluster.local', 'the domain of the cluster is not known: cluster.local', ['kube-apiserver']),
    clusterName: known.flag('kube-controller-manager', 'cluster-name') ?? (await clusterName(host)) ?? 'kubernetes',
    certificatesDir,
    externalCa: (await host.files.target(`${certificatesDir}/ca.key`)) === undefined,
    caDirectories: (await Promise.all(CERTIFICATE_DIRECTORIES.map(async (path) => ((await host.files.target(path).catch(() => undefined)) === undefined ? [] : [path])))).flat(),
    criSocket: evidence.runtime?.endpoint ?? 'unix:///run/containerd/containerd.sock',
    etcd: {
      image: etcdImage(known, images) ?? guess(`${repository}/etcd:${ETCD_OF[minorOf(version)] ?? '3.7.0-0'}`, `which etcd ran is not known: kubeadm's for ${version}`, ['etcd']),
      name: etcdName,
      dataDir: known.flag('etcd', 'data-dir') ?? '/var/lib/etcd',
      initialCluster: known.flag('etcd', 'initial-cluster') ?? `${etcdName}=${peer}`,
      ...(clientPort === undefined ? {} : { clientPort }),
      ...(peerPort === undefined ? {} : { peerPort }),
      ...(initialState === undefined ? {} : { initialState }),
      ...(metricsUrls === undefined || metricsUrls === `http://${address.includes(':') ? '[::1]' : '127.0.0.1'}:2381` ? {} : { metricsUrls }),
    },
    guesses,
  };
}

/** Of the first URL; undefined where it is kubeadm's. */
function portOf(urls: string | undefined, usual: string): string | undefined {
  const port = /:(\d+)\/?(?:,|$)/.exec(urls ?? '')?.[1];
  return port === usual ? undefined : port;
}

/** The API server's own; kubeadm's kubeconfig of the controller manager leads to it (kubeconfig.go, since 1.19). Else a name of its certificate that is this node's. */
function addressOf(evidence: Evidence, known: Known, url: URL | undefined, names: readonly string[]): string | undefined {
  const said = known.flag('kube-apiserver', 'advertise-address') ?? hostOf(known.flag('etcd', 'advertise-client-urls'));
  // a manifest may say it wrong: that may be what broke
  if (said !== undefined && (evidence.host.addresses.length === 0 || evidence.host.addresses.includes(said))) return said;
  const own = evidence.host.addresses.filter((each) => each !== '127.0.0.1' && each !== '::1');
  const bare = url?.hostname.replace(/^\[|\]$/g, '');
  if (bare !== undefined && isAddress(bare) && (names.includes(bare) || own.includes(bare))) return bare;
  return names.find((name) => own.includes(name)) ?? said ?? (bare !== undefined && isAddress(bare) ? bare : undefined);
}

/** Of one of its images that is known; of the newest in the store; the kubelet's own. */
function versionOf(known: Known, images: readonly string[], evidence: Evidence): string | undefined {
  // a tag that is in no store may be a slip of the hand
  const isThere = (image: string | undefined): boolean => image !== undefined && (images.length === 0 || images.includes(image));
  const tags = COMPONENTS.filter((name) => name !== 'etcd').flatMap((name) => known.image(name) ?? []);
  const stored = images.filter((image) => /^kube-(apiserver|controller-manager|scheduler)$/.test(partsOfImage(image).name));
  const image = [known.image('kube-apiserver'), newest(tags), newest(stored)].find(isThere) ?? known.image('kube-apiserver');
  return (image === undefined ? evidence.kubelet.version : partsOfImage(image).tag)?.replace(/^v/, '');
}

function etcdImage(known: Known, images: readonly string[]): string | undefined {
  const said = known.image('etcd');
  const stored = newest(images.filter((image) => partsOfImage(image).name === 'etcd'));
  return said !== undefined && (stored === undefined || images.includes(said)) ? said : stored;
}

function repositoryOf(known: Known, images: readonly string[]): string | undefined {
  const said = known.repository();
  if (said !== undefined && (images.length === 0 || images.some((image) => image.startsWith(`${said}/`)))) return said;
  const stored = images.map(partsOfImage).find(({ name }) => isComponent(name) && name !== 'etcd');
  return stored?.repository ?? said;
}

/** The API server's certificate has the first address of the services' network (kubeadm pkiutil GetAPIServerAltNames); not how large that is. */
function guessServices(names: readonly string[], address: string, evidence: Evidence, guess: <T>(value: T, text: string, of: readonly ComponentName[]) => T): string {
  const first = names.find((name) => isAddress(name) && name !== address && !evidence.host.addresses.includes(name) && /(\.|:)1$/.test(name) && name !== '127.0.0.1' && name !== '::1');
  const subnet = first === undefined || first === '10.96.0.1' ? DEFAULT_SERVICES : first.includes(':') ? `${first.replace(/1$/, '')}/112` : `${first.replace(/1$/, '0')}/16`;
  // the default's own first address: who sets the network sets another one
  if (first === '10.96.0.1') return subnet;
  return guess(subnet, first === undefined ? `the network of services is not known: kubeadm's default, ${subnet}` : `the network of services begins at ${first}; how large it is, is not known: ${subnet}`, ['kube-apiserver', 'kube-controller-manager']);
}

async function flannelNetwork(host: Host): Promise<string | undefined> {
  return /^FLANNEL_NETWORK=(\S+)$/m.exec((await host.files.read(FLANNEL).catch(() => undefined))?.toString('utf8') ?? '')?.[1];
}

/** kube-proxy's configuration, as the kubelet laid it down for its pod (kubeadm gives it --cluster-cidr's value). */
async function kubeProxyNetwork(host: Host): Promise<string | undefined> {
  const pods = '/var/lib/kubelet/pods';
  for (const uid of ((await host.files.list(pods).catch(() => undefined)) ?? []).slice(0, MOST_PODS)) {
    const text = (await host.files.read(`${pods}/${uid}/volumes/kubernetes.io~configmap/kube-proxy/config.conf`).catch(() => undefined))?.toString('utf8');
    const found = /^clusterCIDR: *"?([0-9a-f.:/,]+)"?$/im.exec(text ?? '')?.[1];
    if (found !== undefined) return found;
  }
  return undefined;
}

async function clusterName(host: Host): Promise<string | undefined> {
  const text = (await host.files.read('/etc/kubernetes/admin.conf').catch(() => undefined))?.toString('utf8');
  try {
    return (parse(text ?? '') as { clusters?: { name?: string }[] } | null)?.clusters?.[0]?.name;
  } catch {
    return undefined;
  }
}

/** DNS names and addresses of a certificate; none where it cannot be read. */
export async function certificateNames(host: Pick<Host, 'files'>, path: string): Promise<string[]> {
  try {
    const pem = await host.files.read(path);
    const names = pem === undefined ? '' : (new X509Certificate(pem).subjectAltName ?? '');
    return names.split(', ').map((each) => shortened(each.replace(/^(DNS|IP Address):/, '')));
  } catch {
    return [];
  }
}

/** OpenSSL writes IPv6 in full and in capitals: FD00:0:0:0:0:0:0:5. */
function shortened(name: string): string {
  return /^[0-9A-F:]+:[0-9A-F:]+$/.test(name) && URL.canParse(`http://[${name}]`) ? new URL(`http://[${name}]`).hostname.slice(1, -1) : name;
}

function newest(images: readonly string[]): string | undefined {
  const order = (image: string): string => partsOfImage(image).tag.replace(/\d+/g, (digits) => digits.padStart(6, '0'));
  return [...images].sort((a, b) => (order(a) < order(b) ? -1 : 1)).at(-1);
}

function hostOf(urls: string | undefined): string | undefined {
  const [first = ''] = urls?.split(',') ?? [];
  return URL.canParse(first) ? new URL(first).hostname.replace(/^\[|\]$/g, '') : undefined;
}

function dirOf(file: string | undefined): string | undefined {
  return file?.startsWith('/') === true ? posix.dirname(file) : undefined;
}

function isAddress(text: string): boolean {
  return /^\d+(\.\d+){3}$/.test(text) || (text.includes(':') && /^[0-9a-f:.]+$/i.test(text));
}
