/** Each rule once on either side of its line, and where versions differ, in both. Real kubelets are asked by test/harness. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Facts } from '../../../../src/kubelet/rules/judge.ts';
import { refused } from './judging.ts';

type Case = [version: string, config: string, refused: readonly string[], facts?: Facts];
const state = (policy: string, more = {}): Facts => ({ stateFiles: [{ file: '/var/lib/kubelet/cpu_manager_state', bytes: Buffer.from(JSON.stringify({ policyName: policy, ...more })) }] });

const CASES: Record<string, readonly Case[]> = {
  ranges: [
    ['1.37', 'maxPods: -1', ['range']], ['1.37', 'maxPods: 0', []], ['1.37', 'oomScoreAdj: -1001', ['range']], ['1.37', 'healthzPort: 0', []], ['1.37', 'healthzPort: 65536', ['range']],
    ['1.29', 'containerLogMaxFiles: 1', ['range']], ['1.37', 'containerLogMaxFiles: 1', ['range']], ['1.37', 'port: 0', []], ['1.37', 'nodeStatusMaxImages: -1', []],
  ],
  choices: [
    ['1.37', 'topologyManagerPolicy: Restricted', ['choice']], ['1.37', 'topologyManagerPolicy: restricted', []], ['1.29', 'memorySwap: {swapBehavior: UnlimitedSwap}\nfeatureGates: {NodeSwap: true}', []],
    ['1.37', 'memorySwap: {swapBehavior: UnlimitedSwap}', ['choice']], ['1.37', 'authorization: {mode: RBAC}', ['choice']], ['1.37', 'tlsMinVersion: TLS12', ['choice']], ['1.37', 'hairpinMode: ""', []],
  ],
  gates: [
    ['1.37', 'featureGates: {NoSuchGate: true}', ['unknown-gate']], ['1.37', 'featureGates: {AllAlpha: false}', []], ['1.37', 'featureGates: {NodeSwap: false}', ['locked-gate']],
    ['1.37', 'featureGates: {GracefulNodeShutdown: false, WindowsGracefulNodeShutdown: false}', ['gate-needs']], ['1.30', 'featureGates: {GracefulNodeShutdown: false}', []],
    ['1.37', 'featureGates: {DefaultPodSysctls: false}\ndefaultPodSysctls: {net.ipv4.tcp_syncookies: "1"}', ['needs-gate']],
    ['1.37', 'enableSystemLogQuery: true\nfeatureGates: {NodeLogQuery: false}', ['locked-gate']],
  ],
  images: [
    ['1.37', 'imageGCHighThresholdPercent: 80', ['image-gc-order']], ['1.37', 'imageGCHighThresholdPercent: 81', []], ['1.35', 'imageMinimumGCAge: -1s', []], ['1.36', 'imageMinimumGCAge: -1s', ['range']],
    ['1.37', 'imageMinimumGCAge: 5m\nimageMaximumGCAge: 5m', ['image-gc-age']], ['1.37', 'maxParallelImagePulls: 5', []], ['1.37', 'maxParallelImagePulls: 5\nserializeImagePulls: true', ['parallel-pulls']],
    ['1.37', 'preloadedImagesVerificationAllowlist: [a]', ['image-allowlist']], ['1.37', 'imagePullCredentialsVerificationPolicy: NeverVerifyAllowlistedImages\npreloadedImagesVerificationAllowlist: ["a:1"]', ['image-allowlist']],
  ],
  shutdown: [
    ['1.37', 'shutdownGracePeriod: 500ms', ['range']], ['1.37', 'shutdownGracePeriod: 10s\nshutdownGracePeriodCriticalPods: 20s', ['shutdown-order']], ['1.37', 'shutdownGracePeriod: 10s\nshutdownGracePeriodCriticalPods: 10s', []],
    ['1.37', 'shutdownGracePeriod: 10s\nshutdownGracePeriodByPodPriority: [{priority: 0, shutdownGracePeriodSeconds: 1}]', ['shutdown-either']],
    ['1.37', 'featureGates: {KubeletCrashLoopBackOffMax: true}\ncrashLoopBackOff: {maxContainerRestartPeriod: 301s}', ['range']],
  ],
  cgroups: [
    ['1.37', 'systemCgroups: /x', ['cgroup-root']], ['1.37', 'enforceNodeAllocatable: [system-reserved]', ['node-allocatable']], ['1.37', 'enforceNodeAllocatable: [pods, none]', ['node-allocatable']],
    ['1.30', 'enforceNodeAllocatable: [pods, pods]', []], ['1.31', 'enforceNodeAllocatable: [pods, pods]', ['node-allocatable']], ['1.37', 'cgroupsPerQOS: false', ['node-allocatable']],
    ['1.30', 'cgroupsPerQOS: false', ['node-allocatable']], ['1.37', 'cgroupsPerQOS: false\nenforceNodeAllocatable: []', []], ['1.37', 'kubeReserved: {cpus: "1"}', ['reserved']], ['1.37', 'kubeReserved: {cpu: -1m}', ['reserved']],
    ['1.37', 'kubeReserved: {cpu: "3"}', ['reserved'], { cpus: 2 }], ['1.37', '', ['cgroup-v1'], { cgroup: 1 }], ['1.34', '', [], { cgroup: 1 }], ['1.37', 'failCgroupV1: false', [], { cgroup: 1 }],
  ],
  cpus: [
    ['1.37', 'cpuManagerPolicy: static', ['cpu-reservation']], ['1.37', 'cpuManagerPolicy: static\nreservedSystemCPUs: "0"', []], ['1.37', 'reservedSystemCPUs: 0-', ['reserved-cpus']], ['1.37', 'reservedSystemCPUs: "9"', ['reserved-cpus'], { cpus: 2 }],
    ['1.37', 'cpuManagerPolicyOptions: {full-pcpus-only: "true"}', ['cpu-options']], ['1.37', 'cpuManagerPolicy: static\nreservedSystemCPUs: "0"\ncpuManagerPolicyOptions: {full-pcpu-only: "true"}', ['policy-option']],
    ['1.34', 'cpuManagerPolicy: static\nreservedSystemCPUs: "0"\ncpuManagerPolicyOptions: {align-by-socket: "true"}', ['policy-option']],
    ['1.37', 'cpuManagerPolicy: static\nreservedSystemCPUs: "0"', ['state-file'], state('none')], ['1.37', 'cpuManagerPolicy: static\nreservedSystemCPUs: "0"', [], state('static', { defaultCpuSet: '0-1' })],
    ['1.37', 'cpuManagerPolicy: static\nreservedSystemCPUs: "1"', ['state-file'], state('static', { defaultCpuSet: '0' })], ['1.37', 'cpuCFSQuotaPeriod: 2s', ['range']],
  ],
  memory: [
    ['1.37', '', ['swap'], { swap: true }], ['1.37', 'failSwapOn: false', [], { swap: true }], ['1.37', '', [], { swap: false }],
    ['1.37', 'memoryManagerPolicy: Static\nreservedMemory: [{numaNode: 1, limits: {memory: 100Mi}}]', ['memory-reservation'], { numaNodes: [0] }],
    ['1.37', 'memoryManagerPolicy: Static', ['memory-reservation']], ['1.37', 'memoryManagerPolicy: Static\nsystemReserved: {memory: 100Mi}\nreservedMemory: [{numaNode: 0, limits: {memory: 200Mi}}]', []],
    ['1.37', 'memoryManagerPolicy: Static\nsystemReserved: {memory: 100Mi}\nreservedMemory: [{numaNode: 0, limits: {memory: 100Mi}}]', ['memory-reservation']], ['1.37', 'reservedMemory: [{numaNode: 0, limits: {cpu: 1}}]', ['reserved-memory']],
    ['1.37', 'userNamespaces: {idsPerPod: 65537}', ['range']], ['1.37', 'maxPods: 70000', ['user-ids']], ['1.33', 'userNamespaces: {idsPerPod: 131072}', ['user-ids']], ['1.37', 'userNamespaces: {idsPerPod: 131072}', []], ['1.36', 'memoryThrottlingFactor: 0.5', []], ['1.37', 'featureGates: {MemoryQoS: false}\nmemoryThrottlingFactor: 0.5', ['needs-gate']], ['1.37', 'memoryThrottlingFactor: 0.9', []],
  ],
  eviction: [
    ['1.37', 'evictionHard: {memory.avail: 1Gi}', ['eviction-signal']], ['1.37', 'evictionHard: {memory.available: 101%}', ['eviction-threshold']], ['1.37', 'evictionHard: {memory.available: "0"}', ['eviction-threshold']], ['1.37', 'evictionHard: {memory.available: 0%}', []],
    ['1.37', 'evictionSoft: {memory.available: 1Gi}', ['eviction-grace']], ['1.37', 'evictionSoft: {memory.available: 1Gi}\nevictionSoftGracePeriod: {memory.available: 30s}', []], ['1.37', 'evictionMinimumReclaim: {memory.available: -1}', ['type']],
  ],
  logging: [
    ['1.37', 'logging: {format: xml}', ['choice']], ['1.37', 'logging: {flushFrequency: -1s}', ['range']], ['1.37', 'logging: {flushFrequency: 0s}', []], ['1.37', 'logging: {format: json, vmodule: [{filePattern: a, verbosity: 1}]}', ['log-modules']],
    ['1.37', 'logging: {options: {json: {infoBufferSize: 1Ki}}}', ['needs-gate']], ['1.37', 'logging: {options: {json: {splitStream: true}}}', []], ['1.37', 'tracing: {endpoint: "http://x"}', ['tracing-endpoint']], ['1.37', 'tracing: {endpoint: "x:4317"}', []], ['1.37', 'tracing: {endpoint: ""}', []], ['1.30', 'tracing: {endpoint: ""}', ['tracing-endpoint']],
    ['1.37', 'enableSystemLogQuery: true\nenableSystemLogHandler: false\nfeatureGates: {NodeLogQuery: true}', ['log-query']],
  ],
  serving: [
    ['1.37', 'tlsCipherSuites: [TLS_X]', ['tls']], ['1.37', 'tlsCurvePreferences: [29, 29]', ['tls']], ['1.37', 'tlsCipherSuites: [TLS_AES_128_GCM_SHA256]', ['tls']], ['1.37', 'tlsCipherSuites: [TLS_AES_128_GCM_SHA256]\ntlsMinVersion: VersionTLS13', []], ['1.37', 'showHiddenMetricsForVersion: "1.36"', []], ['1.37', 'showHiddenMetricsForVersion: "1.35"', ['choice']], ['1.37', 'runOnce: true', ['removed']],
    ['1.37', '', ['no-kubeconfig', 'no-kubeconfig'], { standalone: true }], ['1.37', 'address: localhost', ['address']], ['1.37', 'address: 10.1.2.3', ['address'], { addresses: ['10.0.0.1'] }], ['1.37', 'address: 10.0.0.1', [], { addresses: ['10.0.0.1'] }], ['1.37', 'runtimeRequestTimeout: 1ms', ['range']], ['1.37', 'address: "::1"', []], ['1.37', 'address: localhost\nenableServer: false', []], ['1.37', 'readOnlyPort: 10250', ['same-port']],
    ['1.35', 'tlsCertFile: /a', ['certificate']], ['1.37', 'tlsCertFile: /a', []], ['1.37', 'tlsCertFile: /a\ntlsPrivateKeyFile: /b', ['no-such-file', 'no-such-file'], { exists: () => false }], ['1.37', 'maxOpenFiles: 5', ['open-files']],
  ],
  node: [
    ['1.37', 'registerWithTaints: [{key: "a b"}]', ['taint']], ['1.37', 'registerWithTaints: [{key: a, effect: Never}]', ['taint']], ['1.37', 'registerWithTaints: [{key: example.com/a, effect: NoExecute}]', []], ['1.37', 'defaultPodSysctls: {vm.swappiness: "1"}\nfeatureGates: {DefaultPodSysctls: true}', ['sysctl']],
    ['1.37', 'allowedUnsafeSysctls: [net.core.somaxconn, "kernel.msg*"]', []], ['1.37', 'allowedUnsafeSysctls: [vm.x]', ['sysctl']], ['1.37', 'containerLogMaxSize: 10MB', ['container-logs']], ['1.37', 'containerLogMaxSize: 1Ei', ['container-logs']], ['1.37', 'containerLogMaxSize: "-1"', []],
    ['1.37', 'containerLogMonitorInterval: 2s', ['range']], ['1.37', 'podLogsDir: relative', []], [`1.37`, `podLogsDir: /${'x'.repeat(300)}`, ['path']], ['1.37', 'podLogsDir: /a/', ['path']], ['1.37', 'syncFrequency: -1s', ['range']],
  ],
};

for (const [name, cases] of Object.entries(CASES)) {
  test(name, async () => {
    for (const [version, config, expected, facts] of cases) {
      assert.deepEqual(await refused(version, { config: `${config}\n`, ...(facts && { facts }) }), expected, `${version}: ${config}`);
    }
  });
}
