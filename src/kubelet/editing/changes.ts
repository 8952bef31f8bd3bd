/**
 * Changes of a document as edits: at any depth, several at once, each in the text as the ones before it left it.
 * Every edit is read back before it is handed out: the result must say what the changes say, and all else as before.
 *
 * Changes that do not touch one another are made and proven together, so that the file is parsed a few times only.
 */
import { isDeepStrictEqual } from 'node:util';
import { KcfgError } from '../../errors.ts';
import type { Edit } from '../../plan/step.ts';
import type { Change } from './changed-data.ts';
import type { ConfigDocument } from '../document.ts';
import { begins, type Draft, draftOf, type EditOptions, inTheWay } from './draft.ts';
import { applyEdits } from '../edits.ts';
import { type Layout, layoutOf } from './layout.ts';
import { mergeEdits } from './merged-edits.ts';
import { smallerChanges } from './smaller-changes.ts';
import { name } from './way.ts';

/** Edits of the document's own bytes, ascending. Throws `unusable-value`. */
export function editsFor(doc: ConfigDocument, changes: readonly Change[], options: EditOptions): Edit[] {
  const smaller = smallerChanges(doc.value, changes);
  if (smaller.length > changes.length || smaller.some(({ path }, at) => path !== changes[at]?.path)) {
    try {
      return editsInTurn(doc, smaller, options);
    } catch (error) {
      if (!(error instanceof KcfgError)) throw error; // as a whole it may be possible: where an alias stands
    }
  }
  return editsInTurn(doc, changes, options);
}

function editsInTurn(doc: ConfigDocument, changes: readonly Change[], options: EditOptions): Edit[] {
  const lists: Edit[][] = [];
  let current = doc;
  let rest = [...changes];
  while (rest.length > 0) {
    const layout = layoutOf(current.yaml);
    const together = draftTogether(current, layout, rest, options);
    const all = together.drafts.flatMap(({ ways }) => ways[0] ?? []).sort((a, b) => a.offset - b.offset);
    let after = together.drafts.length > 1 ? proven(current, all, together.wanted) : undefined;
    let edits = all;
    if (after === undefined) {
      const one = draftTogether(current, layout, rest.slice(0, 1), options);
      const draft = one.drafts[0];
      if (draft) ({ after, edits } = firstThatHolds(current, draft, one.wanted));
      else edits = [];
      rest = rest.slice(one.taken);
    } else rest = rest.slice(together.taken);
    if (edits.length > 0) lists.push(edits);
    current = after ?? current;
  }
  return lists.length === 1 ? (lists[0] ?? []) : mergeEdits(doc.yaml.source.bytes.length, ...lists);
}

/** As many of the changes, in their order, as do not touch one another. `wanted`: what the document says then. */
function draftTogether(doc: ConfigDocument, layout: Layout, changes: readonly Change[], options: EditOptions): { drafts: Draft[]; taken: number; wanted: unknown } {
  const drafts: Draft[] = [];
  let wanted: unknown = doc.value;
  let taken = 0;
  for (const change of changes) {
    let next: Draft | undefined;
    try {
      next = draftOf(doc, layout, change, wanted, options, drafts);
    } catch (error) {
      if (drafts.length === 0) throw error;
      break; // it may fit once those before it are made
    }
    if (next) {
      if (drafts.some((each) => inTheWay(each, next))) break;
      drafts.push(next);
      wanted = next.wanted;
    } else if (drafts.some(({ path, around }) => begins(around, change.path) || begins(path, change.path) || begins(change.path, path))) break;
    taken++;
  }
  return { drafts, taken, wanted };
}

function firstThatHolds(doc: ConfigDocument, { path, ways }: Draft, wanted: unknown): { after: ConfigDocument; edits: Edit[] } {
  for (const edits of ways) {
    const after = proven(doc, edits, wanted);
    if (after) return { after, edits };
  }
  throw new KcfgError('unusable-value', `${name(path)} cannot be changed without touching the lines around it`, {
    where: [doc.get(path)?.where ?? { file: doc.file }],
    help: ['write the value plainly, on one line, and run the command again'],
  });
}

/** The document after the edits, when it says what is wanted. */
function proven(doc: ConfigDocument, edits: readonly Edit[], wanted: unknown): ConfigDocument | undefined {
  try {
    const after = doc.reread(applyEdits(doc.yaml.source.bytes, edits));
    return isDeepStrictEqual(after.value, wanted) ? after : undefined;
  } catch (error) {
    if (error instanceof KcfgError) return undefined;
    throw error;
  }
}
