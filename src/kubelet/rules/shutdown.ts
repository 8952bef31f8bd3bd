/** What is left to pods at a shutdown (validation.go:211-236@1.37.2), and how long a crashing container waits (:247-256). */
import { type Case, duration, list, type Rule } from './case.ts';
import type { Finding } from './finding.ts';
import { MILLISECOND, SECOND, writeDuration } from './go-duration.ts';
import { refuse } from './refuse.ts';

const [ALL, CRITICAL, PRIORITY] = ['shutdownGracePeriod', 'shutdownGracePeriodCriticalPods', 'shutdownGracePeriodByPodPriority'];

export const shutdown: Rule = (c) => [...periods(c), ...priorities(c), ...backOff(c)];

function periods(c: Case): Finding[] {
  if (!c.gate('GracefulNodeShutdown')) return [];
  const [all, critical] = [duration(c, ALL) ?? 0, duration(c, CRITICAL) ?? 0];
  const findings = [[ALL, all] as const, [CRITICAL, critical] as const].flatMap(([field, value]) =>
    value === 0 || value >= SECOND
      ? []
      : [
          refuse(c, {
            ...{ id: 'range', message: `${field} is 0, or 1s or more, here it is ${writeDuration(value)}`, at: [field] },
            kubelet: `invalid configuration: ${field} {${writeDuration(value)}} must be either zero or otherwise >= 1 sec`,
          }),
        ],
  );
  if (critical <= all) return findings;
  return [
    ...findings,
    refuse(c, {
      ...{ id: 'shutdown-order', message: `${CRITICAL} is a part of ${ALL}, and cannot be longer`, at: [CRITICAL, ALL] },
      labels: [`at most ${writeDuration(all)}`, 'the whole'],
      kubelet: `invalid configuration: ${CRITICAL} {${writeDuration(critical)}} must be <= ${ALL} {${writeDuration(all)}}`,
    }),
  ];
}

function priorities(c: Case): Finding[] {
  if (!c.gate('GracefulNodeShutdownBasedOnPodPriority') || list(c, PRIORITY).length === 0) return [];
  const other = [ALL, CRITICAL].filter((field) => (duration(c, field) ?? 0) > 0);
  if (other.length === 0) return [];
  return [
    refuse(c, {
      ...{ id: 'shutdown-either', message: `${PRIORITY} and ${other[0]} exclude one another`, at: [PRIORITY, ...other] },
      kubelet: `invalid configuration: Cannot specify both ${PRIORITY} and ${ALL} at the same time`,
    }),
  ];
}

function backOff(c: Case): Finding[] {
  const field = 'crashLoopBackOff.maxContainerRestartPeriod';
  const value = duration(c, field);
  if (c.minor < 32 || value === undefined || !c.gate('KubeletCrashLoopBackOffMax')) return [];
  const milliseconds = Math.trunc(value / MILLISECOND);
  if (milliseconds >= 1000 && milliseconds <= 300000) return [];
  return [
    refuse(c, {
      ...{ id: 'range', message: `${field} is from 1s to 5m, here it is ${writeDuration(value)}`, at: [field] },
      kubelet: `invalid configuration: CrashLoopBackOff.MaxContainerRestartPeriod (got: ${value / SECOND} seconds) must be set between 1s and 300s`,
    }),
  ];
}
