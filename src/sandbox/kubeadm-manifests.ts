/**
 * The static pods of a control plane, as `kubeadm init` 1.37.2 writes them, byte for byte but for addresses and ports
 * (rendered with `kubeadm init phase control-plane all --dry-run` and `… etcd local --dry-run`).
 */
import type { NodeSettings } from './layout.ts';

interface Component {
  name: string;
  image: string;
  annotation?: string;
  flags: string[];
  probe: { port: number; scheme: 'HTTP' | 'HTTPS'; live: string; ready?: string; started: string };
  requests: string[];
  /** [name, path on the host, type, writable] */
  volumes: [string, string, string, boolean?][];
}

const ADDRESS = '127.0.0.1';
const CERTIFICATES: Component['volumes'] = [
  ['ca-certs', '/etc/ssl/certs', 'DirectoryOrCreate'],
  ['etc-ca-certificates', '/etc/ca-certificates', 'DirectoryOrCreate'],
  ['k8s-certs', '/etc/kubernetes/pki', 'DirectoryOrCreate'],
];
const SHARED_CERTIFICATES: Component['volumes'] = [
  ['usr-local-share-ca-certificates', '/usr/local/share/ca-certificates', 'DirectoryOrCreate'],
  ['usr-share-ca-certificates', '/usr/share/ca-certificates', 'DirectoryOrCreate'],
];

/** File name → content, for the directory of static pods. */
export function kubeadmManifests({ name, ports, version }: NodeSettings): Record<string, string> {
  const etcd = `https://${ADDRESS}:${ports.etcd}`;
  const peer = `https://${ADDRESS}:2380`;
  const pki = '/etc/kubernetes/pki';
  const components: Component[] = [
    {
      name: 'etcd',
      image: 'registry.k8s.io/etcd:3.7.0-0',
      annotation: `kubeadm.kubernetes.io/etcd.advertise-client-urls: ${etcd}`,
      flags: [
        `advertise-client-urls=${etcd}`,
        `cert-file=${pki}/etcd/server.crt`,
        'client-cert-auth=true',
        'data-dir=/var/lib/etcd',
        'feature-gates=InitialCorruptCheck=true',
        `initial-advertise-peer-urls=${peer}`,
        `initial-cluster=${name}=${peer}`,
        `key-file=${pki}/etcd/server.key`,
        `listen-client-urls=${etcd}`,
        `listen-metrics-urls=http://${ADDRESS}:${ports.etcdMetrics}`,
        `listen-peer-urls=${peer}`,
        `name=${name}`,
        `peer-cert-file=${pki}/etcd/peer.crt`,
        'peer-client-cert-auth=true',
        `peer-key-file=${pki}/etcd/peer.key`,
        `peer-trusted-ca-file=${pki}/etcd/ca.crt`,
        'snapshot-count=10000',
        `trusted-ca-file=${pki}/etcd/ca.crt`,
        'watch-progress-notify-interval=5s',
      ],
      probe: { port: ports.etcdMetrics, scheme: 'HTTP', live: '/livez', ready: '/readyz', started: '/readyz' },
      requests: ['cpu: 100m', 'memory: 100Mi'],
      volumes: [
        ['etcd-data', '/var/lib/etcd', 'DirectoryOrCreate', true],
        ['etcd-certs', '/etc/kubernetes/pki/etcd', 'DirectoryOrCreate', true],
      ],
    },
    {
      name: 'kube-apiserver',
      image: `registry.k8s.io/kube-apiserver:v${version}`,
      annotation: `kubeadm.kubernetes.io/kube-apiserver.advertise-address.endpoint: ${ADDRESS}:${ports.api}`,
      flags: [
        `advertise-address=${ADDRESS}`,
        'allow-privileged=true',
        'authorization-mode=Node,RBAC',
        `client-ca-file=${pki}/ca.crt`,
        'enable-admission-plugins=NodeRestriction',
        'enable-bootstrap-token-auth=true',
        `etcd-cafile=${pki}/etcd/ca.crt`,
        `etcd-certfile=${pki}/apiserver-etcd-client.crt`,
        `etcd-keyfile=${pki}/apiserver-etcd-client.key`,
        `etcd-servers=${etcd}`,
        `kubelet-client-certificate=${pki}/apiserver-kubelet-client.crt`,
        `kubelet-client-key=${pki}/apiserver-kubelet-client.key`,
        'kubelet-preferred-address-types=InternalIP,ExternalIP,Hostname',
        `proxy-client-cert-file=${pki}/front-proxy-client.crt`,
        `proxy-client-key-file=${pki}/front-proxy-client.key`,
        'requestheader-allowed-names=front-proxy-client',
        `requestheader-client-ca-file=${pki}/front-proxy-ca.crt`,
        'requestheader-extra-headers-prefix=X-Remote-Extra-',
        'requestheader-group-headers=X-Remote-Group',
        'requestheader-username-headers=X-Remote-User',
        `secure-port=${ports.api}`,
        'service-account-issuer=https://kubernetes.default.svc.cluster.local',
        `service-account-key-file=${pki}/sa.pub`,
        `service-account-signing-key-file=${pki}/sa.key`,
        'service-cluster-ip-range=10.96.0.0/12',
        `tls-cert-file=${pki}/apiserver.crt`,
        `tls-private-key-file=${pki}/apiserver.key`,
      ],
      probe: { port: ports.api, scheme: 'HTTPS', live: '/livez', ready: '/readyz', started: '/livez' },
      requests: ['cpu: 250m'],
      volumes: [...CERTIFICATES, ...SHARED_CERTIFICATES],
    },
    {
      name: 'kube-controller-manager',
      image: `registry.k8s.io/kube-controller-manager:v${version}`,
      flags: [
        'allocate-node-cidrs=true',
        'authentication-kubeconfig=/etc/kubernetes/controller-manager.conf',
        'authorization-kubeconfig=/etc/kubernetes/controller-manager.conf',
        `bind-address=${ADDRESS}`,
        `client-ca-file=${pki}/ca.crt`,
        'cluster-cidr=10.244.0.0/16',
        'cluster-name=kubernetes',
        `cluster-signing-cert-file=${pki}/ca.crt`,
        `cluster-signing-key-file=${pki}/ca.key`,
        'controllers=*,bootstrapsigner,tokencleaner',
        'kubeconfig=/etc/kubernetes/controller-manager.conf',
        'leader-elect=true',
        `requestheader-client-ca-file=${pki}/front-proxy-ca.crt`,
        `root-ca-file=${pki}/ca.crt`,
        `service-account-private-key-file=${pki}/sa.key`,
        'service-cluster-ip-range=10.96.0.0/12',
        'use-service-account-credentials=true',
      ],
      probe: { port: 10257, scheme: 'HTTPS', live: '/healthz', started: '/healthz' },
      requests: ['cpu: 200m'],
      volumes: [
        ...CERTIFICATES,
        ['kubeconfig', '/etc/kubernetes/controller-manager.conf', 'FileOrCreate'],
        ...SHARED_CERTIFICATES,
      ],
    },
    {
      name: 'kube-scheduler',
      image: `registry.k8s.io/kube-scheduler:v${version}`,
      flags: [
        'authentication-kubeconfig=/etc/kubernetes/scheduler.conf',
        'authorization-kubeconfig=/etc/kubernetes/scheduler.conf',
        `bind-address=${ADDRESS}`,
        'kubeconfig=/etc/kubernetes/scheduler.conf',
        'leader-elect=true',
      ],
      probe: { port: 10259, scheme: 'HTTPS', live: '/livez', ready: '/readyz', started: '/livez' },
      requests: ['cpu: 100m'],
      volumes: [['kubeconfig', '/etc/kubernetes/scheduler.conf', 'FileOrCreate']],
    },
  ];
  return Object.fromEntries(components.map((component) => [`${component.name}.yaml`, manifest(component)]));
}

