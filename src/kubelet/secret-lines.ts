/**
 * Lines of a file that stand on screen beside an error, without what is secret in them: the values below
 * `staticPodURLHeader`, which hold credentials, and in a manifest what is given to an environment variable. Judged by lines, for
 * the error may be that the file cannot be read at all. Rather too much is hidden than too little.
 */
import { HIDDEN, withoutSecretFlags } from './value-text.ts';

/** As a key of a block, or within braces. Small letters and capitals are one in a drop-in. */
const HEADER = /(?:^|[{,]|\s|-\s)(["']?)staticPodURLHeader\1\s*:/i;
/** Of a variable in a container's `env`; a manifest of one line has everything on it. */
const KIND_POD = /^\s*(?:["']?kind["']?\s*:\s*["']?Pod\b)|["']kind["']\s*:\s*["']Pod\b/m;
const VALUE = /^(\s*(?:-\s+)?(["']?)value\2\s*:\s*)(?=\S)/;
const INLINE_VALUE = /([{,]\s*(["']?)value\2\s*:\s*)(?=[^\s])/;
const ARGUMENT = /^(\s*-\s+["']?--[\w-]*(?:token|password|secret)[\w-]*=)/i;

/** The line of `text` that begins at index `from`, fit to be quoted, or undefined: as it is. */
export function withoutSecretText(text: string, from: number, line: string): string | undefined {
  const own = HEADER.exec(line);
  if (own !== null) {
    const end = own.index + own[0].length;
    return line.slice(end).trim() === '' ? undefined : `${line.slice(0, end)} ${HIDDEN}`;
  }
  const flagless = withoutSecretFlags(line);
  if (flagless !== line) return flagless;
  if (isBelowHeader(text, from, line)) return `${/^\s*/.exec(line)?.[0] ?? ''}${HIDDEN}`;
  if (!KIND_POD.test(text)) return undefined;
  for (const pattern of [VALUE, ARGUMENT, INLINE_VALUE]) {
    const found = pattern.exec(line);
    if (found !== null) return `${line.slice(0, found.index)}${found[1] ?? ''}${HIDDEN}`;
  }
  return undefined;
}

/** Everything from the header's key to the next key of its level, or, where it opens a brace, to the one that closes it. */
function isBelowHeader(text: string, from: number, line: string): boolean {
  const above = text.slice(0, from).split(/\r\n|\r|\n/).slice(0, -1);
  const at = above.findLastIndex((other) => HEADER.test(other));
  const header = above[at];
  if (header === undefined || line.trim() === '') return false;
  const between = above.slice(at + 1);
  const depth = opened(header.slice(HEADER.exec(header)?.index ?? 0));
  if (depth > 0) return between.reduce((sum, other) => (sum <= 0 ? 0 : sum + opened(other)), depth) > 0;
  const indent = indentOf(header);
  return [...between, line].every((other) => other.trim() === '' || indentOf(other) > indent || /^\s*(-|#)/.test(other));
}

/** How many more braces and brackets a text opens than it closes. */
function opened(text: string): number {
  const count = (marks: RegExp): number => text.match(marks)?.length ?? 0;
  return count(/[{[]/g) - count(/[}\]]/g);
}

function indentOf(line: string): number {
  return /^\s*/.exec(line)?.[0].length ?? 0;
}
