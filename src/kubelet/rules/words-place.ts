/** Where the kubelet's own words point: it names a field, and never a line. */
import type { Where } from '../../errors.ts';
import type { ConfigDocument } from '../document.ts';
import type { FieldSet } from '../fields/field-set.ts';

/**
 * The place of the field that the words name: `KubeletConfiguration.maxPods`, or a field's name among other words (the
 * longest, where there are several). Undefined where no file has such a field.
 */
export function placeOfWords(words: string, documents: readonly ConfigDocument[], fields: FieldSet): Where | undefined {
  const named = /KubeletConfiguration\.([\w.-]+)/.exec(words)?.[1];
  const names = fields.top.map((field) => field.name).filter((name) => new RegExp(`\\b${name}\\b`, 'i').test(words));
  const candidates = [...(named === undefined ? [] : [named, named.split('.')[0] ?? '']), ...names.sort((a, b) => b.length - a.length)];
  for (const candidate of candidates) {
    // the last file that has it is the one that counts
    const found = documents.findLast((document) => document.get(candidate) !== undefined)?.get(candidate);
    if (found !== undefined) return found.where;
  }
  return undefined;
}
