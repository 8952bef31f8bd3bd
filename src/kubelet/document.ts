/**
 * A kubelet configuration as a lossless document: what it says and where, and edits that change one top-level
 * value and no other byte. Read as the kubelet reads it: the first document, YAML 1.1, JSON when it begins with `{`.
 *
 * Every edit is read back before it is handed out: the result must say the same but for that one field.
 */
import { isDeepStrictEqual } from 'node:util';
import { isMap, isScalar, isSeq } from 'yaml';
import type { Node } from 'yaml';
import { KcfgError, type Where } from '../errors.ts';
import type { Edit } from '../plan/step.ts';
import { applyEdits } from './edits.ts';
import { removeEntry } from './entries.ts';
import { oddLineEnd, positionOf, readSource, whereAt } from './source.ts';
import { addEntry, replaceValue } from './value.ts';
import { aliasedElsewhere, duplicateKeys, type Entry, entriesOf, keyOf, parseYaml, rangeOf, type Yaml } from './yaml.ts';

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
  /** A field by its dotted path, e.g. `authentication.anonymous.enabled`. Undefined when it is absent; null counts. */
  get(field: string): Field | undefined;
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
  return { file, format: yaml.format, keys, value, yaml, get: (field) => find(yaml, value, field) };
}

function find(yaml: Yaml, value: unknown, field: string): Field | undefined {
  let node: Node | null | undefined = yaml.root;
  let entry: Entry | undefined;
  let data = value;
  for (const name of field.split('.')) {
    if (typeof data !== 'object' || data === null || !Object.hasOwn(data, name)) return undefined;
    data = (data as Record<string, unknown>)[name];
    // a field that comes by an alias or a merge has no line of its own: its place is that of the nearest key
    const next: Entry | undefined = isMap(node) ? entriesOf(node, name)[0] : undefined;
    entry = next ?? entry;
    node = next?.value;
  }
  if (!entry) return undefined;
  const { source } = yaml;
  const [start, end] = rangeOf(node && rangeOf(node)[1] > rangeOf(node)[0] ? node : entry.key);
  const text = node ? source.text.slice(...rangeOf(node)) : '';
  return { value: data, text, ...positionOf(source, start), where: whereAt(source, start, end) };
}

/** Edits that give a top-level field this string. None when it has it already. Throws `unusable-value`. */
export function setScalar(doc: ConfigDocument, field: string, value: string): Edit[] {
  if (doc.get(field)?.value === value) return [];
  if (/\p{Surrogate}/u.test(value)) throw new KcfgError('unusable-value', `the value for ${field} is no text`);
  const entry = editable(doc, field);
  const attempts = entry ? [replaceValue(doc.yaml, entry, value)] : addEntry(doc.yaml, field, value);
  return proven(doc, field, attempts, { ...doc.value, [field]: value });
}

/** Edits that take a top-level field out, with its line. None when it is absent. Throws `unusable-value`. */
export function removeField(doc: ConfigDocument, field: string): Edit[] {
  const entry = editable(doc, field);
  if (!entry || !doc.yaml.root) return [];
  const { [field]: _, ...rest } = doc.value;
  const edit = removeEntry(doc.yaml.source, doc.yaml.root, entry);
  return proven(doc, field, [edit && [edit]], rest);
}

function editable(doc: ConfigDocument, field: string): Entry | undefined {
  const entry = doc.yaml.root && entriesOf(doc.yaml.root, field)[0];
  const refuse = (message: string, node: Node): never => {
    throw new KcfgError('unusable-value', message, {
      where: [whereAt(doc.yaml.source, ...rangeOf(node))],
      help: ['write the value plainly, on one line, and run the command again'],
    });
  };
  const merge = doc.yaml.root && entriesOf(doc.yaml.root, '<<')[0];
  if (merge) refuse('the fields at the top come in part from a merge key', merge.key);
  if (!entry?.value) return entry;
  if (isMap(entry.value) || isSeq(entry.value)) refuse(`${field} holds more than one value`, entry.value);
  if (aliasedElsewhere(doc.yaml, entry.value)) refuse(`the value of ${field} is used again further down`, entry.value);
  const tag = isScalar(entry.value) && entry.value.tag;
  if (tag && tag !== 'tag:yaml.org,2002:str' && tag !== '!') refuse(`${field} has the tag ${tag}`, entry.value);
  return entry;
}

/** The first of the edits that reads back as wanted. */
function proven(doc: ConfigDocument, field: string, attempts: (Edit[] | undefined)[], wanted: unknown): Edit[] {
  for (const edits of attempts) {
    const after = edits && attempt(() => readConfig(doc.file, applyEdits(doc.yaml.source.bytes, edits)).value);
    if (edits && isDeepStrictEqual(after, wanted)) return edits;
  }
  throw new KcfgError('unusable-value', `${field} cannot be changed without touching the lines around it`, {
    where: [doc.get(field)?.where ?? { file: doc.file }],
    help: ['write the value plainly, on one line, and run the command again'],
  });
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof KcfgError) return undefined;
    throw error;
  }
}
