/** Which field belongs to which topic: the order of `kcfg explain`, and which file of words is loaded for a field. */
import type { WordsOfTopic } from './words.ts';

export interface Topic {
  name: string;
  /** Names at the top of the configuration, those first that people change. */
  fields: readonly string[];
  load(): Promise<{ WORDS: WordsOfTopic }>;
}

const fields = (text: string): readonly string[] => text.trim().split(/\s+/);

export const TOPICS: readonly Topic[] = [
  {
    name: 'static pods',
    fields: fields('staticPodPath fileCheckFrequency staticPodURL staticPodURLHeader httpCheckFrequency'),
    load: () => import('./words/static-pods.ts'),
  },
  {
    name: 'pods and capacity',
    fields: fields(`maxPods podsPerCore podPidsLimit cpuCFSQuota cpuCFSQuotaPeriod failSwapOn memorySwap singleProcessOOMKill crashLoopBackOff
      localStorageCapacityIsolation userNamespaces syncFrequency configMapAndSecretChangeDetectionStrategy volumePluginDir
      volumeStatsAggPeriod enableControllerAttachDetach defaultPodSysctls memoryReservationPolicy memoryThrottlingFactor runOnce`),
    load: () => import('./words/pods.ts'),
  },
  {
    name: 'eviction',
    fields: fields(`evictionHard evictionSoft evictionSoftGracePeriod evictionMaxPodGracePeriod evictionPressureTransitionPeriod
      evictionMinimumReclaim mergeDefaultEvictionSettings kernelMemcgNotification`),
    load: () => import('./words/eviction.ts'),
  },
  {
    name: 'images and runtime',
    fields: fields(`imageGCHighThresholdPercent imageGCLowThresholdPercent imageMinimumGCAge imageMaximumGCAge serializeImagePulls
      maxParallelImagePulls registryPullQPS registryBurst imagePullCredentialsVerificationPolicy preloadedImagesVerificationAllowlist
      containerRuntimeEndpoint imageServiceEndpoint runtimeRequestTimeout`),
    load: () => import('./words/images.ts'),
  },
  {
    name: 'reservations and cgroups',
    fields: fields(`kubeReserved systemReserved enforceNodeAllocatable kubeReservedCgroup systemReservedCgroup cgroupDriver cgroupsPerQOS
      cgroupRoot failCgroupV1 kubeletCgroups systemCgroups qosReserved oomScoreAdj maxOpenFiles`),
    load: () => import('./words/reservations.ts'),
  },
  {
    name: 'CPU, memory, topology',
    fields: fields(`cpuManagerPolicy cpuManagerPolicyOptions cpuManagerReconcilePeriod reservedSystemCPUs memoryManagerPolicy
      reservedMemory topologyManagerPolicy topologyManagerScope topologyManagerPolicyOptions`),
    load: () => import('./words/resource-managers.ts'),
  },
  {
    name: 'network and DNS',
    fields: fields(`clusterDNS clusterDomain resolvConf podCIDR address port healthzBindAddress healthzPort enableServer
      streamingConnectionIdleTimeout makeIPTablesUtilChains iptablesMasqueradeBit iptablesDropBit hairpinMode`),
    load: () => import('./words/network.ts'),
  },
  {
    name: 'security and certificates',
    fields: fields(`authentication authorization readOnlyPort rotateCertificates serverTLSBootstrap tlsCertFile tlsPrivateKeyFile
      tlsMinVersion tlsCipherSuites tlsCurvePreferences seccompDefault protectKernelDefaults allowedUnsafeSysctls`),
    load: () => import('./words/security.ts'),
  },
  {
    name: 'logging and debugging',
    fields: fields(`containerLogMaxSize containerLogMaxFiles containerLogMaxWorkers containerLogMonitorInterval podLogsDir logging
      enableDebuggingHandlers enableProfilingHandler enableDebugFlagsHandler enableContentionProfiling enableSystemLogHandler
      enableSystemLogQuery tracing showHiddenMetricsForVersion`),
    load: () => import('./words/logging.ts'),
  },
  {
    name: 'node and API server',
    fields: fields(`kubeAPIQPS kubeAPIBurst eventRecordQPS eventBurst nodeStatusUpdateFrequency nodeStatusReportFrequency
      nodeLeaseDurationSeconds nodeStatusMaxImages contentType registerNode registerWithTaints providerID`),
    load: () => import('./words/node.ts'),
  },
  {
    name: 'shutdown',
    fields: fields('shutdownGracePeriod shutdownGracePeriodCriticalPods shutdownGracePeriodByPodPriority'),
    load: () => import('./words/shutdown.ts'),
  },
  { name: 'features', fields: ['featureGates'], load: () => import('./words/features.ts') },
];

/** The topic of a field, by the path of it or of anything inside it. */
export function topicOf(path: string): Topic | undefined {
  const top = /^\w+/.exec(path)?.[0] ?? '';
  return TOPICS.find((topic) => topic.fields.includes(top));
}
