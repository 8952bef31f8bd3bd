/**
 * A kubelet configuration as a lossless document: what it says and where, and edits that change one value, or several,
 * and no other byte. Read as the kubelet reads it: the first document, YAML 1.1, JSON when it begins with `{`.
 *
 * Every edit is read back before it is handed out: the result must say the same but for what was to change.
 */
import { isMap, isSeq } from 'yaml';
import type { Node } from 'yaml';
import { KcfgError, type Where } from '../errors.ts';
import type { Edit } from '../plan/step.ts';
import type { Change } from './editing/changed-data.ts';
import { editsFor } from './editing/changes.ts';
import type { EditOptions } from './editing/draft.ts';
import { type FieldPath, valueAt } from './field-path.ts';
import { oddLineEnd, positionOf, readSource, whereAt } from './source.ts';
import { duplicateKeys, type Entry, entriesOf, keyOf, parseYaml, rangeOf, type Yaml } from './yaml.ts';

export interface Field {
  value: unknown;
  /** As it is written, without anchor, tag and comment. */
  text: string;
  line: number;
  column: number;
  /** The whole line, with the value marked. */
  where: Where;
}
export interface ConfigDocument {
  file: string;
  format: 'yaml' | 'json';
  /** The names at the top level, in the order of the file. */
  keys: string[];
  /**
   * A field by its dotted path, e.g. `authentication.anonymous.enabled`, or part by part, where a part may hold dots and
   * a number is an item of a list. Undefined when it is absent; null counts.
   */
  get(field: string | FieldPath): Field | undefined;
  /** Other bytes, read as this file. */
  reread(bytes: Uint8Array): ConfigDocument;
  /** The whole document as plain data. */
  value: Record<string, unknown>;
  yaml: Yaml;
}

/** Throws `invalid-yaml`, `empty-config`, `duplicate-key`, or `unusable-value` for what cannot be read for certain. */
export function readConfig(file: string, bytes: Uint8Array): ConfigDocument {
  const source = readSource(file, bytes);
  if (!source) throw new KcfgError('invalid-yaml', `${file} is not UTF-8 text`, { where: [{ file }] });
  if (source.encoding !== 'utf-8') {
    throw new KcfgError('unusable-value', `${file} is in UTF-16, and kcfg edits UTF-8 only`, {
      where: [{ file }],
      help: ['convert it to UTF-8'],
    });
  }
  const odd = oddLineEnd(source.text);
  if (odd >= 0) {
    throw new KcfgError('unusable-value', `a character that the kubelet takes for a line end stands inside a line`, {
      where: [whereAt(source, odd, odd + 1, `U+${source.text.charCodeAt(odd).toString(16).padStart(4, '0').toUpperCase()}`)],
      help: ['take it out'],
    });
  }
  const yaml = parseYaml(source);
  const { problem } = yaml;
  if (problem) {
    const where = problem.start === undefined ? { file } : whereAt(source, problem.start, problem.end ?? problem.start);
    throw new KcfgError('invalid-yaml', `${file} is not ${yaml.format === 'json' ? 'JSON' : 'YAML'}`, {
      where: [where],
      notes: [problem.message],
    });
  }
  if (yaml.value === null) {
    throw new KcfgError('empty-config', `${file} has no configuration in it`, {
      where: [{ file }],
      notes: ['the kubelet reads only the first document of the file, and does not start when that is empty'],
    });
  }
  if (!yaml.root) throw new KcfgError('invalid-yaml', `${file} is not a list of fields and values`, { where: [{ file }] });
  const twice = duplicateKeys(yaml)[0];
  if (twice) {
    const [first, second] = [rangeOf(twice.first), rangeOf(twice.second)];
    throw new KcfgError('duplicate-key', `${twice.key} stands twice`, {
      where: [whereAt(source, ...first, 'first'), whereAt(source, ...second, 'again')],
      notes: ['of a key that stands twice the kubelet takes the last, with a warning; in a drop-in it does not start'],
      help: ['take one of the two lines out'],
    });
  }
  const keys = (yaml.root.items as Entry[]).map(keyOf);
  const value = yaml.value as Record<string, unknown>;
  const get = (field: string | FieldPath): Field | undefined => find(yaml, value, typeof field === 'string' ? field.split('.') : field);
  return { file, format: yaml.format, keys, value, yaml, get, reread: (other) => readConfig(file, other) };
}

function find(yaml: Yaml, value: unknown, path: FieldPath): Field | undefined {
  const data = valueAt(value, path);
  if (data === undefined) return undefined;
  let node: Node | null | undefined = yaml.root;
  let nearest: Node | undefined;
  for (const part of path) {
    // what comes by an alias or a merge has no line of its own: its place is that of the nearest key
    const entry: Entry | undefined = isMap(node) ? entriesOf(node, String(part))[0] : undefined;
    const item: Node | undefined = isSeq(node) ? (node.items[Number(part)] as Node | undefined) : undefined;
    nearest = entry?.key ?? item ?? nearest;
    node = entry ? entry.value : item;
  }
  if (!nearest) return undefined;
  const { source } = yaml;
  const [start, end] = rangeOf(node && rangeOf(node)[1] > rangeOf(node)[0] ? node : nearest);
  const text = node ? source.text.slice(...rangeOf(node)) : '';
  return { value: data, text, ...positionOf(source, start), where: whereAt(source, start, end) };
}

/** Edits that put the value there, with what is missing on the way. None when it is there already. Throws `unusable-value`. */
export function setValue(doc: ConfigDocument, path: FieldPath, value: unknown): Edit[] {
  return editDocument(doc, [{ path, value: value ?? null }]);
}

/** Edits that take an entry or item out, with its lines. None when it is absent. Throws `unusable-value`. */
export function removeValue(doc: ConfigDocument, path: FieldPath, options: EditOptions = {}): Edit[] {
  return editDocument(doc, [{ path }], options);
}

/** The edits of several changes, each made in what the ones before it left. Throws `unusable-value`. */
export function editDocument(doc: ConfigDocument, changes: readonly Change[], options: EditOptions = {}): Edit[] {
  return editsFor(doc, changes, options);
}

/** Edits that give a top-level field this string. None when it has it already. Throws `unusable-value`. */
export function setScalar(doc: ConfigDocument, field: string, value: string): Edit[] {
  const old = doc.get([field]);
  if (old && typeof old.value === 'object' && old.value !== null) {
    throw new KcfgError('unusable-value', `${field} holds more than one value`, { where: [old.where] });
  }
  return setValue(doc, [field], value);
}

/** Edits that take a top-level field out, with its line. None when it is absent. Throws `unusable-value`. */
export function removeField(doc: ConfigDocument, field: string): Edit[] {
  return removeValue(doc, [field]);
}
