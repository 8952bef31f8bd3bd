/**
 * A new entry of a map, or a new last item of a list: the ways to write it into the text, best first. It goes last, and
 * where that can be had no line that is there changes. The caller proves each way by reading the result back.
 */
import { isMap } from 'yaml';
import type { CST } from 'yaml';
import type { Edit } from '../../plan/step.ts';
import { bracesOf } from './braces.ts';
import { type Layout, marginOf } from './layout.ts';
import { type Collection, endOf, headOf, isFlowToken, itemsOf } from './places.ts';
import { editAt, lineEnd, lineStart, nextLine, type Source } from '../source.ts';
import { linesBelow, writeBraces, writeEntry, writeItem, writePlain } from './written.ts';
import type { Yaml } from '../yaml.ts';

export function insertInto(yaml: Yaml, layout: Layout, into: Collection, part: string | number, value: unknown): Edit[][] {
  const token = into.srcToken;
  return isFlowToken(token) ? intoBraces(yaml, layout, token, part, value) : intoBlock(yaml, layout, into, part, value);
}

function intoBlock({ source, root, tokens }: Yaml, layout: Layout, into: Collection, part: string | number, value: unknown): Edit[][] {
  const items = itemsOf(into.srcToken);
  const [first, last] = [items[0], items.at(-1)];
  if (!first || !last) return [];
  const start = headOf(first);
  const column = columnOf(source, start);
  const entry = typeof part === 'number' ? writeItem(value, column, layout, gapOf(last)) : writeEntry(part, value, column, layout);
  const margin = ' '.repeat(column);
  const end = nextLine(source.text, endOf(last));
  // comments as far right as the block belong to it; of a list that can be as far left as its key
  const behind = column > 0 && isMap(into) ? behindComments(source, end, column) : end;
  const ends = into === root ? [documentEnd(source, tokens), end] : [behind, end];
  const ways = [...ends, into.range?.[1] ?? end].map((at) => [insertLine(source, at, margin + entry)]);
  // where a last line would become part of the last value
  if (isMap(into) && marginOf(source, start) !== undefined) ways.push([editAt(source, start, start, entry + layout.eol + margin)]);
  return ways;
}

/** A line of its own before that place, which is behind a line end or at the end of the text. */
export function insertLine(source: Source, at: number, line: string): Edit {
  const fresh = at === 0 || source.text[at - 1] === '\n';
  return editAt(source, at, at, fresh ? line + source.eol : source.eol + line);
}

export function columnOf(source: Source, index: number): number {
  return source.text.slice(lineStart(source.text, index), index).replace('\uFEFF', '').length;
}

/** Behind the comments from there on that are indented by `column` blanks or more; `blank`: and behind empty lines. */
export function behindComments(source: Source, start: number, column: number, blank = false): number {
  let at = start;
  while (at < source.text.length) {
    const line = source.text.slice(at, nextLine(source.text, at));
    const margin = /^ */.exec(line)?.[0].length ?? 0;
    if (line.trim() === '' ? !blank : margin < column || line[margin] !== '#') break;
    at += line.length;
  }
  return at;
}

/** Behind the last line of the first document that is not blank. */
function documentEnd(source: Source, tokens: readonly CST.Token[]): number {
  const next = tokens[tokens.findIndex(({ type }) => type === 'document') + 1];
  const end = source.text.slice(0, next?.offset ?? source.text.length).trimEnd().length;
  return nextLine(source.text, end);
}

/** How far an item is behind its dash. */
function gapOf({ start, value }: CST.CollectionItem): number {
  const dash = start.find(({ type }) => type === 'seq-item-ind');
  const between = start.slice(dash ? start.indexOf(dash) + 1 : 0);
  if (!dash || !value || between.some(({ type }) => type !== 'space')) return 2;
  return value.offset - dash.offset;
}

function intoBraces({ source }: Yaml, layout: Layout, token: CST.FlowCollection, part: string | number, value: unknown): Edit[][] {
  const items = itemsOf(token);
  const last = items.at(-1);
  const braces = bracesOf(source, token, layout);
  const { lines: _, ...compact } = braces;
  const write = (spread?: string): string => {
    const name = typeof part === 'number' ? '' : writePlain(part, 'plain', true, braces.json) + braces.colon;
    return name + writeBraces(value, spread !== undefined && braces.json ? { ...compact, lines: linesBelow(spread, layout) } : compact, layout);
  };
  const open = token.offset + 1;
  if (!last) return [[editAt(source, open, open, write())]];
  const margin = marginOf(source, headOf(last));
  const end = endOf(last);
  const trailing = commaBehind(token, items.length - 1);
  if (margin === undefined) return [[editAt(source, end, end, braces.comma + write())]];
  const line = layout.eol + margin + write(margin);
  if (trailing !== undefined) return [[atLineEnd(source, trailing + 1, `${line},`)], [editAt(source, trailing, trailing, `,${line}`)]];
  const withComma = at(source, end, line);
  if (typeof part === 'number') return withComma;
  // before the last entry, so that its line needs no comma
  const before = items.length > 1 ? commaBehind(token, items.length - 2) : token.offset;
  const alone = before !== undefined && /^[ \t]*(#.*)?$/.test(lineFrom(source, before + 1));
  return alone ? [[atLineEnd(source, before + 1, `${line},`)], ...withComma] : withComma;
}

/** A comma behind the last entry, and a line behind its line. */
function at(source: Source, end: number, line: string): Edit[][] {
  if (/^\s*$/.test(lineFrom(source, end))) return [[editAt(source, end, end, `,${line}`)]];
  return [[editAt(source, end, end, ','), atLineEnd(source, end, line)], [editAt(source, end, end, `,${line}`)]];
}

/** Place of the comma behind that item. */
export function commaBehind(token: CST.FlowCollection, index: number): number | undefined {
  const items = token.items as CST.CollectionItem[];
  const real = itemsOf(token);
  const item = real[index];
  const next = item && items[items.indexOf(item) + 1];
  return next?.start.find(({ type }) => type === 'comma')?.offset;
}

function lineFrom(source: Source, index: number): string {
  return source.text.slice(index, lineEnd(source.text, index));
}

function atLineEnd(source: Source, index: number, insert: string): Edit {
  const end = lineEnd(source.text, index);
  return editAt(source, end, end, insert);
}
