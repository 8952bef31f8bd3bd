/**
 * A legal value for each field of a kubelet's configuration, another one than its default, and what must stand with it.
 * Most follow from the type; the table has the others. Fields that contradict one another are in batches of their own.
 */
import type { Field, FieldSet } from '../../src/kubelet/fields/field-set.ts';

type Values = Readonly<Record<string, unknown>>;

interface Legal {
  value?: unknown;
  /** Other fields that must stand beside it. */
  with?: Values;
  /** Name of the batch; most are in the first. */
  batch?: string;
}

export interface Batch {
  name: string;
  /** The fields that the batch is for. */
  fields: readonly string[];
  /** What is set: those and their companions, by canonical path. */
  values: Values;
}

const GATE = (name: string): Values => ({ [`featureGates.${name}`]: true });

/** The move of the directory is a change of another kind: change.test.ts. */
const LEFT_OUT = 'staticPodPath';

const SPECIAL: Readonly<Record<string, Legal>> = {
  address: { value: '127.0.0.1' },
  allowedUnsafeSysctls: { value: ['net.core.somaxconn', 'kernel.msg*'] },
  'authentication.x509.clientCAFile': { value: '/etc/kubernetes/pki/ca.crt' },
  cgroupDriver: { value: 'systemd' },
  cgroupRoot: { value: '/' },
  cgroupsPerQOS: { value: false, with: { enforceNodeAllocatable: ['none'] }, batch: 'without cgroups' },
  clusterDNS: { value: ['10.96.0.10', 'fd00::a'] },
  clusterDomain: { value: 'cluster.example' },
  containerLogMaxSize: { value: '20Mi' },
  containerRuntimeEndpoint: { value: 'unix:///var/run/containerd/containerd.sock' },
  contentType: { value: 'application/json' },
  cpuCFSQuotaPeriod: { value: '50ms' },
  cpuManagerPolicy: { value: 'static', with: { reservedSystemCPUs: '0' }, batch: 'pinned CPUs' },
  cpuManagerPolicyOptions: { value: { 'full-pcpus-only': 'true' }, with: { cpuManagerPolicy: 'static', reservedSystemCPUs: '0' }, batch: 'pinned CPUs' },
  'crashLoopBackOff.maxContainerRestartPeriod': { value: '1m30s' },
  defaultPodSysctls: { value: { 'net.ipv4.tcp_syncookies': '1' }, with: GATE('DefaultPodSysctls') },
  enableServer: { value: false, batch: 'without a server' },
  enableSystemLogHandler: { value: false, batch: 'without cgroups' },
  enableSystemLogQuery: { value: true, with: GATE('NodeLogQuery') },
  enforceNodeAllocatable: { value: ['none'], batch: 'without cgroups' },
  evictionHard: { value: { 'memory.available': '200Mi', 'nodefs.available': '5%' } },
  evictionMinimumReclaim: { value: { 'nodefs.available': '1Gi' } },
  evictionSoft: { value: { 'memory.available': '300Mi' }, with: { evictionSoftGracePeriod: { 'memory.available': '1m30s' } } },
  evictionSoftGracePeriod: { value: { 'memory.available': '1m30s' } },
  featureGates: { value: { KubeletTracing: true } },
  healthzBindAddress: { value: '0.0.0.0' },
  imageGCHighThresholdPercent: { value: 90 },
  imageGCLowThresholdPercent: { value: 70 },
  imageMaximumGCAge: { value: '240h' },
  imageServiceEndpoint: { value: 'unix:///var/run/containerd/containerd.sock' },
  kubeReserved: { value: { cpu: '100m', memory: '100Mi' } },
  kubeReservedCgroup: { value: '/kube.slice' },
  kubeletCgroups: { value: '/kubelet.slice' },
  'logging.flushFrequency': { value: '10s' },
  'logging.options.json.infoBufferSize': { value: '1Ki', with: GATE('LoggingAlphaOptions') },
  'logging.options.json.splitStream': { value: true, with: GATE('LoggingAlphaOptions') },
  'logging.options.text.infoBufferSize': { value: '1Ki', with: GATE('LoggingAlphaOptions') },
  'logging.options.text.splitStream': { value: true, with: GATE('LoggingAlphaOptions') },
  // any other value ends the kubelet since 1.32
  runOnce: { value: false },
  'logging.format': { value: 'json', batch: 'pinned CPUs' },
  'logging.vmodule': { value: [{ filePattern: 'server', verbosity: 4 }] },
  maxParallelImagePulls: { value: 3, with: { serializeImagePulls: false } },
  memoryManagerPolicy: {
    value: 'Static',
    with: { systemReserved: { memory: '300Mi' }, evictionHard: { 'memory.available': '200Mi' }, reservedMemory: [{ numaNode: 0, limits: { memory: '500Mi' } }] },
    batch: 'pinned memory',
  },
  'memorySwap.swapBehavior': { value: 'LimitedSwap' },
  memoryThrottlingFactor: { value: 0.8 },
  oomScoreAdj: { value: -998 },
  podCIDR: { value: '10.244.0.0/24' },
  podLogsDir: { value: '/srv/pod-logs' },
  podPidsLimit: { value: 4096 },
  preloadedImagesVerificationAllowlist: { value: ['registry.k8s.io/pause'], with: { imagePullCredentialsVerificationPolicy: 'NeverVerifyAllowlistedImages' } },
  imagePullCredentialsVerificationPolicy: { value: 'NeverVerifyAllowlistedImages' },
  providerID: { value: 'aws:///eu-central-1a/i-0123456789abcdef0' },
  qosReserved: { value: { memory: '50%' }, with: GATE('QOSReserved') },
  readOnlyPort: { value: 10255 },
  registerWithTaints: { value: [{ key: 'dedicated', value: 'gpu', effect: 'NoSchedule' }] },
  reservedMemory: { value: [{ numaNode: 0, limits: { memory: '500Mi' } }], batch: 'pinned memory' },
  reservedSystemCPUs: { value: '0', batch: 'pinned CPUs' },
  resolvConf: { value: '/run/systemd/resolve/resolv.conf' },
  showHiddenMetricsForVersion: { value: '1.36' },
  shutdownGracePeriod: { value: '1m' },
  shutdownGracePeriodCriticalPods: { value: '20s' },
  shutdownGracePeriodByPodPriority: { value: [{ priority: 0, shutdownGracePeriodSeconds: 20 }, { priority: 100000, shutdownGracePeriodSeconds: 10 }], batch: 'pinned CPUs' },
  staticPodURL: { value: 'http://127.0.0.1:9/pods.yaml' },
  staticPodURLHeader: { value: { Authorization: ['Bearer of-a-secret'] } },
  systemCgroups: { value: '/system.slice', with: { cgroupRoot: '/' } },
  systemReserved: { value: { memory: '300Mi', pid: '1000' } },
  systemReservedCgroup: { value: '/system.slice' },
  tlsCertFile: { value: '/var/lib/kubelet/pki/kubelet.crt', with: { tlsPrivateKeyFile: '/var/lib/kubelet/pki/kubelet.key' } },
  tlsPrivateKeyFile: { value: '/var/lib/kubelet/pki/kubelet.key' },
  tlsCipherSuites: { value: ['TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256', 'TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384'] },
  tlsCurvePreferences: { value: [29, 23] },
  tlsMinVersion: { value: 'VersionTLS12' },
  topologyManagerPolicy: { value: 'best-effort' },
  topologyManagerPolicyOptions: { value: { 'prefer-closest-numa-nodes': 'true' }, with: { topologyManagerPolicy: 'best-effort' } },
  'tracing.endpoint': { value: 'localhost:4317' },
  'tracing.samplingRatePerMillion': { value: 100, with: { 'tracing.endpoint': 'localhost:4317' } },
  'userNamespaces.idsPerPod': { value: 131072 },
  volumePluginDir: { value: '/opt/kubelet/volume-plugins' },
};

