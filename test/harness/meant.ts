/** Values that the rules are about: pieces of configuration, some legal and some not, by what they try. */
import type { Chance } from './random.ts';
import type { Config, Value } from './written.ts';

type Piece = (by: Chance) => Config;

const size = (by: Chance): string => by.pick(['100Mi', '5%', '0%', '100%', '101%', '-1%', '0', '-5', '1Gi', '10', '', '5 %', '5%%', 'abc%', '1.5%', '0.0%', '100', '1e2', '1Zi']);
const signal = (by: Chance): string => by.pick(['memory.available', 'nodefs.available', 'nodefs.inodesFree', 'imagefs.available', 'imagefs.inodesFree', 'pid.available', 'allocatableMemory.available', 'containerfs.available', 'memory', 'Memory.Available', 'memory.avaliable']);
const amount = (by: Chance): string => by.pick(['1', '500m', '0', '-1', '1Gi', '', 'x', '100Mi', '0.0001', '1e3', '2', '3', ' 1']);
const span = (by: Chance): string => by.pick(['30s', '1m', '0s', '500ms', '10s', '-1s', '1h', '999ms', '1s', '5m', '2m', '2m1s']);
const onOff = (by: Chance): string => by.pick(['true', 'false', 'True', '1', 'yes', '', 't', 'FALSE']);
const number = (by: Chance): number => by.pick([0, 1, 2, 50, 79, 80, 84, 85, 86, 100, -1, 101]);

