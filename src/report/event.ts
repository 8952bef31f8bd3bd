/**
 * Everything kcfg can say while it works, as typed events. Two readers: the live list of steps, and JSON lines (reader.ts).
 * A change runs in a service of its own and writes these as JSON lines; the terminal only shows them.
 */
import type { ErrorCode, Where } from '../errors.ts';
import type { Finding } from '../kubelet/rules/finding.ts';

export type StepState = 'started' | 'done' | 'failed' | 'undone';

export interface CheckResult {
  /** Stable name: 'kubelet', 'path', 'containers', 'orphans', 'etcd', 'api-server', 'mirror-pods', 'journal', … */
  name: string;
  /** Undefined: it could not be made; `detail` says why. */
  ok: boolean | undefined;
  detail: string;
}

export interface Probes {
  sent: number;
  /** Any HTTP answer within 1 s. */
  answered: number;
  /** HTTP 200. */
  ready: number;
  /** Longest stretch without an answer, seconds. 0 when every probe was answered. */
  longestGapSeconds: number;
  /** Whole time without an answer, seconds. */
  awaySeconds: number;
  /** False where the API server was not answering before the change began. */
  upBefore: boolean;
}

export type Result = 'done' | 'unchanged' | 'on-trial' | 'undecided' | 'rolled-back' | 'incomplete';

export interface ErrorReport {
  code: ErrorCode;
  message: string;
  where: Where[];
  notes: string[];
  help: string[];
  /** What the rules found, each by its own name. */
  findings?: readonly Finding[];
}

export interface ChangeRecord {
  file: string;
  line?: number;
  field?: string;
  from?: string;
  to?: string;
  /** 'created', 'edited', 'linked', 'removed' */
  what: string;
}

/** The one document on stdout of `set`, `apply`, `rollback`, `unpin` with `-o json`. */
export interface Outcome {
  transaction?: string;
  result: Result;
  strategy?: string;
  changes: ChangeRecord[];
  checks: CheckResult[];
  probes?: Probes;
  /** Containers of static pods that are not the ones from before. */
  restarted: string[];
  seconds: number;
  /** Why it failed, when it did. */
  error?: ErrorReport;
  /** On trial: ISO time at which it goes back. */
  until?: string;
  /** Seconds that the trial lasts. */
  within?: number;
  /** It was on trial, and someone kept it. */
  confirmed?: true;
  /** Where it was cut off, when it was brought to its end by someone else than itself. */
  cutOff?: CutOff;
  /** ISO time. */
  decidedAt?: string;
}

export interface CutOff {
  /** Counts from 1, as in the plan: the last step that had begun. */
  step: number;
  of: number;
  title: string;
  /** ISO time of its last record. */
  at: string;
  /** 'kcfg was killed', 'the machine was restarted' */
  by: string;
}

export type Event =
  /** `id` counts from 1, as in the plan. `title` is the plan's title (when undone: what was put back). */
  | { event: 'step'; id: number; title: string; state: StepState; seconds?: number; detail?: string }
  /** How far the running step is: `done` of `total`, and what it does now ('waiting for the new pods'). */
  | { event: 'progress'; id: number; done: number; total: number; waiting: string; seconds: number }
  | { event: 'check'; step: number; check: CheckResult }
  | { event: 'going-back'; reason: string }
  | { event: 'note'; text: string }
  | { event: 'warning'; text: string }
  | { event: 'outcome'; outcome: Outcome };

export type Report = (event: Event) => void;
