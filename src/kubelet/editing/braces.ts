/** How a map in braces, or a list in brackets, is spaced, so that what comes into it is spaced alike. */
import type { CST } from 'yaml';
import { type Layout, marginOf } from './layout.ts';
import { headOf, isFlowToken, itemsOf } from './places.ts';
import { lineStart, type Source } from '../source.ts';
import type { Braces } from './written.ts';

/** Of braces that are there; without any, as others in this file. */
export function bracesOf(source: Source, token: CST.Token | undefined, layout: Layout): Braces {
  const { tight } = layout;
  const braces = { json: layout.format === 'json', comma: tight ? ',' : ', ', colon: tight ? ':' : ': ' };
  const inner = isFlowToken(token) ? marginOf(source, headOfFirst(token)) : undefined;
  if (!isFlowToken(token) || inner === undefined) return braces;
  const outer = marginOf(source, token.end[0]?.offset) ?? /^[ \t]*/.exec(source.text.slice(lineStart(source.text, token.offset), token.offset))?.[0] ?? '';
  return { ...braces, lines: { outer, inner } };
}

function headOfFirst(token: CST.FlowCollection): number | undefined {
  const first = itemsOf(token)[0];
  return first && headOf(first);
}