export const PIECES: Record<string, Piece> = {
  'image-gc': (by) => ({ imageGCHighThresholdPercent: number(by), ...(by.below(2) && { imageGCLowThresholdPercent: number(by) }) }),
  'image-age': (by) => ({ imageMinimumGCAge: span(by), imageMaximumGCAge: span(by) }),
  pulls: (by) => ({ maxParallelImagePulls: by.pick([0, 1, 2, 5]), ...(by.below(2) && { serializeImagePulls: by.pick([true, false]) }) }),
  shutdown: (by) => ({ shutdownGracePeriod: span(by), shutdownGracePeriodCriticalPods: span(by) }),
  'shutdown-priority': (by) => ({ shutdownGracePeriod: by.pick(['0s', '10s']), shutdownGracePeriodByPodPriority: by.pick<Value>([[], [{ priority: 0, shutdownGracePeriodSeconds: 10 }], [{ priority: 'a' }]]) }),
  'eviction-hard': (by) => ({ evictionHard: { [signal(by)]: size(by), [signal(by)]: size(by) } }),
  'eviction-soft': (by) => {
    const one = signal(by);
    return { evictionSoft: { [one]: size(by) }, evictionSoftGracePeriod: by.pick<Value>([{}, { [one]: span(by) }, { [signal(by)]: span(by) }, { [one]: '1' }]) };
  },
  'eviction-reclaim': (by) => ({ evictionMinimumReclaim: { [signal(by)]: size(by) } }),
  'eviction-merge': (by) => ({ mergeDefaultEvictionSettings: true, evictionHard: { [signal(by)]: size(by) } }),
  reserved: (by) => ({ [by.pick(['systemReserved', 'kubeReserved'])]: { [by.pick(['cpu', 'memory', 'pid', 'ephemeral-storage', 'hugepages-2Mi', 'mem'])]: amount(by) } }),
  'qos-reserved': (by) => ({ qosReserved: { [by.pick(['memory', 'cpu'])]: by.pick(['50%', '0%', '101%', '-1%', '50', 'x%', '50%%']) }, featureGates: { QOSReserved: by.pick([true, false]) } }),
  enforce: (by) => ({ enforceNodeAllocatable: by.pick<Value>([['pods'], ['none'], [], ['pods', 'none'], ['system-reserved'], ['kube-reserved', 'pods'], ['pods', 'pods'], ['Pods'], ['system-reserved-compressible'], ['system-reserved', 'system-reserved-compressible'], ['none', 'none'], ['']]), ...(by.below(2) && { systemReservedCgroup: '/a' }), ...(by.below(3) === 0 && { kubeReservedCgroup: '/b' }), ...(by.below(3) === 0 && { cgroupsPerQOS: by.pick([true, false]) }) }),
  'reserved-cpus': (by) => ({ reservedSystemCPUs: by.pick(['0', '0-1', '1-0', '0,1', 'a', '0-', '-1', '0,,1', ' 0', '99', '0-1,5-6', '+1', '1--2', '00', '']), ...(by.below(3) === 0 && { kubeReservedCgroup: '/b' }) }),
  'cpu-static': (by) => ({ cpuManagerPolicy: by.pick(['static', 'static', 'none', 'Static']), ...(by.below(2) && { systemReserved: { cpu: amount(by) } }), ...(by.below(2) && { kubeReserved: { cpu: amount(by) } }), ...(by.below(3) === 0 && { reservedSystemCPUs: by.pick(['0', '0-1', '1']) }) }),
  'cpu-options': (by) => ({
    ...{ cpuManagerPolicy: by.pick(['static', 'static', 'static', 'none']), reservedSystemCPUs: '0', ...gatesFor(by, ['CPUManagerPolicyAlphaOptions', 'CPUManagerPolicyBetaOptions', 'CPUManagerPolicyOptions']) },
    cpuManagerPolicyOptions: { [cpuOption(by)]: onOff(by), ...(by.below(2) && { [cpuOption(by)]: 'true' }) },
    ...(by.below(4) === 0 && { topologyManagerPolicy: 'single-numa-node' }),
  }),
  topology: (by) => ({ topologyManagerPolicy: by.pick(['none', 'best-effort', 'restricted', 'single-numa-node', 'Restricted', 'single-numa']), topologyManagerScope: by.pick(['container', 'pod', 'Pod', 'pods']) }),
  'topology-options': (by) => ({
    ...{ topologyManagerPolicy: by.pick(['none', 'best-effort', 'restricted']), ...gatesFor(by, ['TopologyManagerPolicyAlphaOptions', 'TopologyManagerPolicyBetaOptions', 'TopologyManagerPolicyOptions']) },
    topologyManagerPolicyOptions: by.pick<Value>([{}, { 'prefer-closest-numa-nodes': onOff(by) }, { 'max-allowable-numa-nodes': by.pick(['8', '7', '10', 'x', '']) }, { 'prefer-closest-numa-node': 'true' }]),
  }),
  'memory-static': (by) => ({
    ...{ memoryManagerPolicy: by.pick(['Static', 'Static', 'None', 'static', 'BestEffort']), systemReserved: { memory: by.pick(['100Mi', '0', '200Mi']) }, evictionHard: { 'memory.available': by.pick(['100Mi', '5%', '0%', '200Mi']) } },
    reservedMemory: by.pick<Value>([[], reserve(0, '200Mi'), reserve(0, '100Mi'), reserve(0, '300Mi'), reserve(1, '200Mi'), [...reserve(0, '100Mi'), ...reserve(0, '100Mi')]]),
  }),
  'reserved-memory': (by) => ({ reservedMemory: [{ numaNode: by.pick<Value>([0, 1, -1, '0']), limits: { [by.pick(['memory', 'hugepages-2Mi', 'cpu', 'hugepages-', 'Memory'])]: by.pick<Value>(['1Gi', '0', 0, 100, '', '-1', 'x', null]) } }, ...(by.below(2) ? reserve(0, '1Gi') : [])] }),
  swap: (by) => ({ memorySwap: { swapBehavior: by.pick(['', 'NoSwap', 'LimitedSwap', 'UnlimitedSwap', 'noswap']) }, ...gatesFor(by, ['NodeSwap']) }),
  'memory-qos': (by) => ({ memoryThrottlingFactor: by.pick<Value>([0.9, 0, 1, 1.1, -0.5, 0.5, '0.9', null]), memoryReservationPolicy: by.pick(['', 'None', 'TieredReservation', 'none']), ...gatesFor(by, ['MemoryQoS']) }),
  quota: (by) => ({ cpuCFSQuotaPeriod: by.pick(['100ms', '1ms', '1s', '999us', '1001ms', '0s', '5ms', '-5ms']), ...gatesFor(by, ['CustomCPUCFSQuotaPeriod']) }),
  crash: (by) => ({ crashLoopBackOff: { maxContainerRestartPeriod: by.pick(['1s', '300s', '5m1s', '999ms', '0s', '10s']) }, ...gatesFor(by, ['KubeletCrashLoopBackOffMax']) }),
  'image-policy': (by) => ({ imagePullCredentialsVerificationPolicy: by.pick(['', 'NeverVerify', 'NeverVerifyAllowlistedImages', 'AlwaysVerify', 'Never']), ...(by.below(2) && { preloadedImagesVerificationAllowlist: [by.pick(['docker.io/library/x', 'reg.io/*', '*', 'a:1', 'a@sha256:0', '', ' a', '/*', 'a/*/b', 'UPPER', 'reg:5000/a', 'a//b'])] }), ...gatesFor(by, ['KubeletEnsureSecretPulledImages']) }),
  sysctls: (by) => ({ defaultPodSysctls: { [by.pick(['net.ipv4.tcp_syncookies', 'net/ipv4/tcp_syncookies', 'kernel.shmmax', 'vm.swappiness', 'kernel.panic', 'NET.x', 'net', 'fs.mqueue.a', 'user.x', 'net..x'])]: '1', ...(by.below(2) && { 'net.ipv4.tcp_syncookies': '2' }) }, ...gatesFor(by, ['DefaultPodSysctls']) }),
  taints: (by) => ({ registerWithTaints: [{ key: by.pick(['a', 'a/b', 'example.com/x', '', 'a b', 'A/b', '-a', 'x'.repeat(64), 'a/b/c', 'a_b.c']), value: by.pick(['', 'v', 'v v', '-', 'x'.repeat(64)]), effect: by.pick(['NoSchedule', 'NoExecute', 'PreferNoSchedule', '', 'Noschedule']), ...(by.below(5) === 0 && { timeAdded: by.pick<Value>([null, '2020-01-01T00:00:00Z', 'x', 5]) }) }] }),
  logging: (by) => ({ logging: { format: by.pick(['text', 'json', '', 'JSON', 'xml']), flushFrequency: by.pick<Value>(['5s', 5, 0, '0s', -1, '5', 5000000000, '']), verbosity: by.pick<Value>([0, 5, -1, 2147483647, 2147483648, 4294967295, 4294967296, '2']), ...(by.below(3) === 0 && { vmodule: [{ filePattern: by.pick(['a', '', 'a=b', 'a,b', 'a*']), verbosity: by.pick([0, 5, 2147483648]) }] }) } }),
  'log-options': (by) => ({ logging: { options: { [by.pick(['text', 'json'])]: { splitStream: by.pick([true, false]), infoBufferSize: by.pick<Value>(['0', '1Ki', 0, 5, '0.1', '', '-1']) } } }, ...gatesFor(by, ['LoggingAlphaOptions']) }),
  tracing: (by) => ({ tracing: { endpoint: by.pick(['localhost:4317', 'dns://x:1', 'unix:///run/x', 'unix-abstract://x', 'http://x:4317', 'https://x', '', '://', 'a b', 'x:y', 'dns:x', '[::1]:4317', '%zz', '//x', 'DNS://x']), samplingRatePerMillion: by.pick([0, 1000000, 1000001, -1]) }, ...gatesFor(by, ['KubeletTracing']) }),
  tls: (by) => ({ tlsCipherSuites: [by.pick(['TLS_AES_128_GCM_SHA256', 'TLS_RSA_WITH_RC4_128_SHA', 'TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305', 'TLS_X', '', 'tls_aes_128_gcm_sha256', 'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256', 'TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256'])], tlsMinVersion: by.pick(['', 'VersionTLS10', 'VersionTLS12', 'VersionTLS13', 'VersionTLS14', 'TLS12', '1.2']) }),
  curves: (by) => ({ tlsCurvePreferences: by.pick<Value>([[], [23], [29, 29], [1], [0], [4588], [65536], ['X25519'], [23, 24, 25], [4587], [4589]]) }),
  access: (by) => ({ authorization: { mode: by.pick(['AlwaysAllow', 'Webhook', 'RBAC', '', 'alwaysAllow']) }, authentication: { webhook: { enabled: by.pick([true, false]) }, x509: { clientCAFile: by.pick(['', '/etc/ssl/certs/ca-certificates.crt', '/nowhere/ca.crt']) } } }),
  address: (by) => ({ [by.pick(['address', 'healthzBindAddress'])]: by.pick(['0.0.0.0', '::', '127.0.0.1', 'localhost', '1.2.3', '', '300.1.1.1', '::1', '010.0.0.1', '[::]', '1.2.3.4/8', 'fe80::1%lo']) }),
  ports: (by) => ({ [by.pick(['port', 'readOnlyPort', 'healthzPort'])]: by.pick([0, 1, 65535, 65536, -1, 10255, 10250, 10248]) }),
  'pod-logs': (by) => ({ podLogsDir: by.pick(['/var/log/pods', '/var/log/pods/', '/var//log', '/var/../log', 'relative', './x', '../x', '/ä', '', '/', '/a/./b', 'x/']) }),
  'container-logs': (by) => ({ containerLogMaxSize: by.pick(['10Mi', '-1', '0', '', '10MB', '1.5', '0.5Mi', '1e3', '10mi', '1Ei', '100Ei', '500m']), containerLogMaxFiles: by.pick([0, 1, 2, 5, -1]), containerLogMaxWorkers: by.pick([0, 1, -1, 5]), containerLogMonitorInterval: by.pick(['3s', '2999ms', '10s', '0s', '-3s']) }),
  'log-query': (by) => ({ enableSystemLogQuery: by.pick([true, false]), enableSystemLogHandler: by.pick([true, false]), ...gatesFor(by, ['NodeLogQuery']) }),
  'user-namespaces': (by) => ({ userNamespaces: { idsPerPod: by.pick<Value>([65536, 131072, 65535, 65537, 0, 4294967296, 4294901760, null, '65536']) }, ...gatesFor(by, ['UserNamespacesSupport']) }),
  'system-cgroups': (by) => ({ systemCgroups: by.pick(['', '/system']), cgroupRoot: by.pick(['', '/']) }),
  runtime: (by) => ({ containerRuntimeEndpoint: by.pick(['', 'unix:///x', 'tcp://x', '/run/x.sock', 'x']), imageServiceEndpoint: by.pick(['', 'unix:///x']) }),
  hidden: (by) => ({ showHiddenMetricsForVersion: by.pick(['', '1.36', '1.29', '1.37', '1.30', 'v1.36', 'x', '1.36.0']) }),
  bootstrap: (by) => ({ serverTLSBootstrap: by.pick([true, false]), ...gatesFor(by, ['RotateKubeletServerCertificate']) }),
  once: (by) => ({ runOnce: by.pick([true, false]), enableServer: by.pick([true, false]) }),
  sync: (by) => ({ [by.pick(['syncFrequency', 'fileCheckFrequency', 'nodeStatusUpdateFrequency', 'volumeStatsAggPeriod', 'runtimeRequestTimeout'])]: span(by) }),
  'change-detection': (by) => ({ configMapAndSecretChangeDetectionStrategy: by.pick(['Get', 'Cache', 'Watch', 'watch', '']) }),
  dns: (by) => ({ clusterDNS: by.pick<Value>([[], ['x'], ['10.0.0.1', '::1'], ['']]), resolvConf: by.pick(['', '/etc/resolv.conf', '/nowhere', 'relative']) }),
  static: (by) => ({ staticPodURL: by.pick(['', 'http://127.0.0.1:1/x', 'x', ':']), staticPodURLHeader: by.pick<Value>([{}, { a: ['b'] }, { a: 'b' }, { a: [1] }]) }),
  lease: (by) => ({ nodeLeaseDurationSeconds: by.pick([0, 1, -1, 40]), podPidsLimit: by.pick([-1, -2, 0, 100]), nodeStatusMaxImages: by.pick([-1, -2, 0]) }),
  files: (by) => ({ tlsCertFile: by.pick(['', '/nowhere/c.crt']), tlsPrivateKeyFile: by.pick(['', '/nowhere/c.key']), volumePluginDir: by.pick(['/tmp/x', 'x', '']) }),
  driver: (by) => ({ cgroupDriver: by.pick(['systemd', 'cgroupfs', '', 'Systemd', 'x']), hairpinMode: by.pick(['none', 'hairpin-veth', 'promiscuous-bridge', 'None', '']) }),
};

