/**
 * The three little grammars of systemd's files: lines of a unit, words of a value, assignments of an environment
 * file (systemd.syntax(7); src/basic/extract-word.c and env-file.c).
 */

import { nextLine } from './source.ts';

export interface UnitLine {
  section: string;
  key: string;
  value: string;
  /** First and last line of the text, from 1: a `\` at the end goes on in the next line. */
  line: number;
  lastLine: number;
}

export function unitLines(text: string): UnitLine[] {
  const raw = text.split(/\r?\n/);
  const found: UnitLine[] = [];
  let section = '';
  for (let i = 0; i < raw.length; i++) {
    const line = i + 1;
    let whole = raw[i] ?? '';
    if (isComment(whole)) continue;
    while (whole.endsWith('\\') && i + 1 < raw.length) {
      const next = raw[++i] ?? '';
      // a comment between continued lines is left out, and does not end them
      if (!isComment(next)) whole = `${whole.slice(0, -1)} ${next}`;
    }
    const header = /^\s*\[(.*)\]\s*$/.exec(whole)?.[1];
    const at = whole.indexOf('=');
    if (header !== undefined) section = header;
    else if (at > 0) found.push({ section, key: whole.slice(0, at).trim(), value: whole.slice(at + 1).trim(), line, lastLine: i + 1 });
  }
  return found;
}

function isComment(line: string): boolean {
  return /^\s*[#;]/.test(line);
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', s: ' ', '\\': '\\', '"': '"', "'": "'" };

/** Words between blanks; quotes hold blanks together and go, and C-style escapes are read. */
export function splitWords(value: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quote = '';
  for (let i = 0; i < value.length; i++) {
    const c = value.charAt(i);
    if (c === '\\' && i + 1 < value.length) {
      const next = value.charAt(++i);
      word = (word ?? '') + (ESCAPES[next] ?? `\\${next}`);
    } else if (quote) {
      if (c === quote) quote = '';
      else word += c;
    } else if (c === '"' || c === "'") {
      quote = c;
      word ??= '';
    } else if (/\s/.test(c)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = (word ?? '') + c;
  }
  return word === undefined ? words : [...words, word];
}

export interface Assignment {
  file: string;
  line: number;
  lastLine: number;
  value: string;
}

/** Quoted parts count at the start of a value and behind one another; a quote further on is a character (env-file.c). */
const QUOTED = /('[^']*'|"(?:\\[\s\S]|[^"\\])*")[ \t]*/g;
const ASSIGNMENT = new RegExp(
  String.raw`[ \t]*([A-Za-z_]\w*)[ \t]*=[ \t]*((?:${QUOTED.source})*)((?:\\\r?\n|\\.|[^\\\n])*)(?:\n|$)`,
  'y',
);

/** NAME → its last assignment. A value goes on in the next line behind a `\` or within quotes. */
export function readEnvironmentFile(file: string, text: string): Map<string, Assignment> {
  const found = new Map<string, Assignment>();
  for (let at = 0; at < text.length; ) {
    ASSIGNMENT.lastIndex = at;
    const [whole, name, quoted = '', , plain = ''] = ASSIGNMENT.exec(text) ?? [];
    if (whole !== undefined && name !== undefined) {
      const line = text.slice(0, at).split('\n').length;
      const lastLine = line + whole.replace(/\n$/, '').split('\n').length - 1;
      const value = [...quoted.matchAll(QUOTED)].map(([, part = '']) => unquoted(part)).join('') + unescaped(plain.trimEnd());
      found.set(name, { file, line, lastLine, value });
    }
    at = whole !== undefined ? at + whole.length : nextLine(text, at);
  }
  return found;
}

function unquoted(quoted: string): string {
  const inner = quoted.slice(1, -1);
  if (quoted.startsWith("'")) return inner;
  return inner.replace(/\\\r?\n/g, '').replace(/\\(["\\`$])/g, '$1');
}

function unescaped(plain: string): string {
  return plain.replace(/\\\r?\n/g, '').replace(/\\(.)/g, '$1');
}
