/** All fields at the top of the configuration, by topic: what `kcfg explain` lists. */
import type { FieldSet } from '../fields/field-set.ts';
import { TOPICS } from './topics.ts';
import { kindWords } from './type-words.ts';

export interface TopicFields {
  topic: string;
  fields: readonly { field: string; type: string; default?: unknown }[];
}

export function fieldsByTopic(fields: FieldSet): TopicFields[] {
  const known = new Map(fields.top.map((field) => [field.name, field]));
  return TOPICS.map(({ name, fields: names }) => ({
    topic: name,
    fields: names.flatMap((each) => {
      const field = known.get(each);
      if (field === undefined) return [];
      return [{ field: each, type: kindWords(field.type), ...(field.default === undefined ? {} : { default: field.default }) }];
    }),
  }));
}
