/**
 * How this file is laid out: by how much its maps and lists are indented, so that what is added looks like the rest.
 * What occurs most often counts; where nothing does, the layout of kubeadm: two blanks, lists not indented.
 */
import type { CST } from 'yaml';
import { isFlowToken, itemsOf } from './places.ts';
import { lineStart, type Source } from '../source.ts';
import type { Yaml } from '../yaml.ts';

export interface Layout {
  format: 'yaml' | 'json';
  eol: '\n' | '\r\n';
  /** Blanks by which a map is further right than its key. */
  step: number;
  /** Blanks by which a list is further right than its key. */
  listStep: number;
  /** What one more level of braces is indented by. */
  unit: string;
  /** JSON without blanks: `{"a":1,"b":2}`. */
  tight: boolean;
}

export function layoutOf({ source, format, root }: Yaml): Layout {
  const maps = new Map<number, number>();
  const lists = new Map<number, number>();
  const count = (seen: Map<number, number>, by: number): void => void seen.set(by, (seen.get(by) ?? 0) + 1);
  const walk = (token: CST.Token | undefined): void => {
    for (const { value } of itemsOf(token)) {
      if (token?.type === 'block-map' && value?.type === 'block-map') count(maps, value.indent - token.indent);
      if (token?.type === 'block-map' && value?.type === 'block-seq') count(lists, value.indent - token.indent);
      if (value?.type === 'block-map' || value?.type === 'block-seq') walk(value);
    }
  };
  const top = root?.srcToken;
  walk(top);
  const step = mostOf(maps) ?? 2;
  const unit = (isFlowToken(top) && marginOf(source, top.items[0]?.key?.offset)) || ' '.repeat(step);
  const colon = isFlowToken(top) ? itemsOf(top)[0]?.sep?.find(({ type }) => type === 'map-value-ind') : undefined;
  const tight = format === 'json' && colon !== undefined && !/\s/.test(source.text[colon.offset + 1] ?? '');
  return { format, eol: source.eol, step, listStep: mostOf(lists) ?? 0, unit, tight };
}

/** The blanks before it, where nothing else stands before it on its line. */
export function marginOf(source: Source, index: number | undefined): string | undefined {
  if (index === undefined) return undefined;
  const margin = source.text.slice(lineStart(source.text, index), index).replace('\uFEFF', '');
  return /^[ \t]*$/.test(margin) ? margin : undefined;
}

function mostOf(seen: Map<number, number>): number | undefined {
  return [...seen].sort((a, b) => b[1] - a[1])[0]?.[0];
}
