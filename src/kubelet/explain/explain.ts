/** Everything that there is to say of one field of one version: data, words, and what its change disturbs, brought together. */
import { directionsOf, type Direction } from '../disturbance/directions.ts';
import { valueAt, writeFieldPath, type FieldPath } from '../field-path.ts';
import type { Field, FieldSet, Gate } from '../fields/field-set.ts';
import { loadDocs } from '../fields/load.ts';
import { explainGate, gateValues } from './gates.ts';
import { topicOf } from './topics.ts';
import { typeWords } from './type-words.ts';
import type { Words, WordsOfTopic } from './words.ts';

export interface Explanation {
  /** As it was asked for. */
  field: string;
  type: string;
  /** Absent: the kubelet fills in nothing. */
  default?: unknown;
  /** First minor that has it, '1.28' for that or older. Absent: not known, as of a gate. */
  since?: string;
  stable?: string;
  gate?: Gate;
  flag?: string;
  topic: string;
  /** In words of kcfg, or those of the reference. */
  doc: { text: string; from: 'kcfg' | 'reference' };
  values: readonly { value: string; means?: string }[];
  needs?: string;
  disturbs: readonly Direction[];
  /** The fields inside it, with the beginning of what they do. */
  fields: readonly { field: string; type: string; doc: string }[];
  /** What stands behind `kcfg set`. */
  example?: string;
}

/** `config`: the whole configuration in force, where it is known. */
export async function explain(path: FieldPath, field: Field, fields: FieldSet, config?: Readonly<Record<string, unknown>>): Promise<Explanation> {
  const topic = topicOf(field.path);
  const words = (await topic?.load())?.WORDS ?? {};
  const own = ownWords(field.path, words);
  const inside = insideOf(field, fields);
  const needsDocs = own === undefined || inside.some((part) => words[part.path] === undefined);
  const docs = needsDocs ? await loadDocs() : (): undefined => undefined;
  const text = (at: string): string => words[at]?.does ?? referenceText(docs(at, fields.minor));
  const one = field.path === 'featureGates.*' ? explainGate(String(path.at(-1)), fields) : undefined;
  const values = field.path === 'featureGates' ? gateValues(fields) : valuesOf(field, own, fields.minor, path.at(-1));
  // a key of a map has no default of its own, but the map can have one for it
  const standard = one?.default ?? field.default ?? (path.length < 2 ? undefined : valueAt(fields.field(path.slice(0, -1))?.default, path.slice(-1)));
  const { needs, example } = one ?? own ?? {};
  const gate = field.gate === undefined ? undefined : fields.gate(field.gate);
  return {
    field: writeFieldPath(path).replaceAll('[0]', '[]'),
    type: typeWords(field.type),
    ...(standard === undefined ? {} : { default: standard }),
    ...(one === undefined ? { since: field.since } : {}),
    ...(own?.since === undefined ? {} : { stable: own.since }),
    ...(gate === undefined ? {} : { gate }),
    ...(field.flag === undefined ? {} : { flag: field.flag }),
    topic: topic?.name ?? '',
    doc: one !== undefined ? { text: one.doc, from: 'kcfg' } : own === undefined ? { text: text(field.path), from: 'reference' } : { text: own.does, from: 'kcfg' },
    values,
    ...(needs === undefined ? {} : { needs }),
    disturbs: directionsOf(writeFieldPath(path), field, fields, (own?.values ?? []).map(([key]) => key), config),
    fields: inside.map((part) => ({ field: part.path, type: typeWords(part.type), doc: beginning(text(part.path), part.name) })),
    ...(example === undefined ? {} : { example }),
  };
}

/** Its own words, or of an item or a key those of the list or map. */
function ownWords(path: string, words: WordsOfTopic): Words | undefined {
  return words[path] ?? words[path.replace(/(\.\*|\[\])+$/, '')];
}

/** The fields with a value of their own in a structure, or in the structures of a list. */
export function insideOf(field: Field, fields: FieldSet): readonly Field[] {
  const { structure, element } = field.type;
  const inside = structure ?? element?.structure;
  if (inside === undefined) return [];
  return fields.structure(inside, structure === undefined ? `${field.path}[]` : field.path).flatMap((part) => (part.type.structure === undefined ? [part] : insideOf(part, fields)));
}

/** What this version takes, with words where there are some; of a key of a map only that key. */
function valuesOf(field: Field, words: Words | undefined, minor: string, key: string | number | undefined): { value: string; means?: string }[] {
  const known = (words?.values ?? []).filter(([, , since, until]) => within(minor, since, until));
  const told = known.map(([value, means]) => ({ value, means }));
  if (field.path.endsWith('.*')) return told.filter(({ value }) => value === key);
  const { values, kind } = field.type;
  if (values === undefined || kind === 'map') return told;
  const others = values.filter((value) => value !== '' && !told.some((each) => each.value === value));
  return [...told.filter(({ value }) => values.includes(value)), ...others.map((value) => ({ value }))];
}

function within(minor: string, since = '1.0', until = '1.999'): boolean {
  const number = (text: string): number => Number(text.slice(2));
  return number(since) <= number(minor) && number(minor) <= number(until);
}

/** The reference's text as paragraphs, without its line on the default, which stands elsewhere. */
export function referenceText(text: string | undefined): string {
  const lines = (text ?? '').split('\n').map((line) => line.trimEnd());
  const end = lines.findIndex((line) => /^\s*Defaults?:/.test(line));
  return (end === -1 ? lines : lines.slice(0, end)).join('\n').trim().replaceAll(/(\S)\n(?=[^\s-])/g, '$1 ').replaceAll('`', '');
}

/** The first sentence on one line; of the reference's without what it always begins with: the field's name, or that it is required. */
export function beginning(text: string, name: string): string {
  const plain = text.replaceAll(/\s+/g, ' ').replace(/^(Required|Optional)\. /, '');
  const sentence = (/^.*?[.:](?=\s|$)/.exec(plain)?.[0] ?? plain).replace(/[.:]$/, '');
  const [, rest] = /^\w+ (?:is|specifies|contains|represents|allows) (.+)$/.exec(sentence) ?? [];
  return rest !== undefined && sentence.toLowerCase().startsWith(name.toLowerCase()) ? rest : sentence;
}
