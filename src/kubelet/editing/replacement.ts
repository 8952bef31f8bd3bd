/**
 * Another value in the place of one that is there: a scalar in its style, a map or list as a block or in braces as the
 * old one was. Comments on the line stay. Ways to write it, best first; the caller proves each by reading it back.
 */
import { isSeq } from 'yaml';
import type { CST } from 'yaml';
import type { Edit } from '../../plan/step.ts';
import { bracesOf } from './braces.ts';
import { removeLines } from '../entries.ts';
import { columnOf } from './insertion.ts';
import { type Layout, marginOf } from './layout.ts';
import { endOf, endOfToken, hasToken, headerOf, headOf, isFlowNode, isFlowToken, itemsOf, type Place, slotOf } from './places.ts';
import type { Quote } from '../scalar.ts';
import { editAt, lineEnd, lineStart, nextLine, type Source } from '../source.ts';
import { isFilled, writeBlock, writeBraces, writePlain } from './written.ts';
import type { Yaml } from '../yaml.ts';

export function replaceAt({ source }: Yaml, layout: Layout, place: Place, value: unknown): Edit[][] {
  const { token } = place;
  const old = hasToken(token.value) ? token.value : undefined;
  if (isFlowNode(place.within)) {
    const text = inBraces(source, layout, old, value);
    if (isSeq(place.within)) return [[editAt(source, headOf(token), endOf(token), text)]];
    if (old) return [[editAt(source, old.offset, endOfToken(old), text)]];
    const slot = slotOf(token);
    const end = endOf(token);
    return [[slot === undefined ? editAt(source, end, end, `: ${text}`) : editAt(source, slot, slot, ` ${text}`)]];
  }
  const slot = slotOf(token);
  if (slot === undefined) return [];
  const braces = [inline(source, slot, old, inBraces(source, layout, old, value))];
  if (!isFilled(value)) return [inline(source, slot, old, writePlain(value, quoteOf(old), false))];
  const lines = asBlock(source, layout, place, slot, old, value);
  return isFlowToken(old) && itemsOf(old).length > 0 ? [...braces, lines] : [lines, ...braces];
}

function inBraces(source: Source, layout: Layout, old: CST.Token | undefined, value: unknown): string {
  return writeBraces(value, bracesOf(source, old, layout), layout, quoteOf(old));
}

function quoteOf(old: CST.Token | undefined): Quote {
  return old?.type === 'double-quoted-scalar' ? 'double' : old?.type === 'single-quoted-scalar' ? 'single' : 'plain';
}

/** Text that fits on the line of the key or dash. */
function inline(source: Source, slot: number, old: CST.Token | undefined, text: string): Edit[] {
  const put = editAt(source, slot, slot, ` ${text}`);
  if (!old) return [put];
  if (old.type === 'block-scalar') {
    const [head, body] = blockScalar(source, old);
    return body ? [editAt(source, ...head, text), removeLines(source, ...body)] : [editAt(source, ...head, text)];
  }
  if (old.type !== 'block-map' && old.type !== 'block-seq') return [editAt(source, old.offset, endOfToken(old), text)];
  const range = linesOf(source, old);
  return range ? [put, removeLines(source, ...range)] : [editAt(source, slot, lineEnd(source.text, endOfToken(old)), ` ${text}`)];
}

/** The header of a block scalar, and its lines. Blank lines behind the text stay: they are no part of what it says. */
function blockScalar(source: Source, old: CST.BlockScalar): [head: [number, number], body?: [number, number]] {
  const header = headerOf(old);
  const start = header?.offset ?? old.offset;
  const end = endOfToken(old);
  const head: [number, number] = [start, start + (header?.source.length ?? 0)];
  return end > head[1] ? [head, [nextLine(source.text, start), nextLine(source.text, end)]] : [head];
}

/** A filled map or list below its key, or behind its dash. */
function asBlock(source: Source, layout: Layout, { token, within }: Place, slot: number, old: CST.Token | undefined, value: object): Edit[] {
  const item = within.srcToken?.type === 'block-seq';
  const kept = old?.type === (Array.isArray(value) ? 'block-seq' : 'block-map');
  const step = item ? 2 : Array.isArray(value) ? layout.listStep : layout.step;
  const first = old && (old.type === 'block-map' || old.type === 'block-seq') ? itemsOf(old)[0] : undefined;
  const column = kept && first ? columnOf(source, headOf(first)) : columnOf(source, headOf(token)) + step;
  const text = writeBlock(value, column, layout);
  const lines = layout.eol + ' '.repeat(column) + text;
  const after = (index: number): Edit => editAt(source, lineEnd(source.text, index), lineEnd(source.text, index), lines);
  if (old === undefined) return item && lineEnd(source.text, slot) === slot ? [editAt(source, slot, slot, ` ${text}`)] : [after(slot)];
  if (first) {
    const range = linesOf(source, old);
    const end = lineEnd(source.text, endOfToken(old));
    return range ? [editAt(source, range[0], end, ' '.repeat(column) + text)] : [editAt(source, headOf(first), end, text)];
  }
  if (old.type === 'block-scalar') {
    const [head, body] = blockScalar(source, old);
    const gone = editAt(source, head[0] - blanksBefore(source, head[0]), head[1], '');
    return body ? [gone, editAt(source, body[0], lineEnd(source.text, endOfToken(old)), ' '.repeat(column) + text)] : [gone, after(head[1])];
  }
  const end = endOfToken(old);
  if (marginOf(source, old.offset) !== undefined) return [editAt(source, lineStart(source.text, old.offset), lineEnd(source.text, end), ' '.repeat(column) + text)];
  if (item) return [editAt(source, old.offset, end, text.split(layout.eol)[0] ?? ''), ...restOf(source, end, text, layout)];
  return [editAt(source, old.offset - blanksBefore(source, old.offset), end, ''), after(end)];
}

/** The lines of an item but the first, behind the line on which the old one ended. */
function restOf(source: Source, end: number, text: string, { eol }: Layout): Edit[] {
  const at = text.indexOf(eol);
  return at < 0 ? [] : [editAt(source, lineEnd(source.text, end), lineEnd(source.text, end), text.slice(at))];
}

/** The whole lines of a block, where it begins on a line of its own. */
function linesOf(source: Source, block: CST.Token): [number, number] | undefined {
  const start = headOf(itemsOf(block)[0] ?? { start: [] });
  if (marginOf(source, start) === undefined) return undefined;
  return [lineStart(source.text, start), nextLine(source.text, endOfToken(block))];
}

function blanksBefore(source: Source, index: number): number {
  return /[ \t]*$/.exec(source.text.slice(lineStart(source.text, index), index))?.[0].length ?? 0;
}
