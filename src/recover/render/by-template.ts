/**
 * Manifests from the templates of this program, for nodes without a kubeadm that runs. They are kubeadm 1.37's own, with @NAMES@
 * for what differs from node to node; a flag whose name has no value is left out. Pure; a test holds it against kubeadm itself.
 */
import { stringify } from 'yaml';
import apiserver from '../../../templates/manifests/kube-apiserver.json' with { type: 'json' };
import controllers from '../../../templates/manifests/kube-controller-manager.json' with { type: 'json' };
import etcd from '../../../templates/manifests/etcd.json' with { type: 'json' };
import scheduler from '../../../templates/manifests/kube-scheduler.json' with { type: 'json' };
import { asOfVersion, type Pod } from './by-version.ts';
import { CERTIFICATE_DIRECTORIES, type ComponentName, inUrl, type Parameters } from './parameters.ts';

type Value = string | number | undefined;

const TEMPLATES: Readonly<Record<ComponentName, object>> = {
  etcd,
  'kube-apiserver': apiserver,
  'kube-controller-manager': controllers,
  'kube-scheduler': scheduler,
};

export function fromTemplate(name: ComponentName, parameters: Parameters): Buffer {
  const pod = fill(TEMPLATES[name], valuesOf(parameters)) as Pod;
  const container = pod.spec.containers[0];
  const absent = new Set(CERTIFICATE_DIRECTORIES.filter((path) => !parameters.caDirectories.includes(path)));
  pod.spec.volumes = pod.spec.volumes.filter(({ hostPath }) => !absent.has(hostPath.path));
  container.volumeMounts = container.volumeMounts.filter(({ mountPath }) => !absent.has(mountPath));
  asOfVersion(name, pod, parameters);
  // sorted and indented as sigs.k8s.io/yaml does it, which kubeadm uses
  return Buffer.from(stringify(pod, { sortMapEntries: true, indentSeq: false, lineWidth: 0, singleQuote: true }));
}

function valuesOf(p: Parameters): Record<string, Value> {
  const loopback = p.address.includes(':') ? '::1' : '127.0.0.1';
  const url = (port: number): string => `https://${inUrl(p.address)}:${port}`;
  return {
    ADDRESS: p.address,
    ADVERTISE: inUrl(p.address),
    PORT: p.port,
    PKI: p.certificatesDir,
    CA_CERT: p.externalCa ? '' : `${p.certificatesDir}/ca.crt`,
    CA_KEY: p.externalCa ? '' : `${p.certificatesDir}/ca.key`,
    REPOSITORY: p.repository,
    VERSION: p.version,
    DOMAIN: p.dnsDomain,
    CLUSTER: p.clusterName,
    SERVICE_SUBNET: p.serviceSubnet,
    SERVICE_SUBNET_IF_PODS: p.podSubnet === undefined ? undefined : p.serviceSubnet,
    POD_SUBNET: p.podSubnet,
    ALLOCATE: p.podSubnet === undefined ? undefined : 'true',
    LOOPBACK: inUrl(loopback),
    LOOPBACK_BARE: loopback,
    ETCD_CLIENT_URL: url(2379),
    ETCD_PEER_URL: url(2380),
    METRICS_URLS: p.etcd.metricsUrls ?? `http://${inUrl(loopback)}:2381`,
    METRICS_PORT: Number(/:(\d+)(,|\/?$)/.exec(p.etcd.metricsUrls ?? '')?.[1] ?? 2381),
    ETCD_IMAGE: p.etcd.image,
    ETCD_NAME: p.etcd.name,
    ETCD_DATA: p.etcd.dataDir,
    INITIAL_CLUSTER: p.etcd.initialCluster,
    INITIAL_STATE: p.etcd.initialState,
  };
}

/** A name that stands alone keeps its value's type. An item of a list that wants what there is not goes. */
function fill(node: unknown, values: Readonly<Record<string, Value>>): unknown {
  if (typeof node === 'string') {
    const alone = /^@([A-Z_]+)@$/.exec(node)?.[1];
    return alone === undefined ? node.replace(/@([A-Z_]+)@/g, (_, name: string) => String(values[name])) : values[alone];
  }
  if (Array.isArray(node)) return node.filter((item) => !lacks(item, values)).map((item) => fill(item, values));
  if (typeof node !== 'object' || node === null) return node;
  return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, fill(value, values)]));
}

function lacks(item: unknown, values: Readonly<Record<string, Value>>): boolean {
  return typeof item === 'string' && [...item.matchAll(/@([A-Z_]+)@/g)].some(([, name = '']) => values[name] === undefined);
}
