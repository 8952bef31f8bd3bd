/**
 * An entry or item taken out with its lines: comments above stay, those on its line and inside it go.
 * Ways to do it, best first; the caller proves each by reading the result back.
 */
import type { CST } from 'yaml';
import type { Edit } from '../../plan/step.ts';
import { removeLines } from '../entries.ts';
import { behindComments, columnOf, commaBehind } from './insertion.ts';
import { endOf, headOf, isFlowToken, itemsOf, type Place } from './places.ts';
import { editAt, lineEnd, lineStart, nextLine, type Source } from '../source.ts';
import type { Yaml } from '../yaml.ts';

/**
 * Comments that end a map go with it. Elsewhere they go only where they would become part of a text above (`|`).
 * None of the ways leaves an empty block behind: the last entry of one is not taken out, its map is replaced.
 */
export function removeAt({ source, format }: Yaml, place: Place): Edit[][] {
  const { token, within, index } = place;
  const around = within.srcToken;
  if (isFlowToken(around)) return fromBraces(source, around, index, format === 'yaml');
  const [head, end] = [headOf(token), endOf(token)];
  const start = lineStart(source.text, head);
  const mark = start === 0 && source.text.startsWith('\uFEFF') ? 1 : 0;
  if (/^ *$/.test(source.text.slice(start + mark, head))) {
    const next = nextLine(source.text, end);
    const column = columnOf(source, head);
    const ends = [token.value?.type === 'block-map' ? behindComments(source, next, column + 1) : next, behindComments(source, next, column + 1, true)];
    return ends.map((last) => [removeLines(source, start + mark, last)]);
  }
  // the first of an item, behind the dash: the dash stays, and the lines of the others stay as they are
  const dash = source.text.slice(0, head).trimEnd().length;
  return [[editAt(source, dash, lineEnd(source.text, end), '')]];
}

function fromBraces(source: Source, around: CST.FlowCollection, index: number, trailing: boolean): Edit[][] {
  const items = itemsOf(around);
  const item = items[index];
  if (!item) return [];
  const [head, end] = [headOf(item), endOf(item)];
  const comma = commaBehind(around, index);
  const before = index > 0 ? commaBehind(around, index - 1) : undefined;
  const ways: Edit[][] = [];
  const last = comma === undefined ? end : comma + 1;
  const alone = /^[ \t]*$/.test(source.text.slice(lineStart(source.text, head), head)) && /^[ \t]*(#.*)?$/.test(source.text.slice(last, lineEnd(source.text, last)));
  if (alone) {
    const lines = editAt(source, lineStart(source.text, head), nextLine(source.text, last), '');
    if (comma !== undefined || before === undefined || trailing) ways.push([lines]);
    else ways.push([editAt(source, before, before + 1, ''), lines]);
  }
  const next = items[index + 1];
  if (comma !== undefined && next && lineEnd(source.text, comma) > headOf(next)) ways.push([editAt(source, head, headOf(next), '')]);
  else if (comma !== undefined) ways.push([editAt(source, head, comma + 1, '')]);
  if (comma === undefined && before !== undefined) ways.push([editAt(source, before, end, '')]);
  ways.push([editAt(source, head, end, '')]);
  return ways;
}
