/** How a map in braces, or a list in brackets, is spaced, so that what comes into it is spaced alike. */
import type { CST } from 'yaml';
import { type Layout, marginOf } from './layout.ts';
import { headOf, itemsOf } from './places.ts';
import { lineStart, type Source } from './source.ts';
import { type Braces, ROOMY } from './written.ts';

export function bracesOf(source: Source, token: CST.FlowCollection | undefined, layout: Layout): Braces {
  const json = layout.format === 'json';
  const first = itemsOf(token)[0];
  if (!token || !first) return { ...ROOMY, json };
  const colon = first.sep?.find(({ type }) => type === 'map-value-ind');
  const tight = json && colon !== undefined && !/\s/.test(source.text[colon.offset + 1] ?? '');
  const inner = marginOf(source, headOf(first));
  const outer = marginOf(source, token.end[0]?.offset) ?? /^[ \t]*/.exec(source.text.slice(lineStart(source.text, token.offset), token.offset))?.[0] ?? '';
  return { json, comma: tight ? ',' : ', ', colon: tight ? ':' : ': ', ...(inner !== undefined && { lines: { outer, inner } }) };
}
