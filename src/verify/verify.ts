/**
 * Is the node what the plan wanted? Two proofs, because green health checks prove nothing (a kubelet that sees no
 * directory at all leaves every container running until the next boot, /healthz is ok all the while):
 *   owned    the new kubelet process watches the wanted directory and lists each wanted pod, from a file, by its UID;
 *   decided  its first housekeeping is over, which runs only when every source of pods was seen, and stopped nothing.
 * Only then are containers, the API server, etcd, mirror pods and the journal worth looking at.
 */
import type { Host } from '../host/host.ts';
import type { Kubelet } from '../node/observed.ts';
import type { Expectation } from '../plan/plan.ts';
import type { CheckResult } from '../report/event.ts';
import { settledChecks } from './settled.ts';
import { openSignals, type Before, type Signals } from './signals.ts';
import { waitForPods } from './wait.ts';

export interface Wanted extends Expectation {
  nodeName: string;
  kubelet: Kubelet;
  before: Before;
  api?: { url: string; local: boolean; kubeconfig: string };
  /** http://127.0.0.1:2381 and so on, from etcd's manifest. */
  etcdMetricsUrl?: string;
  /** True where an API server did not answer before the change: the outcome may then stay open. */
  apiDownBefore: boolean;
}

export interface Progress {
  done: number;
  total: number;
  waiting: string;
}

export type Verdict =
  | { verdict: 'ok'; checks: CheckResult[]; restarted: string[] }
  | { verdict: 'failed'; checks: CheckResult[]; restarted: string[]; reason: string; detail: string[]; said?: string }
  /** Owned, nothing lost, and no API server to decide by. */
  | { verdict: 'undecided'; checks: CheckResult[]; restarted: string[] };

export async function verify(host: Host, wanted: Wanted, report: (progress: Progress) => void): Promise<Verdict> {
  const signals = await openSignals(host, wanted);
  const checks: CheckResult[] = [];
  const waited = await waitForPods(host, wanted, signals, report);
  checks.push(...waited.checks);
  if (waited.failure !== undefined) {
    return { verdict: 'failed', checks, restarted: [], reason: waited.failure, ...(waited.said === undefined ? { detail: await lastWords(signals) } : { detail: [], said: waited.said }) };
  }
  const settled = await settledChecks(host, wanted, signals, waited.undecided, report);
  checks.push(...settled.checks);
  const failed = checks.find((check) => check.ok === false);
  if (failed !== undefined) {
    return { verdict: 'failed', checks, restarted: settled.restarted, reason: `${failed.name}: ${failed.detail}`, detail: await lastWords(signals) };
  }
  return { verdict: waited.undecided ? 'undecided' : 'ok', checks, restarted: settled.restarted };
}

/** Lines that speak of static pods, their directory or the configuration (kubelet file.go, file_linux.go, common.go, server.go). */
const TELLING = /file\.go|file_linux\.go|config\/common\.go|config path|manifest|"command failed"/;

/** At every start of a kubelet, E-level, and harmless (kubelet.go: the mirror pods of before are still there). */
const USUAL = 'Failed creating a mirror pod';

/** The kubelet's own words since the change began: what speaks of this change, else its last errors; newest last. */
async function lastWords(signals: Signals): Promise<string[]> {
  const errors = (await signals.journal()).filter((line) => /^[EF]\d{4} /.test(line) && !line.includes(USUAL));
  const telling = errors.filter((line) => TELLING.test(line));
  return (telling.length > 0 ? telling : errors).slice(-2).map((line) => line.slice(0, 400));
}
