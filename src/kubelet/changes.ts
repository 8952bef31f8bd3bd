/**
 * Changes of a document as edits: at any depth, several at once, each in the text as the ones before it left it.
 * Every edit is read back before it is handed out: the result must say what the changes say, and all else as before.
 *
 * Changes that do not touch one another are made and proven together, so that the file is parsed a few times only.
 */
import { isDeepStrictEqual } from 'node:util';
import { KcfgError } from '../errors.ts';
import type { Edit } from '../plan/step.ts';
import { type Change, nested, withoutValue, withValue } from './changed-data.ts';
import type { ConfigDocument } from './document.ts';
import { applyEdits } from './edits.ts';
import { type FieldPath, valueAt } from './field-path.ts';
import { insertInto } from './insertion.ts';
import { type Layout, layoutOf } from './layout.ts';
import { mergeEdits } from './merged-edits.ts';
import { isFlowNode } from './places.ts';
import { removeAt } from './removal.ts';
import { replaceAt } from './replacement.ts';
import { smallerChanges } from './smaller-changes.ts';
import { name, notUsedElsewhere, tagHolds, wayTo } from './way.ts';
import { asJson } from './written.ts';

export interface EditOptions {
  /** With the last entry of a map or list the map or list goes too (default); else `{}` or `[]` stays. */
  prune?: boolean;
}

/** One change in the text as it stands. */
interface Draft {
  /** What it replaces, adds or takes out. */
  path: FieldPath;
  /** Another change below this one's place, or with the same beginning, would be in its way. */
  around: FieldPath;
  /** Ways to write it, best first. */
  ways: Edit[][];
  wanted: unknown;
}

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
      next = draft(doc, layout, change, wanted, options);
    } catch (error) {
      if (drafts.length === 0) throw error;
      break; // it may fit once those before it are made
    }
    if (next) {
      if (drafts.some((each) => inTheWay(each, next))) break;
      drafts.push(next);
      wanted = next.wanted;
    } else if (drafts.some(({ path }) => begins(path, change.path) || begins(change.path, path))) break;
    taken++;
  }
  return { drafts, taken, wanted };
}

function draft(doc: ConfigDocument, layout: Layout, { path, value }: Change, before: unknown, { prune = true }: EditOptions): Draft | undefined {
  const { yaml } = doc;
  if (value === undefined) return draftRemoval(doc, layout, path, before, prune);
  const json = asJson(value);
  if (json === undefined) throw new KcfgError('unusable-value', `the value for ${name(path)} cannot be written down`);
  const { places, missing, into } = wayTo(yaml, path);
  const last = places.at(-1);
  const known = path.slice(0, path.length - missing.length);
  if (missing.length === 0 && isDeepStrictEqual(valueAt(doc.value, path), json)) return undefined;
  const wanted = withValue(before, path, json);
  const [part, ...rest] = missing;
  if (part !== undefined && into && (into.items.length > 0 || !last || isFlowNode(last.within))) {
    const closed = isFlowNode(into) || typeof part === 'number';
    const ways = insertInto(yaml, layout, into, part, nested(rest, json));
    return { path: [...known, part], around: closed ? known : [...known, part], ways, wanted };
  }
  if (!last) return { path, around: [], ways: [], wanted };
  notUsedElsewhere(yaml, known, last.value);
  const whole = nested(missing, json);
  tagHolds(yaml, known, last.value, whole);
  return { path: known, around: known, ways: replaceAt(yaml, layout, last, whole), wanted };
}

function draftRemoval(doc: ConfigDocument, layout: Layout, whole: FieldPath, before: unknown, prune: boolean): Draft | undefined {
  let path = whole;
  let { places, missing } = wayTo(doc.yaml, path);
  if (missing.length > 0) return undefined;
  while (prune && places.length > 1 && places.at(-1)?.within.items.length === 1) {
    places = places.slice(0, -1);
    path = path.slice(0, -1);
  }
  const place = places.at(-1);
  if (!place) return undefined;
  notUsedElsewhere(doc.yaml, path, place.value);
  const parent = path.slice(0, -1);
  const wanted = withoutValue(before, path);
  if (place.within.items.length > 1 || isFlowNode(place.within)) {
    const closed = isFlowNode(place.within) || !('key' in place.token && place.token.key) || place.within.items.length === 2;
    return { path, around: closed ? parent : path, ways: removeAt(doc.yaml, place), wanted };
  }
  const above = places.at(-2);
  if (!above) return { path, around: [], ways: [], wanted };
  const empty = Array.isArray(valueAt(doc.value, parent)) ? [] : {};
  return { path: parent, around: parent, ways: replaceAt(doc.yaml, layout, above, empty), wanted };
}

function inTheWay(a: Draft, b: Draft): boolean {
  if (begins(a.around, b.path) || begins(b.around, a.path) || begins(a.path, b.path) || begins(b.path, a.path)) return true;
  const [first, second] = [a.ways[0], b.ways[0]];
  if (!first || !second) return true;
  return first.some((x) => second.some((y) => x.offset < y.offset + y.remove && y.offset < x.offset + x.remove));
}

function begins(head: FieldPath, path: FieldPath): boolean {
  return head.every((part, at) => path[at] === part);
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
