/** Fields that may only be set while a gate is on: one table, from apis/config/validation/validation.go@1.37.2. */
import { valueAt } from '../field-path.ts';
import { type Case, duration, entries, flag, list, type Rule, text } from './case.ts';
import { refuse } from './refuse.ts';

interface Gated {
  field: string;
  gate: string;
  /** It is set to something. */
  set(c: Case): boolean;
  says: string;
  since?: number;
  until?: number;
}

const longer = (path: string) => (c: Case) => (duration(c, path) ?? 0) > 0;
const GATED: readonly Gated[] = [
  { field: 'imageMaximumGCAge', gate: 'ImageMaximumGCAge', set: (c) => (duration(c, 'imageMaximumGCAge') ?? 0) !== 0, since: 29, says: 'ImageMaximumGCAge feature gate is required for Kubelet configuration option imageMaximumGCAge' },
  { field: 'defaultPodSysctls', gate: 'DefaultPodSysctls', set: (c) => entries(c, 'defaultPodSysctls').length > 0, since: 37, says: 'DefaultPodSysctls feature gate is required for Kubelet configuration option defaultPodSysctls' },
  { field: 'serverTLSBootstrap', gate: 'RotateKubeletServerCertificate', set: (c) => flag(c, 'serverTLSBootstrap'), says: 'serverTLSBootstrap true requires feature gate RotateKubeletServerCertificate' },
  { field: 'shutdownGracePeriod', gate: 'GracefulNodeShutdown', set: longer('shutdownGracePeriod'), says: 'specifying shutdownGracePeriod or shutdownGracePeriodCriticalPods requires feature gate GracefulNodeShutdown' },
  { field: 'shutdownGracePeriodCriticalPods', gate: 'GracefulNodeShutdown', set: longer('shutdownGracePeriodCriticalPods'), says: 'specifying shutdownGracePeriod or shutdownGracePeriodCriticalPods requires feature gate GracefulNodeShutdown' },
  { field: 'shutdownGracePeriodByPodPriority', gate: 'GracefulNodeShutdownBasedOnPodPriority', set: (c) => list(c, 'shutdownGracePeriodByPodPriority').length > 0, says: 'Specifying shutdownGracePeriodByPodPriority requires feature gate GracefulNodeShutdownBasedOnPodPriority' },
  { field: 'memorySwap.swapBehavior', gate: 'NodeSwap', set: (c) => text(c, 'memorySwap.swapBehavior') !== '', says: 'memorySwap.swapBehavior cannot be set when NodeSwap feature flag is disabled' },
  { field: 'crashLoopBackOff.maxContainerRestartPeriod', gate: 'KubeletCrashLoopBackOffMax', set: (c) => valueAt(c.value, ['crashLoopBackOff', 'maxContainerRestartPeriod']) !== undefined, since: 32, says: 'FeatureGate KubeletCrashLoopBackOffMax not enabled, CrashLoopBackOff.MaxContainerRestartPeriod must not be set' },
  { field: 'imagePullCredentialsVerificationPolicy', gate: 'KubeletEnsureSecretPulledImages', set: (c) => text(c, 'imagePullCredentialsVerificationPolicy') !== '', since: 33, says: '`imagePullCredentialsVerificationPolicy` must not be set if KubeletEnsureSecretPulledImages feature gate is not enabled' },
  { field: 'preloadedImagesVerificationAllowlist', gate: 'KubeletEnsureSecretPulledImages', set: (c) => list(c, 'preloadedImagesVerificationAllowlist').length > 0, since: 33, says: '`preloadedImagesVerificationAllowlist` must not be set if KubeletEnsureSecretPulledImages feature gate is not enabled' },
  { field: 'tracing', gate: 'KubeletTracing', set: (c) => typeof c.value['tracing'] === 'object', until: 33, says: 'tracing should not be configured if KubeletTracing feature flag is disabled.' },
  // a throttling factor of 0.9 was once the default, and is let pass
  { field: 'memoryThrottlingFactor', gate: 'MemoryQoS', set: (c) => typeof c.value['memoryThrottlingFactor'] === 'number' && c.value['memoryThrottlingFactor'] !== 0.9, since: 37, says: 'memoryThrottlingFactor must not be set when MemoryQoS feature gate is disabled' },
  { field: 'memoryReservationPolicy', gate: 'MemoryQoS', set: (c) => text(c, 'memoryReservationPolicy') === 'TieredReservation', since: 36, says: 'memoryReservationPolicy "TieredReservation" requires MemoryQoS feature gate to be enabled' },
  { field: 'enableSystemLogQuery', gate: 'NodeLogQuery', set: (c) => flag(c, 'enableSystemLogQuery'), says: 'NodeLogQuery feature gate is required for enableSystemLogQuery' },
];

export const gated: Rule = (c) =>
  GATED.filter(({ gate, set, since = 0, until = 99 }) => c.minor >= since && c.minor <= until && !c.gate(gate) && set(c)).map(({ field, gate, says }) =>
    refuse(c, {
      ...{ id: 'needs-gate', message: `${field} needs the feature gate ${gate}, which is off`, at: [field, ['featureGates', gate]] },
      ...{ labels: [undefined, 'off here'], help: ['set in the same file:', `  featureGates: {${gate}: true}`] },
      kubelet: `invalid configuration: ${says}`,
    }),
  );
