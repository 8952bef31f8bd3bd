/**
 * Numbers that must lie between two others: one table. `%` in the kubelet's words is the value.
 * All from apis/config/validation/validation.go:72-180@1.37.2 where nothing else stands there.
 */
import { type Case, integer, type Rule } from './case.ts';
import type { Finding } from './finding.ts';
import { refuse } from './refuse.ts';
import { valueAt } from '../field-path.ts';

interface Range {
  field: string;
  min: number;
  max?: number;
  says: string;
  /** First minor that checks it. */
  since?: number;
  /** Before that minor it fails a moment later, when its part of the kubelet starts. */
  atStart?: number;
}

const NEGATIVE = 'must not be a negative number';
const PORT = 'must be between 1 and 65535, inclusive';

const RANGES: readonly Range[] = [
  { field: 'nodeLeaseDurationSeconds', min: 1, says: 'nodeLeaseDurationSeconds must be greater than 0' },
  { field: 'eventBurst', min: 0, says: `eventBurst (--event-burst) % ${NEGATIVE}` },
  { field: 'eventRecordQPS', min: 0, says: `eventRecordQPS (--event-qps) % ${NEGATIVE}` },
  { field: 'healthzPort', min: 0, max: 65535, says: `healthzPort (--healthz-port) % ${PORT}` },
  { field: 'imageGCHighThresholdPercent', min: 0, max: 100, says: 'imageGCHighThresholdPercent (--image-gc-high-threshold) % must be between 0 and 100, inclusive' },
  { field: 'imageGCLowThresholdPercent', min: 0, max: 100, says: 'imageGCLowThresholdPercent (--image-gc-low-threshold) % must be between 0 and 100, inclusive' },
  { field: 'iptablesDropBit', min: 0, max: 31, says: 'iptablesDropBit (--iptables-drop-bit) % must be between 0 and 31, inclusive' },
  { field: 'iptablesMasqueradeBit', min: 0, max: 31, says: 'iptablesMasqueradeBit (--iptables-masquerade-bit) % must be between 0 and 31, inclusive' },
  { field: 'kubeAPIBurst', min: 0, says: `kubeAPIBurst (--kube-api-burst) % ${NEGATIVE}` },
  { field: 'kubeAPIQPS', min: 0, says: `kubeAPIQPS (--kube-api-qps) % ${NEGATIVE}` },
  { field: 'nodeStatusMaxImages', min: -1, says: 'nodeStatusMaxImages (--node-status-max-images) % must be -1 or greater' },
  { field: 'maxOpenFiles', min: 0, says: `maxOpenFiles (--max-open-files) % ${NEGATIVE}` },
  { field: 'maxPods', min: 0, says: `maxPods (--max-pods) % ${NEGATIVE}` },
  { field: 'oomScoreAdj', min: -1000, max: 1000, says: 'oomScoreAdj (--oom-score-adj) % must be between -1000 and 1000, inclusive' },
  { field: 'podsPerCore', min: 0, says: `podsPerCore (--pods-per-core) % ${NEGATIVE}` },
  { field: 'port', min: 1, max: 65535, says: `port (--port) % ${PORT}` },
  { field: 'readOnlyPort', min: 0, max: 65535, says: 'readOnlyPort (--read-only-port) % must be between 0 and 65535, inclusive' },
  { field: 'registryBurst', min: 0, says: `registryBurst (--registry-burst) % ${NEGATIVE}` },
  { field: 'registryPullQPS', min: 0, says: `registryPullQPS (--registry-qps) % ${NEGATIVE}` },
  { field: 'maxParallelImagePulls', min: 1, says: 'maxParallelImagePulls % must be a positive number' },
  { field: 'containerLogMaxWorkers', min: 1, since: 30, says: 'containerLogMaxWorkers must be greater than or equal to 1' },
  // kubelet/logs/container_log_manager.go NewContainerLogManager; validation.go:413 from 1.33 on
  { field: 'containerLogMaxFiles', min: 2, atStart: 33, says: 'containerLogMaxFiles must be greater than 1' },
];

export const ranges: Rule = (c) => RANGES.filter(({ since = 0 }) => c.minor >= since).flatMap((range) => outside(c, range));

function outside(c: Case, { field, min, max, says, atStart = 0 }: Range): Finding[] {
  if (typeof valueAt(c.value, [field]) !== 'number') return [];
  const value = integer(c, field);
  if (value >= min && (max === undefined || value <= max)) return [];
  const allowed = max === undefined ? `${min} or more` : `from ${min} to ${max}`;
  return [
    refuse(c, {
      ...{ id: 'range', message: `${field} is ${allowed}, here it is ${value}`, at: [field], labels: [allowed] },
      kubelet: c.minor >= atStart ? `invalid configuration: ${says.replace('%', String(value))}` : `invalid MaxFiles ${value}, must be > 1`,
      when: c.minor >= atStart ? 'load' : 'start',
    }),
  ];
}
