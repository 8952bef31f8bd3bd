/**
 * A text file with its places: the bytes, the text they spell, and the way between character indices (which the
 * YAML library speaks), byte offsets (which edits speak) and lines and columns (which people speak).
 *
 * The byte order mark stays in the text, so that an index is an index into the file.
 */
import type { Where } from '../errors.ts';
import type { Edit } from '../plan/step.ts';
import { withoutSecretText } from './secret-lines.ts';
import { HIDDEN } from './value-text.ts';

export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be';
export interface Source {
  file: string;
  bytes: Buffer;
  text: string;
  encoding: Encoding;
  /** The file's first line end; '\n' where it has none. */
  eol: '\n' | '\r\n';
}

/** Undefined when the bytes are no text in their encoding. UTF-16 only by its byte order mark, as the kubelet does. */
export function readSource(file: string, content: Uint8Array): Source | undefined {
  const bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  const mark = bytes.subarray(0, 2).toString('hex');
  const encoding: Encoding = mark === 'fffe' ? 'utf-16le' : mark === 'feff' ? 'utf-16be' : 'utf-8';
  let text: string;
  try {
    text = new TextDecoder(encoding, { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
  return { file, bytes, text, encoding, eol: /\r?\n/.exec(text)?.[0] === '\r\n' ? '\r\n' : '\n' };
}

/** An edit of the characters from `start` up to `end`. Only for UTF-8. */
export function editAt(source: Source, start: number, end: number, insert: string): Edit {
  const offset = Buffer.byteLength(source.text.slice(0, start), 'utf8');
  return { offset, remove: Buffer.byteLength(source.text.slice(start, end), 'utf8'), insert };
}

/** Index of the first character of the line. */
export function lineStart(text: string, index: number): number {
  return text.lastIndexOf('\n', index - 1) + 1;
}

/** Index behind the line's end, or the end of the text. */
export function nextLine(text: string, index: number): number {
  const end = text.indexOf('\n', index);
  return end < 0 ? text.length : end + 1;
}

/** Index of the line's end, or the end of the text. */
export function lineEnd(text: string, index: number): number {
  const next = nextLine(text, index);
  if (text[next - 1] !== '\n' || next <= index) return next;
  return text[next - 2] === '\r' && next - 2 >= index ? next - 2 : next - 1;
}

/** Line and column, both from 1. A column is a UTF-16 unit; a byte order mark takes none. */
export function positionOf(source: Source, index: number): { line: number; column: number } {
  const before = source.text.slice(0, index);
  const start = lineStart(source.text, index);
  const bom = start === 0 && source.text.startsWith('\uFEFF') && index > 0 ? 1 : 0;
  return { line: before.split('\n').length, column: index - start - bom + 1 };
}

/** The place from `start` to `end` (or to the end of its line), with the line as written, but for what is secret in it. */
export function whereAt(source: Source, start: number, end: number, label?: string): Where {
  const from = lineStart(source.text, start);
  const line = source.text.slice(from, nextLine(source.text, start)).replace(/\r?\n$/, '');
  const text = line.replace(/^\uFEFF/, '');
  const length = Math.max(1, Math.min(end, from + line.length) - start);
  const shown = withoutSecretText(source.text, from, text);
  // a label may say how to write the value
  if (shown !== undefined) return { file: source.file, line: positionOf(source, start).line, column: shown.indexOf(HIDDEN) + 1, text: shown, length: HIDDEN.length };
  return { file: source.file, ...positionOf(source, start), text, length, ...(label && { label }) };
}

/**
 * Index of a character that YAML 1.1, and with it the kubelet, takes for a line end, and YAML 1.2 does not: the two
 * would read different documents. -1 when there is none.
 */
export function oddLineEnd(text: string): number {
  return text.search(/\r(?!\n)|[\u0085\u2028\u2029]/);
}
