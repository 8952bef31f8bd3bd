/** The state of a fleet: each node with what the doctor finds, its versions, pins, drift, and DISA STIG V-242397. */
import type { StatusDocument } from './documents.ts';
import type { Answer } from './fleet-plan.ts';
import { nodeStanding, type NodeStanding } from './standing.ts';

export interface NodeReport extends NodeStanding {
  drift: string[];
  /** Absent where it was not looked at. */
  stig?: 'pass' | 'fail';
  /** 'change 3, done' */
  lastChange?: string;
  /** Findings of the doctor: errors and warnings, their message each. */
  findings: { severity: string; message: string }[];
}
export interface FleetReport {
  /** ISO time. */
  at: string;
  nodes: NodeReport[];
}

interface DoctorDocument {
  findings?: { severity: string; cause: string }[];
}

/** One node's row. */
export function nodeReport(name: string, answer: Answer): NodeReport {
  const { status, doctor, stig } = answer.result;
  const { drift = [], lastChange } = (status ?? {}) as StatusDocument;
  const result = (stig as { result?: string } | undefined)?.result;
  return {
    ...nodeStanding(name, answer, 'doctor'),
    drift: drift.map(({ field, file, running }) => `${field} is ${file} in files, ${running} in the kubelet`),
    ...(result === 'pass' || result === 'fail' ? { stig: result } : {}),
    ...(lastChange === undefined ? {} : { lastChange: `change ${lastChange.id}, ${lastChange.result}` }),
    findings: ((doctor ?? {}) as DoctorDocument).findings?.map(({ severity, cause }) => ({ severity, message: cause })) ?? [],
  };
}

/** How many nodes have each value, the most frequent first: '1.37.2: 4, not known: 1'. */
export function tally(values: readonly (string | undefined)[], between = ', '): string {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value ?? 'not known', (counts.get(value ?? 'not known') ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([value, many]) => `${value}: ${many}`).join(between);
}
