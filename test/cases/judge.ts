/** What came of a case: was the cause named, where, and what of the node is worse than before. */
import type { Case } from './case.ts';
import type { CaseNode } from './case-node.ts';

/** Of `kcfg doctor -o json`, as far as it counts here. */
export interface Diagnosis {
  healthy: boolean;
  verdict: string;
  findings: Finding[];
}
export interface Finding {
  id: string;
  severity: 'error' | 'warning';
  component: string;
  file?: string;
  line?: number;
  cause: string;
  fix?: { kind: string; commands?: string[] };
}

/** Place of the cause among the errors: 0 is the first; -1: it was not named. Right: `ids`, and the component and file where the case has them. */
export function placeOf({ expect }: Case, { findings }: Diagnosis): number {
  return findings.filter(({ severity }) => severity === 'error').findIndex((finding) => expect.ids.includes(finding.id) && (expect.component === undefined || expect.component === finding.component) && (expect.file === undefined || expect.file === finding.file));
}

/** The line that it points at has the part that the case broke. Undefined where the case has no such line. */
export function pointsAt(subject: Case, finding: Finding | undefined, node: CaseNode): boolean | undefined {
  const { file, line } = subject.expect;
  if (file === undefined || line === undefined || finding === undefined) return undefined;
  const lines = node.read(file)?.toString().split('\n') ?? [];
  return (lines[(finding.line ?? 0) - 1] ?? '').includes(line);
}

/** What is another file, mode or owner in `after`. */
export function changedPaths(before: Record<string, string>, after: Record<string, string>): string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((path) => before[path] !== after[path]);
}

/** Changed by `kcfg recover` without being in its plan. */
export function outsidePlan(changed: readonly string[], plan: string): string[] {
  return changed.filter((path) => !plan.includes(path));
}

/** Answered before, and not after. */
export function lost(before: Record<string, boolean>, after: Record<string, boolean>): string[] {
  return Object.keys(before).filter((name) => before[name] === true && after[name] !== true);
}

/** Commands that a test may type as they are: one program with its words, and no place to fill in. */
export function typed(command: string): string[] | undefined {
  if (/[;&|<>$`(){}…*]|\b[A-Z]{3,}\b/.test(command.replaceAll(/'[^']*'/g, ''))) return undefined;
  const words = command.match(/'[^']*'|\S+/g)?.map((word) => word.replaceAll("'", ''));
  return words?.[0] !== undefined && TYPED.has(words[0]) ? words : undefined;
}

const TYPED: ReadonlySet<string> = new Set(['systemctl', 'kubeadm', 'kcfg', 'chmod', 'chown', 'cp', 'mv', 'rm', 'ln', 'mkdir', 'touch', 'crictl', 'sed', 'swapoff']);
