/**
 * A value of JSON as text: as a block of lines in the layout of the file, or in braces. Every string is written so that
 * the kubelet's YAML 1.1 gives it back (scalar.ts).
 */
import type { Layout } from './layout.ts';
import { doubleQuoted, type Quote, writeScalar } from '../scalar.ts';

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** How a text in braces is spaced. `lines`: each entry on a line of its own, behind `inner`, and the closing brace behind `outer`. */
export interface Braces {
  json: boolean;
  comma: string;
  colon: string;
  lines?: { outer: string; inner: string };
}

/** True for a map or list that has something in it. */
export function isFilled(value: unknown): value is object {
  return typeof value === 'object' && value !== null && Object.keys(value).length > 0;
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Anything but a filled map or list. */
export function writePlain(value: unknown, wish: Quote, flow: boolean, json = false): string {
  if (typeof value === 'string') return json ? doubleQuoted(value) : writeScalar(value, wish, flow);
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? '[]' : '{}';
  return JSON.stringify(value);
}

export function writeBraces(value: unknown, braces: Braces, layout: Layout, wish: Quote = 'plain'): string {
  if (!isFilled(value)) return writePlain(value, wish, true, braces.json);
  const { lines, ...compact } = braces;
  const deeper = lines && braces.json ? { ...compact, lines: linesBelow(lines.inner, layout) } : compact;
  const parts = Array.isArray(value)
    ? value.map((item) => writeBraces(item, deeper, layout))
    : Object.entries(value).map(([key, each]) => writePlain(key, 'plain', true, braces.json) + braces.colon + writeBraces(each, deeper, layout));
  const { eol } = layout;
  const inside = lines ? `${eol}${parts.map((part) => lines.inner + part).join(`,${eol}`)}${eol}${lines.outer}` : parts.join(braces.comma);
  return Array.isArray(value) ? `[${inside}]` : `{${inside}}`;
}

/** For braces that open on a line with that margin. */
export function linesBelow(margin: string, { unit }: Layout): { outer: string; inner: string } {
  return { outer: margin, inner: margin + unit };
}

/** The lines of a filled map or list, the first without its margin of `column` blanks. No line end at the end. */
export function writeBlock(value: object, column: number, layout: Layout): string {
  const lines = Array.isArray(value)
    ? value.map((item) => writeItem(item, column, layout))
    : Object.entries(value).map(([key, each]) => writeEntry(key, each, column, layout));
  return lines.join(layout.eol + ' '.repeat(column));
}

/** `key: value`, with what follows it on more lines. */
export function writeEntry(key: string, value: unknown, column: number, layout: Layout): string {
  const name = writePlain(key, 'plain', false);
  if (!isFilled(value)) return `${name}: ${writePlain(value, 'plain', false)}`;
  const inner = column + (Array.isArray(value) ? layout.listStep : layout.step);
  return `${name}:${layout.eol}${' '.repeat(inner)}${writeBlock(value, inner, layout)}`;
}

/** `- value`; `gap`: how far the value is behind the dash. */
export function writeItem(value: unknown, column: number, layout: Layout, gap = 2): string {
  const dash = `-${' '.repeat(gap - 1)}`;
  return dash + (isFilled(value) ? writeBlock(value, column + gap, layout) : writePlain(value, 'plain', false));
}

/** The value as JSON has it; undefined where JSON has no such value. */
export function asJson(value: unknown): unknown {
  const loses = (each: unknown): boolean => {
    if (typeof each === 'number') return !Number.isFinite(each);
    if (typeof each === 'string') return /\p{Surrogate}/u.test(each);
    if (typeof each !== 'object' || each === null) return typeof each !== 'boolean' && each !== null;
    return Object.entries(each).some(([key, inner]) => loses(key) || loses(inner));
  };
  return loses(value) ? undefined : (JSON.parse(JSON.stringify(value)) as Json);
}
