/**
 * The way from a value to its place in a file as it is written: past anchors and merge keys to the nearest key that
 * stands there, and past small letters and capitals, which the kubelet does not tell apart in a drop-in.
 */
import { isAlias, isMap, isSeq } from 'yaml';
import type { Node } from 'yaml';
import type { Where } from '../../errors.ts';
import type { FieldPath } from '../field-path.ts';
import { whereAt } from '../source.ts';
import { type Entry, entriesOf, keyOf, rangeOf, type Yaml } from '../yaml.ts';

export interface Found {
  key?: Node;
  value?: Node;
}

/** What stands at the path, or the nearest above it that stands in the file. */
export function nodesAt(yaml: Yaml, path: FieldPath): Found {
  let node: Node | null | undefined = yaml.first?.contents;
  let found: Found = node ? { value: node } : {};
  for (const part of path) {
    if (isAlias(node) && yaml.first) node = node.resolve(yaml.first);
    if (isMap(node)) {
      const entry: Entry | undefined = entryOf(node.items as Entry[], entriesOf(node, String(part)), String(part));
      if (!entry) return found;
      found = entry.value ? { key: entry.key, value: entry.value } : { key: entry.key };
      node = entry.value;
    } else if (isSeq(node) && typeof part === 'number') {
      const item = node.items[part] as Node | undefined;
      if (!item) return found;
      found = { value: item };
      node = item;
    } else return found;
  }
  return found;
}

/** Of a key that stands twice the last counts. */
function entryOf(all: readonly Entry[], exact: readonly Entry[], name: string): Entry | undefined {
  return exact.at(-1) ?? all.filter((entry) => keyOf(entry).toLowerCase() === name.toLowerCase()).at(-1);
}

/** The place of the value; of its key where the value is a block, or where `what` says so. */
export function placeOf(yaml: Yaml, path: FieldPath, label?: string, what: 'value' | 'key' = 'value'): Where {
  const { key, value } = nodesAt(yaml, path);
  const block = value && (isMap(value) || isSeq(value)) && value.flow !== true;
  const node = (what === 'key' || block || !value || isEmpty(value) ? key : undefined) ?? value;
  if (!node) return { file: yaml.source.file, ...(label && { label }) };
  return whereAt(yaml.source, ...rangeOf(node), label);
}

function isEmpty(node: Node): boolean {
  const [start, end] = rangeOf(node);
  return end <= start;
}

/** The text of a plain value, as it is written. */
export function textAt(yaml: Yaml, path: FieldPath): string | undefined {
  const { value } = nodesAt(yaml, path);
  return value && yaml.source.text.slice(...rangeOf(value));
}
