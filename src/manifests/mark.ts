/**
 * kcfg's mark on a pin: two comment lines above the uid, or an annotation in JSON, which has no comments.
 * It stands in the file itself, so that a pin can be told from someone else's uid without kcfg's records, by a
 * person too. Written here, recognised here; the words are a format and only ever gain new forms.
 */
import type { Pin } from './manifest.ts';

/** Changes nothing for the pod: an adopted pod keeps what it was created with. */
export const ANNOTATION = 'kcfg.dev/pinned';

/** The two comment lines, without indentation. In a diff they still fit into 80 columns. */
export function markLines(pin: Pin, pod: string): [string, string] {
  return [
    `# Pinned by kcfg, change ${pin.change}, node ${pin.node}${pin.date === undefined ? '' : `, ${pin.date}`}: the kubelet keeps`,
    `# it as it runs, ignores most edits. Edit: kcfg edit ${pod}`,
  ];
}

/** The annotation's value. */
export function markValue(pin: Pin): string {
  return `change ${pin.change} node ${pin.node}${pin.date === undefined ? '' : ` date ${pin.date}`}`;
}

export type Mark = Omit<Pin, 'uid'>;

const DATE = /\d{4}-\d\d-\d\d/.source;
const FIRST = new RegExp(`^# Pinned by kcfg, change ([^\\s,]+), node ([^\\s:,]+)(?:, (${DATE}))?:`);
const SECOND = /^# (ignores most edits of this file\. To edit: kcfg unpin|it as it runs, ignores most edits\. Edit: kcfg edit) /;
const VALUE = new RegExp(`^change (\\S+) node (\\S+?)(?: date (${DATE}))?$`);

/** What the first comment line says; undefined for any other comment. */
export function readMark(comment: string): Mark | undefined {
  return markOf(FIRST.exec(comment));
}

export function readMarkValue(value: string): Mark | undefined {
  return markOf(VALUE.exec(value));
}

/** The first marks had no date. */
function markOf(found: RegExpExecArray | null): Mark | undefined {
  const [, change, node, date] = found ?? [];
  return change === undefined || node === undefined ? undefined : { change, node, ...(date === undefined ? {} : { date }) };
}

/** Either of the two comment lines. */
export function isMarkLine(comment: string): boolean {
  return FIRST.test(comment) || SECOND.test(comment);
}
