/**
 * Where the entries of maps and the items of lists stand in the text, by the tokens of the parser: from where to where
 * an entry reaches, and where its value would go. All places are character indices.
 */
import { isMap, isSeq } from 'yaml';
import type { CST, Node, YAMLMap, YAMLSeq } from 'yaml';
import { type Entry, keyOf } from '../yaml.ts';

export type Collection = YAMLMap | YAMLSeq;

/** One entry of a map, or one item of a list. */
export interface Place {
  within: Collection;
  index: number;
  token: CST.CollectionItem;
  /** Null where nothing is written. */
  value: Node | null;
}

export function isCollection(node: unknown): node is Collection {
  return isMap(node) || isSeq(node);
}

/** In braces or brackets. */
export function isFlowToken(token: CST.Token | undefined | null): token is CST.FlowCollection {
  return token?.type === 'flow-collection';
}

export function isFlowNode(node: Collection): boolean {
  return isFlowToken(node.srcToken);
}

/** The tokens of the items, without the comments and commas behind the last one. */
export function itemsOf(token: CST.Token | undefined): CST.CollectionItem[] {
  if (token?.type === 'block-map' || token?.type === 'flow-collection') {
    return (token.items as CST.CollectionItem[]).filter((item) => item.key || item.value || item.sep);
  }
  if (token?.type === 'block-seq') return token.items.filter((item) => item.start.some(({ type }) => type === 'seq-item-ind'));
  return [];
}

/** Undefined where there is no such entry. */
export function placeOf(within: Collection, part: string | number): Place | undefined {
  const index = typeof part === 'number' ? part : (within.items as Entry[]).findIndex((entry) => keyOf(entry) === part);
  return placeAt(within, index);
}

export function placeAt(within: Collection, index: number): Place | undefined {
  const item = within.items[index] as Entry | Node | undefined;
  const token = itemsOf(within.srcToken)[index];
  if (item === undefined || token === undefined) return undefined;
  return { within, index, token, value: isMap(within) ? (item as Entry).value : (item as Node) };
}

/** The key, its `?`, the dash of an item, or the item in brackets. */
export function headOf(token: CST.CollectionItem): number {
  const mark = token.start.find(({ type }) => type === 'explicit-key-ind' || type === 'seq-item-ind');
  const property = token.start.find(({ type }) => type === 'anchor' || type === 'tag');
  return (mark ?? property ?? token.key ?? token.sep?.[0] ?? token.value)?.offset ?? 0;
}

/** Behind the colon or the dash, and behind anchor and tag of the value: where an absent value would stand. */
export function slotOf(token: CST.CollectionItem): number | undefined {
  const tokens = token.sep ?? token.start;
  const from = tokens.findIndex(({ type }) => type === 'map-value-ind' || type === 'seq-item-ind');
  if (from < 0) return undefined;
  const last = tokens.slice(from).findLast(({ type }) => ['map-value-ind', 'seq-item-ind', 'anchor', 'tag'].includes(type));
  return last && last.offset + last.source.length;
}

/** Behind the last character that is not blank, a comment on its line not counted. */
export function endOf(token: CST.CollectionItem): number {
  if (hasToken(token.value)) return endOfToken(token.value);
  const slot = slotOf(token);
  if (slot !== undefined) return slot;
  return token.key ? endOfToken(token.key) : headOf(token) + 1;
}

export function hasToken(token: CST.Token | undefined): token is CST.Token {
  return token !== undefined && !(token.type === 'scalar' && token.source === '');
}

export function endOfToken(token: CST.Token): number {
  switch (token.type) {
    case 'block-map':
    case 'block-seq': {
      const last = itemsOf(token).at(-1);
      return last ? endOf(last) : token.offset;
    }
    case 'flow-collection': {
      const close = token.end[0];
      return close ? close.offset + close.source.length : token.offset + 1;
    }
    case 'block-scalar': {
      const body = token.source.trimEnd().length;
      const head = headerOf(token);
      return body > 0 ? bodyOf(token) + body : (head?.offset ?? token.offset) + (head?.source.length ?? 0);
    }
    default:
      return 'source' in token ? token.offset + token.source.length : token.offset;
  }
}

/** `|` or `>` with what belongs to it. */
export function headerOf(token: CST.BlockScalar): CST.SourceToken | undefined {
  return token.props.find((t): t is CST.SourceToken => t.type === 'block-scalar-header');
}

/** Where the lines of a block scalar begin. */
function bodyOf(token: CST.BlockScalar): number {
  const last = token.props.at(-1);
  return last && 'source' in last ? last.offset + last.source.length : token.offset;
}
