/**
 * What a rule has to say: one sentence, the places, and what to do. The kubelet's own words stand beside it where they
 * are known, so that whoever searches for them finds this.
 */
import type { Where } from '../../errors.ts';
import type { Edit } from '../../plan/step.ts';

export interface Finding {
  /** 'type', 'unknown-field', 'image-gc-order': stands in brackets on screen. */
  id: string;
  /** An error: this kubelet does not start, or not for long. */
  severity: 'error' | 'warning';
  /** One line, lower case, no stop. */
  message: string;
  /** The place itself first; others are what it refers to. */
  where: Where[];
  notes: string[];
  help: string[];
  /** Canonical path of the field. */
  field?: string;
  /** Word for word, without what the kubelet puts before it. */
  kubelet?: string;
  /** Of the file of the first place: what mends it, where that is one clear thing. */
  edits?: Edit[];
  /** 'start': it fails within its first seconds, after it took the configuration. */
  when?: 'load' | 'start';
  /** Of a manifest: refused as an edit, and its program starts all the same. Alone it is no cause of what is down. */
  runs?: true;
}

/** Errors first, then warnings, each in the order of files and lines. */
export function inOrder(findings: readonly Finding[]): Finding[] {
  const files = new Map<string, number>();
  for (const { where } of findings) {
    const file = where[0]?.file ?? '';
    if (!files.has(file)) files.set(file, files.size);
  }
  const rank = ({ severity, where }: Finding): [number, number, number, number] => [
    severity === 'error' ? 0 : 1,
    files.get(where[0]?.file ?? '') ?? 0,
    where[0]?.line ?? 0,
    where[0]?.column ?? 0,
  ];
  return [...findings].sort((a, b) => {
    const [left, right] = [rank(a), rank(b)];
    const at = left.findIndex((part, i) => part !== right[i]);
    return at < 0 ? 0 : (left[at] ?? 0) - (right[at] ?? 0);
  });
}
