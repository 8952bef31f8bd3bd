/**
 * Everything that can go wrong, by name, and every exit status.
 *
 * A name stands in brackets on screen (`error[stray-file]: …`) and is what `--force NAME` takes.
 * The rule behind the statuses: 4 = what was typed, or what a file says, is not valid in itself;
 * 1 = it is valid, and this node refuses it. Unknown throws are bugs and are printed as such.
 */
import type { Finding } from './kubelet/rules/finding.ts';

export const EXIT = {
  done: 0,
  failed: 1,
  usage: 2,
  found: 3,
  invalid: 4,
  rolledBack: 5,
  incomplete: 6,
  locked: 7,
  undecided: 8,
  interrupted: 130,
} as const;
export type ExitStatus = (typeof EXIT)[keyof typeof EXIT];

/** What each exit status means, for `--help` and the manual pages. */
export const EXIT_MEANING: Record<ExitStatus, string> = {
  0: 'done, or nothing to do',
  1: 'failed or refused, nothing changed',
  2: 'usage',
  3: 'found something',
  4: 'invalid input',
  5: 'failed, and everything is as before',
  6: 'a person is needed',
  7: 'another kcfg runs',
  8: 'done, not yet decided',
  130: 'interrupted before the first change',
};

/** Every error name with its exit status. Names marked `forceable` can be overridden by `--force NAME`. */
export const ERRORS = {
  // what was typed
  usage: { exit: EXIT.usage },
  'no-terminal': { exit: EXIT.usage },
  interrupted: { exit: EXIT.interrupted },
  'relative-path': { exit: EXIT.invalid },
  'unusable-path': { exit: EXIT.invalid },
  'unknown-field': { exit: EXIT.invalid },
  'bad-plan': { exit: EXIT.invalid },
  'bad-bundle': { exit: EXIT.invalid },
  'bad-config': { exit: EXIT.invalid },
  // what a file says
  'invalid-yaml': { exit: EXIT.invalid },
  'empty-config': { exit: EXIT.invalid },
  'duplicate-key': { exit: EXIT.invalid },
  'unusable-value': { exit: EXIT.invalid },
  'invalid-manifest': { exit: EXIT.invalid },
  'invalid-settings': { exit: EXIT.invalid },
  // what this node refuses
  'not-root': { exit: EXIT.failed },
  'no-kubelet': { exit: EXIT.failed },
  'not-supported': { exit: EXIT.failed },
  'kubelet-down': { exit: EXIT.failed },
  'unit-masked': { exit: EXIT.failed },
  'runtime-down': { exit: EXIT.failed },
  'not-a-directory': { exit: EXIT.failed },
  'link-loop': { exit: EXIT.failed },
  'same-directory': { exit: EXIT.failed },
  'nested-path': { exit: EXIT.failed },
  'stray-file': { exit: EXIT.failed },
  'duplicate-pod': { exit: EXIT.failed },
  'duplicate-uid': { exit: EXIT.failed },
  'foreign-pin': { exit: EXIT.failed },
  'mirror-annotation': { exit: EXIT.failed },
  'cannot-pin': { exit: EXIT.failed },
  'pod-not-running': { exit: EXIT.failed, forceable: true },
  'several-sandboxes': { exit: EXIT.failed },
  'pod-without-manifest': { exit: EXIT.failed },
  'shadowed-by-flag': { exit: EXIT.failed },
  'shadowed-by-drop-in': { exit: EXIT.failed },
  'config-is-link': { exit: EXIT.failed },
  'not-in-force': { exit: EXIT.failed },
  'rejected-by-kubelet': { exit: EXIT.failed, forceable: true },
  'pods-would-stop': { exit: EXIT.failed },
  'not-drained': { exit: EXIT.failed, forceable: true },
  'no-quorum': { exit: EXIT.failed, forceable: true },
  'volatile-directory': { exit: EXIT.failed, forceable: true },
  'network-filesystem': { exit: EXIT.failed },
  'unproven-version': { exit: EXIT.failed, forceable: true },
  'no-space': { exit: EXIT.failed },
  'read-only': { exit: EXIT.failed },
  'unsafe-owner': { exit: EXIT.failed },
  'stale-plan': { exit: EXIT.failed },
  'by-hand': { exit: EXIT.failed },
  ambiguous: { exit: EXIT.failed, forceable: true },
  'changed-meanwhile': { exit: EXIT.rolledBack },
  'pending-change': { exit: EXIT.failed },
  'no-such-change': { exit: EXIT.failed },
  'moved-on': { exit: EXIT.failed },
  'not-pending': { exit: EXIT.failed },
  'same-login': { exit: EXIT.failed, forceable: true },
  locked: { exit: EXIT.locked },
  // what happened during a change
  'step-failed': { exit: EXIT.rolledBack },
  'verify-failed': { exit: EXIT.rolledBack },
  rewritten: { exit: EXIT.rolledBack },
  'cut-off': { exit: EXIT.rolledBack },
  'not-confirmed': { exit: EXIT.rolledBack },
  incomplete: { exit: EXIT.incomplete },
  'damaged-record': { exit: EXIT.incomplete },
  // the machine
  'host-command': { exit: EXIT.failed },
  io: { exit: EXIT.failed },
  sandbox: { exit: EXIT.failed },
} as const satisfies Record<string, { exit: ExitStatus; forceable?: true }>;
export type ErrorCode = keyof typeof ERRORS;

/** A place in a file. `text` is the whole line as written; `length` columns from `column` get carets. */
export interface Where {
  file: string;
  line?: number;
  column?: number;
  text?: string;
  length?: number;
  /** What stands behind the carets, or behind the path when there is no text. */
  label?: string;
}

export interface ErrorDetails {
  where?: Where[];
  /** Why it matters. One paragraph each. */
  notes?: string[];
  /** What to type or do next: lines; lines that begin with two blanks are commands. */
  help?: string[];
  /** The state of the node, the last line on screen. Absent for usage errors. */
  outcome?: string;
  /** What the rules found: told in place of the message, each with its own name. */
  findings?: readonly Finding[];
  cause?: unknown;
}

export const NOTHING_CHANGED = 'Nothing was changed.';

/** A failure that kcfg understands. `message` is one line, lower case, no stop. */
export class KcfgError extends Error {
  readonly code: ErrorCode;
  readonly exit: ExitStatus;
  readonly where: Where[];
  readonly notes: string[];
  readonly help: string[];
  readonly outcome: string | undefined;
  readonly findings: readonly Finding[];

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, { cause: details.cause });
    this.name = 'KcfgError';
    this.code = code;
    this.exit = ERRORS[code].exit;
    this.where = details.where ?? [];
    this.notes = details.notes ?? [];
    this.help = details.help ?? [];
    this.findings = details.findings ?? [];
    this.outcome =
      details.outcome ?? (this.exit === EXIT.failed || this.exit === EXIT.invalid ? NOTHING_CHANGED : undefined);
  }
}