function manifest({ name, image, annotation, flags, probe, requests, volumes }: Component): string {
  const check = (kind: string, path: string, failures: number, period: number, delay: boolean): string[] => [
    `    ${kind}:`,
    `      failureThreshold: ${failures}`,
    '      httpGet:',
    `        host: ${ADDRESS}`,
    `        path: ${path}`,
    '        port: probe-port',
    `        scheme: ${probe.scheme}`,
    ...(delay ? ['      initialDelaySeconds: 10'] : []),
    `      periodSeconds: ${period}`,
    '      timeoutSeconds: 15',
  ];
  // kubeadm writes mounts by path, but etcd's data first; volumes by name
  const mounts = volumes.map(([volume, path, , writable]) => [
    `    - mountPath: ${path}`,
    `      name: ${volume}`,
    ...(writable ? [] : ['      readOnly: true']),
  ]);
  const hostPaths = [...volumes]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([volume, path, type]) => ['  - hostPath:', `      path: ${path}`, `      type: ${type}`, `    name: ${volume}`]);
  const lines = [
    ['apiVersion: v1', 'kind: Pod', 'metadata:'],
    annotation === undefined ? [] : ['  annotations:', `    ${annotation}`],
    ['  labels:', `    component: ${name}`, '    tier: control-plane', `  name: ${name}`, '  namespace: kube-system'],
    ['spec:', '  containers:', '  - command:', `    - ${name}`, ...flags.map((flag) => `    - --${flag}`)],
    [`    image: ${image}`, '    imagePullPolicy: IfNotPresent', ...check('livenessProbe', probe.live, 8, 10, true)],
    [`    name: ${name}`, '    ports:', `    - containerPort: ${probe.port}`, '      name: probe-port', '      protocol: TCP'],
    probe.ready === undefined ? [] : check('readinessProbe', probe.ready, 3, 1, false),
    ['    resources:', '      requests:', ...requests.map((request) => `        ${request}`)],
    [...check('startupProbe', probe.started, 24, 10, true), '    volumeMounts:', ...mounts.flat()],
    ['  hostNetwork: true', '  priority: 2000001000', '  priorityClassName: system-node-critical'],
    ['  securityContext:', '    seccompProfile:', '      type: RuntimeDefault', '  volumes:', ...hostPaths.flat()],
    ['status: {}', ''],
  ];
  return lines.flat().join('\n');
}
