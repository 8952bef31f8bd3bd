/**
 * kcfg's mark on a pin: two comment lines above the uid, or an annotation in JSON, which has no comments.
 * It stands in the file itself, so that a pin can be told from someone else's uid without kcfg's records, by a
 * person too. Written here, recognised here; the words are a format and only ever gain new forms.
 */
import type { Pin } from './manifest.ts';

/** Changes nothing for the pod: an adopted pod keeps what it was created with. */
export const ANNOTATION = 'kcfg.dev/pinned';

/** The two comment lines, without indentation. */
export function markLines(pin: Pin, pod: string): [string, string] {
  return [
    `# Pinned by kcfg, change ${pin.change}, node ${pin.node}: the kubelet keeps this pod, and`,
    `# ignores most edits of this file. To edit: kcfg unpin ${pod}`,
  ];
}

/** The annotation's value. */
export function markValue(pin: Pin): string {
  return `change ${pin.change} node ${pin.node}`;
}

export type Mark = Omit<Pin, 'uid'>;

const FIRST = /^# Pinned by kcfg, change ([^\s,]+), node ([^\s:]+):/;
const SECOND = /^# ignores most edits of this file\. To edit: kcfg unpin /;

/** What the first comment line says; undefined for any other comment. */
export function readMark(comment: string): Mark | undefined {
  const [, change, node] = FIRST.exec(comment) ?? [];
  return change !== undefined && node !== undefined ? { change, node } : undefined;
}

export function readMarkValue(value: string): Mark | undefined {
  const [, change, node] = /^change (\S+) node (\S+)$/.exec(value) ?? [];
  return change !== undefined && node !== undefined ? { change, node } : undefined;
}

/** Either of the two comment lines. */
export function isMarkLine(comment: string): boolean {
  return FIRST.test(comment) || SECOND.test(comment);
}
