/** A cause is put together here, so that no rule leaves out a part of it. */
import type { Cause } from '../cause.ts';
import type { Evidence } from '../evidence.ts';

export type Says = Pick<Cause, 'id' | 'component' | 'layer' | 'message' | 'now'> & Partial<Cause>;

/** An error; the verdict is its message where it is not told in other words. */
export function cause(says: Says): Cause {
  return { severity: 'error', where: [], notes: [], help: [], evidence: [], verdict: says.message, sure: 'certain', ...says };
}

/** It takes nothing down today. */
export function warning(says: Omit<Says, 'now'>): Cause {
  return cause({ ...says, severity: 'warning', now: false });
}

/** For a person to type. */
export function commands(...lines: string[]): Pick<Cause, 'fix' | 'help'> {
  return { fix: { kind: 'commands', commands: lines }, help: ['type:', ...lines.map((line) => `  ${line}`)] };
}

/** The setting with another plain value, as an edit where it stands in a file, else for a person to type. */
export function setting({ kubelet }: Evidence, name: string, value: string): Pick<Cause, 'fix' | 'help'> {
  const { where, bytes } = kubelet.settings?.[name] ?? {};
  const sum = where === undefined ? undefined : kubelet.files?.[where.file];
  if (where === undefined || bytes === undefined || sum === undefined) return commands(`kcfg set ${name} ${value}`);
  return { fix: { kind: 'edit', file: where.file, sha256: sum, edits: [{ offset: bytes.offset, remove: bytes.length, insert: value }] }, help: [] };
}
