/**
 * What changes in which file, as lines: removed and added ones with their numbers, the changed words bold.
 * Of a copy only the lines that differ from its source are shown (a manifest can hold secrets), and copies that got
 * the same lines are folded into one sentence.
 */
import { diffArrays, diffWordsWithSpace } from 'diff';
import { count, list } from './format.ts';
import type { Paint, Style } from './style.ts';
import { padStart, visible, wrap } from './width.ts';

export interface FileDiff {
  path: string;
  /** Text before; for a copy, the source's text. Absent: the file is new. */
  before?: string | undefined;
  /** Text after. Absent: the file goes. */
  after?: string | undefined;
  /** Absolute path of the source, when `path` is a new file copied from it. */
  copyOf?: string | undefined;
}

interface Line {
  sign: '-' | '+';
  /** In the file before for '-', after for '+'; from 1. */
  number: number;
  text: string;
  /** The line that it replaces or that replaces it. */
  partner?: string;
}

/** The lines of the Diff block, without its title. `fold: false` shows every copy in full. */
export function diffLines(files: readonly FileDiff[], style: Style, columns: number, fold = true): string[] {
  const lines: string[] = [];
  const told = new Set<FileDiff>();
  for (const file of files) {
    if (told.has(file)) continue;
    const changes = changedLines(file);
    const alike = fold && file.copyOf ? files.filter((other) => other !== file && sameCopy(file, changes, other)) : [];
    for (const other of [file, ...alike]) told.add(other);
    lines.push(`  ${file.path}${style.faint(remark(file, changes))}`, ...changes.map((line) => lineText(line, style)));
    if (alike.length > 0) lines.push(...foldedLines(alike, changes, columns));
  }
  return lines;
}

/** The lines that differ, in the order of the file after. */
export function changedLines(file: FileDiff): Line[] {
  const lines: Line[] = [];
  let [oldNumber, newNumber] = [1, 1];
  let removed: Line[] = [];
  for (const part of diffArrays(textLines(file.before), textLines(file.after))) {
    if (part.removed) {
      removed = part.value.map((text) => ({ sign: '-', number: oldNumber++, text }));
      lines.push(...removed);
    } else if (part.added) {
      const added: Line[] = part.value.map((text) => ({ sign: '+', number: newNumber++, text }));
      if (added.length === removed.length) pair(removed, added);
      lines.push(...added);
      removed = [];
    } else {
      oldNumber += part.value.length;
      newNumber += part.value.length;
      removed = [];
    }
  }
  return lines;
}

function textLines(text: string | undefined): string[] {
  const lines = (text ?? '').split(/\r?\n/);
  // What stands behind the last newline is no line.
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

function pair(removed: readonly Line[], added: readonly Line[]): void {
  for (const [i, before] of removed.entries()) {
    const after = added[i];
    if (!after) continue;
    before.partner = after.text;
    after.partner = before.text;
  }
}

function remark(file: FileDiff, changes: readonly Line[]): string {
  if (file.after === undefined) return '     removed';
  if (file.copyOf === undefined) return file.before === undefined ? '     new' : '';
  if (changes.length === 0) return '     copy, unchanged';
  const added = changes.filter((line) => line.sign === '+').length;
  return added === changes.length
    ? `     copy, and ${count(added, 'line')}`
    : `     copy, and ${count(changes.length, 'change')}`;
}

function lineText(line: Line, style: Style): string {
  const paint = line.sign === '-' ? style.bad : style.good;
  // Four digits hold most files; the sign then stands in column 8.
  return `${padStart(String(line.number), 6)} ${paint(line.sign)} ${words(line, style, paint)}`.trimEnd();
}

/** The text of a line, what differs from its partner in bold. */
function words(line: Line, style: Style, paint: Paint): string {
  if (line.partner === undefined) return paint(visible(line.text));
  const parts =
    line.sign === '-' ? diffWordsWithSpace(line.text, line.partner) : diffWordsWithSpace(line.partner, line.text);
  return parts
    .filter((part) => (line.sign === '-' ? !part.added : !part.removed))
    .map((part) => paint(part.added || part.removed ? style.strong(visible(part.value)) : visible(part.value)))
    .join('');
}

/** The same lines at no matter which number, when each file's own name and UIDs are left out of account. */
function sameCopy(file: FileDiff, changes: readonly Line[], other: FileDiff): boolean {
  if (other.copyOf === undefined || directory(other.path) !== directory(file.path)) return false;
  const theirs = changedLines(other);
  return (
    theirs.length === changes.length &&
    theirs.every(
      (line, i) => line.sign === changes[i]?.sign && own(line.text, other) === own(changes[i]?.text ?? '', file),
    )
  );
}

/** Quoted where YAML would read a number: `"01e5…"`. */
const UID = /"?[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}"?/g;
function own(text: string, file: FileDiff): string {
  return text.replaceAll(UID, 'UID').replaceAll(name(file.path).replace(/\.[^.]*$/, ''), 'NAME');
}

function foldedLines(alike: readonly FileDiff[], changes: readonly Line[], columns: number): string[] {
  const names = list(alike.map((file) => name(file.path)));
  const uids = changes.some((line) => line.text.search(UID) >= 0) ? ', each with its own UID,' : '';
  const same = changes.length === 1 ? 'the same line' : `the same ${changes.length} lines`;
  const text = changes.length === 0 ? `and, unchanged too, ${names}` : `and ${same}${uids} in ${names}`;
  return wrap(text, columns - 2).map((line) => `  ${line}`);
}

function name(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
function directory(path: string): string {
  return path.slice(0, path.lastIndexOf('/'));
}
