/** What the YAML parser says (eemeli/yaml, compose/), in words of who wrote the file. What is not known here is quoted. */
import { positionOf, type Source } from '../../kubelet/source.ts';
import type { Yaml } from '../../kubelet/yaml.ts';

const WORDS: readonly (readonly [parser: RegExp, words: string])[] = [
  [/^Implicit (map )?keys/, 'a key without its colon'],
  [/^Nested mappings are not allowed/, 'a second key in one line'],
  [/^A block sequence may not be used/, 'a list where a key is due'],
  [/^Tabs are not allowed/, 'a tab in the indentation'],
  [/^Missing closing .quote/, 'a quote that is not closed'],
  [/^Sequence item without/, 'a list item without its dash'],
  [/^All (sequence|collection) items must start/, 'a line that is not indented as those beside it'],
  [/^Comments must be separated/, 'a # without a blank before it'],
  [/^Missing space after :/, 'a colon without a blank behind it'],
  [/^Missing ,/, 'brackets that miss a comma'],
  [/must be sufficiently indented and end with/, 'brackets that are not closed'],
  [/^Invalid escape sequence/, 'a backslash in double quotes that means nothing'],
  [/^Plain value cannot start with reserved character (.)/, 'a value that begins with $1 and has no quotes'],
  [/^Plain value cannot start with (.+)/, 'a value that begins with $1 and has no quotes'],
];

/** Blanks of a web page in front of a line, which YAML takes for letters (YAML 1.2.2, 5.5: blanks are space and tab alone). */
const NO_BLANK = /^[ \t]*(?:- *)?[\u00a0\u2007\u202f\u3000]/;

export function problemWords(source: Source, { message, start }: NonNullable<Yaml['problem']>): string {
  const line = start === undefined ? '' : (source.text.split('\n')[positionOf(source, Math.min(start, source.text.length)).line - 1] ?? '');
  const odd = NO_BLANK.exec(line)?.[0].at(-1);
  if (odd !== undefined) return `a blank of a web page (U+${odd.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}) in the place of a plain one`;
  if (/^Implicit/.test(message) && /^\s*- -/.test(line)) return 'a list item that is not indented as those beside it';
  if (/^Implicit/.test(message) && /^\s*(?:- )?\w+:[^\s:/]/.test(line)) return 'a colon without a blank behind it';
  return yamlWords(message.replace(/ at line \d+.*$/s, '').replace(/[:.]$/, ''));
}

/** Of a text that is read, and has no node. */
export function nothingWords(bytes: Uint8Array): string {
  if (bytes.length === 0) return 'it is empty';
  // what a file system leaves that had the length on the disk, and not the content (XFS FAQ, "Why do I see binary NULLS")
  return bytes.every((byte) => byte === 0) ? 'it is all NUL bytes, as a power cut leaves a file' : 'there is no manifest in it';
}

/** `message`: without its place. */
function yamlWords(message: string): string {
  const known = WORDS.find(([parser]) => parser.test(message));
  if (known === undefined) return /^[A-Z][a-z]/.test(message) ? message.charAt(0).toLowerCase() + message.slice(1) : message;
  const found = known[0].exec(message);
  return known[1].replace('$1', found?.[1] ?? '');
}
