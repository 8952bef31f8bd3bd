/**
 * One change of a document as it stands: the ways to write it, and where it would be in the way of another one.
 */
import { isDeepStrictEqual } from 'node:util';
import { isSeq } from 'yaml';
import { KcfgError } from '../../errors.ts';
import type { Edit } from '../../plan/step.ts';
import { type Change, nested, withoutValue, withValue } from './changed-data.ts';
import type { ConfigDocument } from '../document.ts';
import { type FieldPath, valueAt } from '../field-path.ts';
import { insertInto } from './insertion.ts';
import type { Layout } from './layout.ts';
import { isFlowNode } from './places.ts';
import { removeAt } from './removal.ts';
import { replaceAt } from './replacement.ts';
import { name, notUsedElsewhere, tagHolds, wayTo } from './way.ts';
import { asJson } from './written.ts';

export interface EditOptions {
  /** With the last entry of a map or list the map or list goes too (default); else `{}` or `[]` stays. */
  prune?: boolean;
}

export interface Draft {
  /** What it replaces, adds or takes out. */
  path: FieldPath;
  /** Another change at or below this would be in its way. */
  around: FieldPath;
  /** Of an item that comes to, or goes from, a list in lines of its own. */
  item?: { list: FieldPath; index: number; comes: boolean };
  /** Ways to write it, best first. */
  ways: Edit[][];
  /** What the document says with it. */
  wanted: unknown;
}

/** `before`: what the document says with the drafts that are made together with this one. Undefined where nothing changes. */
export function draftOf(doc: ConfigDocument, layout: Layout, { path, value }: Change, before: unknown, { prune = true }: EditOptions, drafts: readonly Draft[]): Draft | undefined {
  const { yaml } = doc;
  if (value === undefined) return removal(doc, layout, path, before, prune);
  const json = asJson(value);
  if (json === undefined) throw new KcfgError('unusable-value', `the value for ${name(path)} cannot be written down`);
  const coming = (list: FieldPath): number => drafts.filter(({ item }) => item?.comes && isDeepStrictEqual(item.list, list)).length;
  const { places, missing, into } = wayTo(yaml, path, coming);
  const last = places.at(-1);
  const known = path.slice(0, path.length - missing.length);
  if (missing.length === 0 && isDeepStrictEqual(valueAt(doc.value, path), json)) return undefined;
  const wanted = withValue(before, path, json);
  const [part, ...rest] = missing;
  if (part !== undefined && into && (into.items.length > 0 || !last || isFlowNode(last.within))) {
    const at = [...known, part];
    const ways = insertInto(yaml, layout, into, part, nested(rest, json));
    const item = isSeq(into) && !isFlowNode(into) && { list: known, index: Number(part), comes: true };
    return { path: at, around: isFlowNode(into) || item ? known : at, ways, wanted, ...(item && { item }) };
  }
  if (!last) return { path, around: [], ways: [], wanted };
  notUsedElsewhere(yaml, known, last.value);
  const whole = nested(missing, json);
  tagHolds(yaml, known, last.value, whole);
  return { path: known, around: known, ways: replaceAt(yaml, layout, last, whole), wanted };
}

function removal(doc: ConfigDocument, layout: Layout, whole: FieldPath, before: unknown, prune: boolean): Draft | undefined {
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
  const list = path.slice(0, -1);
  const wanted = withoutValue(before, path);
  const { within, index } = place;
  if (within.items.length > 1 || isFlowNode(within)) {
    const item = isSeq(within) && !isFlowNode(within) && { list, index, comes: false };
    // of two entries a second one that goes would leave an empty block
    const closed = isFlowNode(within) || item || within.items.length === 2;
    return { path, around: closed ? list : path, ways: removeAt(doc.yaml, place), wanted, ...(item && { item }) };
  }
  const above = places.at(-2);
  if (!above) return { path, around: [], ways: [], wanted };
  const empty = isSeq(within) ? [] : {};
  return { path: list, around: list, ways: replaceAt(doc.yaml, layout, above, empty), wanted };
}

/** True where the later one must wait until the earlier one is made. */
export function inTheWay(earlier: Draft, later: Draft): boolean {
  const [a, b] = [earlier.path, later.path];
  if (!areItemsApart(earlier, later) && (begins(earlier.around, b) || begins(later.around, a) || begins(a, b) || begins(b, a))) return true;
  const [first, second] = [earlier.ways[0], later.ways[0]];
  if (!first || !second) return true;
  return first.some((x) => second.some((y) => x.offset < y.offset + y.remove && y.offset < x.offset + x.remove));
}

/** Items that come to one list one behind the other, or go from it from the last to the first: no index moves. */
function areItemsApart({ item: a }: Draft, { item: b }: Draft): boolean {
  if (!a || !b || a.comes !== b.comes || !isDeepStrictEqual(a.list, b.list)) return false;
  return a.comes ? a.index < b.index : a.index > b.index;
}

export function begins(head: FieldPath, path: FieldPath): boolean {
  return head.every((part, at) => path[at] === part);
}