/** Flags with texts of their own kind. */
export const FLAGS: readonly string[] = [
  '--eviction-hard=memory.available<5%', '--eviction-hard=memory.available<x', '--eviction-hard=memory.available=5%', '--eviction-soft=memory.available<1Gi', '--eviction-soft-grace-period=memory.available=1m',
  '--system-reserved=cpu=100m,memory=1Gi', '--system-reserved=cpu', '--kube-reserved=gpu=1', '--qos-reserved=memory=50%', '--register-with-taints=a=b:NoSchedule', '--register-with-taints=a', '--register-with-taints=a=b:No',
  '--reserved-memory=0:memory=1Gi', '--reserved-memory=x', '--cluster-dns=10.0.0.1,10.0.0.2', '--cluster-dns=', '--tls-cipher-suites=TLS_X', '--tls-min-version=VersionTLS13', '--reserved-cpus=0-9', '--reserved-cpus=x',
  '--image-gc-high-threshold=50', '--image-gc-low-threshold=90', '--max-pods=0', '--max-pods=-1', '--max-pods=0x10', '--max-pods=1e2', '--v=5', '--v=x', '--cpu-manager-policy=static', '--cpu-manager-policy-options=full-pcpus-only=true',
  '--topology-manager-policy=restricted', '--enforce-node-allocatable=pods,none', '--enforce-node-allocatable=', '--serialize-image-pulls=maybe', '--serialize-image-pulls=F', '--fail-swap-on=0', '--read-only-port=10255', '--port=0', '--pod-manifest-path=x',
  '--sync-frequency=0', '--cgroup-driver=x', '--authorization-mode=RBAC', '--container-log-max-size=1Z', '--container-log-max-files=1', '--pod-max-pids=-5', '--allowed-unsafe-sysctls=vm.x', '--hairpin-mode=x', '--logging-format=json', '--log-flush-frequency=0',
];

function gatesFor(by: Chance, names: readonly string[]): Config {
  return by.below(3) === 0 ? {} : { featureGates: { [by.pick(names)]: by.pick([true, true, false]) } };
}
function reserve(node: number, amountOf: string): Config[] {
  return [{ numaNode: node, limits: { memory: amountOf } }];
}
function cpuOption(by: Chance): string {
  return by.pick(['full-pcpus-only', 'distribute-cpus-across-numa', 'align-by-socket', 'distribute-cpus-across-cores', 'strict-cpu-reservation', 'prefer-align-cpus-by-uncorecache', 'full-pcpu-only']);
}
