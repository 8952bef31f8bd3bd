/** The top-level fields of KubeletConfiguration by type (k8s.io/kubelet v0.37.2, config/v1beta1/types.go). */
export type FieldType = 'bool' | 'string' | 'int32' | 'int64' | 'float64' | 'duration' | 'list' | 'map' | 'object';

const FIELDS: Record<FieldType, string> = {
  bool: `
    enableServer rotateCertificates serverTLSBootstrap enableDebuggingHandlers enableContentionProfiling
    cgroupsPerQOS singleProcessOOMKill runOnce cpuCFSQuota serializeImagePulls mergeDefaultEvictionSettings
    enableControllerAttachDetach protectKernelDefaults makeIPTablesUtilChains failSwapOn kernelMemcgNotification
    enableSystemLogHandler enableSystemLogQuery enableProfilingHandler enableDebugFlagsHandler seccompDefault
    registerNode localStorageCapacityIsolation failCgroupV1`,
  string: `
    staticPodPath podLogsDir staticPodURL address tlsCertFile tlsPrivateKeyFile tlsMinVersion
    imagePullCredentialsVerificationPolicy healthzBindAddress clusterDomain kubeletCgroups systemCgroups
    cgroupRoot cgroupDriver cpuManagerPolicy memoryManagerPolicy topologyManagerPolicy topologyManagerScope
    hairpinMode podCIDR resolvConf contentType containerLogMaxSize configMapAndSecretChangeDetectionStrategy
    reservedSystemCPUs showHiddenMetricsForVersion systemReservedCgroup kubeReservedCgroup volumePluginDir
    providerID memoryReservationPolicy containerRuntimeEndpoint imageServiceEndpoint`,
  duration: `
    syncFrequency fileCheckFrequency httpCheckFrequency streamingConnectionIdleTimeout nodeStatusUpdateFrequency
    nodeStatusReportFrequency imageMinimumGCAge imageMaximumGCAge volumeStatsAggPeriod cpuManagerReconcilePeriod
    runtimeRequestTimeout cpuCFSQuotaPeriod evictionPressureTransitionPeriod containerLogMonitorInterval
    shutdownGracePeriod shutdownGracePeriodCriticalPods`,
  map: `
    staticPodURLHeader cpuManagerPolicyOptions topologyManagerPolicyOptions qosReserved evictionHard
    evictionSoft evictionSoftGracePeriod evictionMinimumReclaim featureGates systemReserved kubeReserved
    defaultPodSysctls`,
  int32: `
    port readOnlyPort registryPullQPS registryBurst eventRecordQPS eventBurst healthzPort oomScoreAdj
    nodeLeaseDurationSeconds imageGCHighThresholdPercent imageGCLowThresholdPercent maxPods nodeStatusMaxImages
    kubeAPIQPS kubeAPIBurst maxParallelImagePulls evictionMaxPodGracePeriod podsPerCore iptablesMasqueradeBit
    iptablesDropBit containerLogMaxFiles containerLogMaxWorkers`,
  list: `
    tlsCipherSuites tlsCurvePreferences preloadedImagesVerificationAllowlist clusterDNS enforceNodeAllocatable
    allowedUnsafeSysctls shutdownGracePeriodByPodPriority reservedMemory registerWithTaints`,
  object: `
    authentication authorization memorySwap logging crashLoopBackOff tracing userNamespaces`,
  int64: `
    podPidsLimit maxOpenFiles`,
  float64: `
    memoryThrottlingFactor`,
};

const TYPES = new Map<string, FieldType>(
  (Object.entries(FIELDS) as [FieldType, string][]).flatMap(([type, names]) =>
    names
      .trim()
      .split(/\s+/)
      .map((name): [string, FieldType] => [name, type]),
  ),
);

/** Undefined: the kubelet has no such field. `apiVersion` and `kind` are strings. */
export function fieldType(name: string): FieldType | undefined {
  return name === 'apiVersion' || name === 'kind' ? 'string' : TYPES.get(name);
}