/** Every field but the one that moves the manifests, in as few batches as they can stand together. `ports`: free ones. */
export function settingBatches(fields: FieldSet, ports: { port: number; healthzPort: number }): Batch[] {
  const table: Record<string, Legal> = { ...SPECIAL, port: { value: ports.port }, healthzPort: { value: ports.healthzPort } };
  const batches = new Map<string, { fields: string[]; values: Record<string, unknown> }>();
  const leaves = fields.leaves().filter(({ path }) => path !== LEFT_OUT);
  for (const [i, field] of leaves.entries()) {
    const { value = byType(field), with: companions = {}, batch = `part ${1 + Math.floor((4 * i) / leaves.length)}` } = table[field.path] ?? {};
    const found = batches.get(batch) ?? { fields: [], values: {} };
    batches.set(batch, found);
    found.fields.push(field.path);
    found.values[field.path] = value;
    for (const [path, other] of Object.entries(companions)) found.values[path] ??= other;
  }
  return [...batches].map(([name, batch]) => ({ name, ...batch }));
}

/** Another value than the default. */
function byType({ path, type, default: usual }: Field): unknown {
  const other = type.values?.find((value) => value !== usual);
  if (other !== undefined) return other;
  switch (type.kind) {
    case 'bool':
      return usual !== true;
    case 'integer':
    case 'number':
      return typeof usual === 'number' ? usual + 1 : 1;
    case 'duration':
      return '37s';
    default:
      throw new Error(`${path}: a legal value is missing in the table`);
  }
}
