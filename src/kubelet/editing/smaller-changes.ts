/**
 * A map or list that takes the place of another, as the changes of only those entries and items that differ: what is
 * the same on both sides keeps its lines, its order and its comments.
 */
import { isDeepStrictEqual } from 'node:util';
import type { Change } from './changed-data.ts';
import { type FieldPath, valueAt } from '../field-path.ts';
import { isFilled, isObject } from './written.ts';

export function smallerChanges(data: unknown, changes: readonly Change[]): Change[] {
  return changes.flatMap((change, at) => {
    const touched = changes.slice(0, at).some(({ path }) => sameWay(path, change.path));
    return touched || !isFilled(change.value) ? [change] : difference(valueAt(data, change.path), change);
  });
}

function difference(old: unknown, change: Change): Change[] {
  const { path, value } = change;
  if (isDeepStrictEqual(old, value)) return [];
  if (isObject(old) && isObject(value)) {
    const gone = Object.keys(old).filter((key) => !Object.hasOwn(value, key));
    if (gone.length === Object.keys(old).length) return [change];
    const others = Object.entries(value).flatMap(([key, each]) => {
      const inner = { path: [...path, key], value: each };
      return Object.hasOwn(old, key) ? difference(old[key], inner) : [inner];
    });
    return [...others, ...gone.map((key) => ({ path: [...path, key] }))];
  }
  return (Array.isArray(old) && Array.isArray(value) && ofLists(old, value, path)) || [change];
}

/** Where items were added behind the last one, taken out in one place, or changed one by one with another left as it was. */
function ofLists(old: readonly unknown[], value: readonly unknown[], path: FieldPath): Change[] | undefined {
  const short = Math.min(old.length, value.length);
  let head = 0;
  while (head < short && isDeepStrictEqual(old[head], value[head])) head++;
  let tail = 0;
  while (tail < short - head && isDeepStrictEqual(old.at(-1 - tail), value.at(-1 - tail))) tail++;
  if (head + tail === 0) return undefined;
  if (head === old.length) return value.slice(head).map((item, at) => ({ path: [...path, head + at], value: item }));
  if (head + tail === value.length) return old.slice(head, old.length - tail).map((_, at) => ({ path: [...path, old.length - tail - 1 - at] })); // the last first
  if (old.length !== value.length) return undefined;
  return value.flatMap((item, at) => difference(old[at], { path: [...path, at], value: item }));
}

function sameWay(a: FieldPath, b: FieldPath): boolean {
  return a.slice(0, b.length).every((part, at) => b[at] === part);
}
