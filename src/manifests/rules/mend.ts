/**
 * Edits that mend one finding: a part of a value, a key, or the whole line of an item. Undefined where the text is not
 * written plainly enough for that (a block scalar, an escape, an anchor): a mend is one clear change, or none.
 */
import { isAlias, isMap, isScalar, isSeq } from 'yaml';
import type { FieldPath } from '../../kubelet/field-path.ts';
import { nodesAt } from '../../kubelet/rules/place.ts';
import { editAt, lineStart, nextLine } from '../../kubelet/source.ts';
import { rangeOf, type Yaml } from '../../kubelet/yaml.ts';
import type { Edit } from '../../plan/step.ts';

/** `from`, which stands in the value at the path, becomes `to`. `after`: only behind the first of that text. */
export function replaceIn(yaml: Yaml, path: FieldPath, from: string, to: string, after = ''): Edit[] | undefined {
  const { value } = nodesAt(yaml, path);
  if (!isScalar(value) || yaml.source.encoding !== 'utf-8') return undefined;
  const [start, end] = rangeOf(value);
  const raw = yaml.source.text.slice(start, end);
  const behind = after === '' ? 0 : raw.indexOf(after) + after.length;
  const at = after !== '' && behind < after.length ? -1 : raw.indexOf(from, behind);
  if (at < 0 || raw.includes('\n') || (value.type === 'PLAIN' && !isPlain(raw.slice(0, at) + to + raw.slice(at + from.length)))) return undefined;
  return [editAt(yaml.source, start + at, start + at + from.length, to)];
}

/** The whole value. */
export function replaceValue(yaml: Yaml, path: FieldPath, to: string): Edit[] | undefined {
  const { value } = nodesAt(yaml, path);
  if (!isScalar(value) || yaml.source.encoding !== 'utf-8') return undefined;
  const [start, end] = rangeOf(value);
  return yaml.source.text.slice(start, end).includes('\n') ? undefined : [editAt(yaml.source, start, end, to)];
}

export function replaceKey(yaml: Yaml, path: FieldPath, to: string): Edit[] | undefined {
  const { key } = nodesAt(yaml, path);
  if (!isScalar(key) || yaml.source.encoding !== 'utf-8') return undefined;
  return [editAt(yaml.source, ...rangeOf(key), to)];
}

/** A key with its plain value, line and all, where another key is left beside it. */
export function removeField(yaml: Yaml, path: FieldPath): Edit[] | undefined {
  const { source } = yaml;
  const { key, value } = nodesAt(yaml, path);
  const map = nodesAt(yaml, path.slice(0, -1)).value;
  if (!isScalar(key) || !isScalar(value) || !isMap(map) || map.flow === true || map.items.length < 2 || source.encoding !== 'utf-8') return undefined;
  const [start, end] = [rangeOf(key)[0], rangeOf(value)[1]];
  const from = lineStart(source.text, start);
  if (source.text.slice(start, end).includes('\n') || source.text.slice(from, start).trim() !== '') return undefined;
  return [editAt(source, from, nextLine(source.text, Math.max(start, end - 1)), '')];
}

/** The item of a list, line and all. */
export function removeItem(yaml: Yaml, path: FieldPath): Edit[] | undefined {
  const lines = linesOf(yaml, path);
  return lines && [editAt(yaml.source, ...lines, '')];
}

/** One item becomes several. */
export function splitItem(yaml: Yaml, path: FieldPath, into: readonly string[]): Edit[] | undefined {
  const lines = linesOf(yaml, path);
  if (lines === undefined || !into.every(isPlain)) return undefined;
  const text = yaml.source.text.slice(...lines);
  const indent = /^ */.exec(text)?.[0] ?? '';
  const end = text.endsWith('\n') ? yaml.source.eol : '';
  return [editAt(yaml.source, ...lines, into.map((item) => `${indent}- ${item}`).join(yaml.source.eol) + end)];
}

/** One more volumeMount, before the first, read only. */
export function addMount(yaml: Yaml, container: FieldPath, mountPath: string, volume: string): Edit[] | undefined {
  const { source } = yaml;
  const lines = linesOf(yaml, [...container, 'volumeMounts', 0]);
  if (lines === undefined || !isPlain(mountPath) || !isPlain(volume)) return undefined;
  const indent = /^ */.exec(source.text.slice(...lines))?.[0] ?? '';
  return [editAt(source, lines[0], lines[0], [`- mountPath: ${mountPath}`, `  name: ${volume}`, '  readOnly: true'].map((line) => `${indent}${line}${source.eol}`).join(''))];
}

/** Where one more item of that list may stand, behind the one at the path. */
export function behindItem(yaml: Yaml, path: FieldPath): { offset: number; indent: string; eol: string } | undefined {
  const { source } = yaml;
  const lines = linesOf(yaml, path);
  if (lines === undefined || !source.text.slice(...lines).endsWith('\n')) return undefined;
  return { offset: editAt(source, lines[1], lines[1], '').offset, indent: /^ */.exec(source.text.slice(...lines))?.[0] ?? '', eol: source.eol };
}

/** Start and end of the lines of a block list's item, where nothing else stands in them. */
function linesOf({ source, first }: Yaml, path: FieldPath): [number, number] | undefined {
  const { value } = nodesAt({ source, first } as Yaml, path);
  const list = nodesAt({ source, first } as Yaml, path.slice(0, -1)).value;
  if (value === undefined || value === null || isAlias(value) || !isSeq(list) || list.flow === true || source.encoding !== 'utf-8') return undefined;
  const [start, end] = rangeOf(value);
  const from = lineStart(source.text, start);
  if (!/^ *- *$/.test(source.text.slice(from, start))) return undefined;
  return [from, nextLine(source.text, Math.max(start, end - 1))];
}

/** It reads as itself without quotes. */
function isPlain(text: string): boolean {
  return text !== '' && !/^(-(?!-?\w)|[\s?:,[\]{}#&*!|>'"%@`])|: |\s#|:$|\n|\s$/.test(text);
}
