/**
 * The bytes of one value: replacing it where it stands, in the style it is written in, or adding it to the document.
 * Nothing is returned where the text has no place for it. The caller proves each result by reading it back.
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

/**
 * Ways to add a field, best first. Inside braces it comes first; else it is the last line of the first document,
 * before `...` or the next `---`. Where that line would become part of the last value, it is the first.
 */
export function addEntry(yaml: Yaml, field: string, value: string): Edit[][] {
  const { source, root, first } = yaml;
  if (!root || !first) return [];
  if (yaml.format === 'json') return [[insertFirst(source, root, `${doubleQuoted(field)}: ${doubleQuoted(value)}`)]];
  if (isFlow(source, root)) return [[insertFirst(source, root, `${field}: ${writeScalar(value, 'plain', true)}`)]];
  const [start] = rangeOf(root);
  const indent = source.text.slice(lineStart(source.text, start), start).replace('\uFEFF', '');
  if (!/^ *$/.test(indent)) return [];
  const line = `${indent}${field}: ${writeScalar(value, 'plain', false)}`;
  const end = first.range[1];
  const fresh = source.text[end - 1] === '\n';
  const top = start - indent.length;
  return [
    [editAt(source, end, end, fresh ? line + source.eol : source.eol + line)],
    [editAt(source, top, top, line + source.eol)],
  ];
}
