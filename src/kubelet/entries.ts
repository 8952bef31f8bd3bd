/**
 * Surgery on one map of a YAML text: where an entry's value ends, how an entry goes and how one comes first.
 * Lines of a block map go whole; in `{}` the entry goes with its comma. All places are character indices.
 */
import { isCollection, isScalar } from 'yaml';
import type { CST, Node, YAMLMap } from 'yaml';
import type { Edit } from '../plan/step.ts';
import { editAt, lineStart, nextLine, type Source } from './source.ts';
import { type Entry, rangeOf } from './yaml.ts';

export function isFlow(source: Source, map: YAMLMap): boolean {
  return source.text[rangeOf(map)[0]] === '{';
}

/** Behind the colon of an entry, and behind the anchor and tag of its value: where an absent value would stand. */
export function valueSlot(entry: Entry): number | undefined {
  const tokens = (entry.srcToken as CST.CollectionItem | undefined)?.sep ?? [];
  const colon = tokens.findIndex((token) => token.type === 'map-value-ind');
  if (colon < 0) return undefined;
  const last = tokens.slice(colon).findLast((t) => ['map-value-ind', 'anchor', 'tag'].includes(t.type));
  return last && last.offset + last.source.length;
}

/** Behind the last character of the entry that is not blank, a comment on its line not counted. */
export function entryEnd(source: Source, entry: Entry): number {
  if (hasText(entry.value)) return nodeEnd(source, entry.value);
  return valueSlot(entry) ?? rangeOf(entry.key)[1];
}

function nodeEnd(source: Source, node: Node): number {
  const [start, end] = rangeOf(node);
  if (isCollection(node) && source.text[start] !== '{' && source.text[start] !== '[') {
    const last = node.items.at(-1) as Entry | Node | undefined;
    if (last && 'key' in last) return entryEnd(source, last);
    if (last && hasText(last)) return nodeEnd(source, last);
  }
  return start + source.text.slice(start, end).trimEnd().length;
}

/** False for a value that is not there: `key:`. */
export function hasText(node: Node | null | undefined): node is Node {
  return !!node && !(isScalar(node) && node.value === null && !node.source);
}

/**
 * Takes an entry out. Undefined where it does not stand by itself on its lines.
 * The comments above stay, the one on its line goes.
 */
export function removeEntry(source: Source, map: YAMLMap, entry: Entry): Edit | undefined {
  const { text } = source;
  const [key] = rangeOf(entry.key);
  const end = entryEnd(source, entry);
  if (isFlow(source, map)) {
    const before = text.slice(0, key).trimEnd().length;
    const behind = /^\s*,/.exec(text.slice(end))?.[0].length;
    const first = text[before - 1] === '{' || text[before - 1] === ',';
    if (behind !== undefined) return editAt(source, first ? before : key, end + behind, '');
    if (text[before - 1] === ',') return editAt(source, before - 1, end, '');
    return editAt(source, key, end, '');
  }
  const start = lineStart(text, key);
  if (!/^(\? *)?$/.test(text.slice(start, key).trimStart())) return undefined;
  return removeLines(source, start, nextLine(text, end));
}

/** Takes whole lines out; with the last line of a file that has no line end, the line end before it goes. */
export function removeLines(source: Source, start: number, end: number): Edit {
  const unended = end === source.text.length && !source.text.endsWith('\n');
  const before = unended ? (/\r?\n$/.exec(source.text.slice(0, start))?.[0].length ?? 0) : 0;
  return editAt(source, start - before, end, '');
}

/** Puts an entry, written `key: value`, first into a map in braces, spaced as what follows; removeEntry takes it out again. */
export function insertFirst(source: Source, map: YAMLMap, entry: string): Edit {
  const at = rangeOf(map)[0] + 1;
  if (map.items.length === 0) return editAt(source, at, at, entry);
  const blank = /^\s*/.exec(source.text.slice(at))?.[0] ?? '';
  return editAt(source, at, at, `${blank}${entry},`);
}
