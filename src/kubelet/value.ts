/**
 * The bytes of one value: replacing it where it stands, in the style it is written in, or adding it at the end of
 * the document. Undefined where the text has no place for it. The caller proves the result by reading it back.
 */
import { isAlias, isScalar } from 'yaml';
import type { CST } from 'yaml';
import type { Edit } from '../plan/step.ts';
import { hasText, insertFirst, isFlow, valueSlot } from './entries.ts';
import { doubleQuoted, type Quote, writeScalar } from './scalar.ts';
import { editAt, lineStart, nextLine } from './source.ts';
import { type Entry, rangeOf, type Yaml } from './yaml.ts';

export function replaceValue(yaml: Yaml, entry: Entry, value: string): Edit[] | undefined {
  const { source, root } = yaml;
  const node = entry.value;
  const flow = !!root && isFlow(source, root);
  const write = (wish: Quote) => (yaml.format === 'json' ? doubleQuoted(value) : writeScalar(value, wish, flow));
  if (!hasText(node)) {
    const slot = valueSlot(entry);
    return slot === undefined ? undefined : [editAt(source, slot, slot, ` ${write('plain')}`)];
  }
  const [start, end] = rangeOf(node);
  if (isAlias(node)) return [editAt(source, start, end, write('plain'))];
  if (!isScalar(node)) return undefined;
  if (node.type === 'BLOCK_LITERAL' || node.type === 'BLOCK_FOLDED') {
    const header = (node.srcToken as CST.BlockScalar | undefined)?.props.find((t) => t.type === 'block-scalar-header');
    if (header?.type !== 'block-scalar-header') return undefined;
    // blank lines behind the text stay: they are no part of what the value says
    const body = nextLine(source.text, start);
    const last = body + source.text.slice(body, end).trimEnd().length;
    const replaced = editAt(source, start, start + header.source.length, write('plain'));
    return last === body ? [replaced] : [replaced, editAt(source, body, nextLine(source.text, last), '')];
  }
  const quote = node.type === 'QUOTE_DOUBLE' ? 'double' : node.type === 'QUOTE_SINGLE' ? 'single' : 'plain';
  return [editAt(source, start, end, write(quote))];
}

/** First inside braces; else as the last line of the first document, before `...` or the next `---`. */
export function addEntry(yaml: Yaml, field: string, value: string): Edit[] | undefined {
  const { source, root, first } = yaml;
  if (!root || !first) return undefined;
  if (yaml.format === 'json') {
    return [insertFirst(source, root, `${doubleQuoted(field)}: ${doubleQuoted(value)}`)];
  }
  if (isFlow(source, root)) return [insertFirst(source, root, `${field}: ${writeScalar(value, 'plain', true)}`)];
  const key = root.items[0]?.key;
  if (!key) return undefined;
  const [start] = rangeOf(key);
  const indent = source.text.slice(lineStart(source.text, start), start).replace('\uFEFF', '');
  if (!/^ *$/.test(indent)) return undefined;
  const line = `${indent}${field}: ${writeScalar(value, 'plain', false)}`;
  const at = first.range[1];
  const fresh = at === 0 || source.text[at - 1] === '\n';
  return [editAt(source, at, at, fresh ? line + source.eol : source.eol + line)];
}
