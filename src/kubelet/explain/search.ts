/** Fields by a word: in their names first, then in kcfg's words for them, then in those of the reference. */
import type { Field, FieldSet } from '../fields/field-set.ts';
import { loadDocs } from '../fields/load.ts';
import { beginning, insideOf, referenceText } from './explain.ts';
import { TOPICS } from './topics.ts';
import type { WordsOfTopic } from './words.ts';

export interface Hit {
  field: string;
  doc: string;
}

/** Small letters and capitals are alike. */
export async function search(word: string, fields: FieldSet): Promise<Hit[]> {
  const [docs, ...words] = await Promise.all([loadDocs(), ...TOPICS.map(async (topic) => (await topic.load()).WORDS)]);
  const all: WordsOfTopic = Object.assign({}, ...words);
  const wanted = word.toLowerCase();
  const ranked = everyField(fields.top, fields).flatMap((field) => {
    const { path } = field;
    const own = all[path];
    const reference = referenceText(docs(path, fields.minor));
    const texts = [path, JSON.stringify(own ?? {}), reference];
    const rank = texts.findIndex((text) => text.toLowerCase().includes(wanted));
    return rank === -1 ? [] : [{ rank, hit: { field: path, doc: beginning(own?.does ?? reference, field.name) } }];
  });
  return ranked.sort((a, b) => a.rank - b.rank).map(({ hit }) => hit);
}

/** With the fields inside others, behind what they stand in. */
function everyField(top: readonly Field[], fields: FieldSet): Field[] {
  return top.flatMap((field) => [field, ...insideOf(field, fields)]);
}
