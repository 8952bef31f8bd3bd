/**
 * Whatever a configuration looks like, and whatever is changed in it: it then says just that, each line outside the
 * edited entry is there as it was, and there is a way back. `KCFG_RUNS=5000` tries that many documents.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isMap, isSeq } from 'yaml';
import type { Node, Pair } from 'yaml';
import { KcfgError } from '../../../src/errors.ts';
import { type ConfigDocument, editDocument, readConfig } from '../../../src/kubelet/document.ts';
import { applyEdits, invertEdits } from '../../../src/kubelet/edits.ts';
import type { Edit } from '../../../src/plan/step.ts';
import { configText, type Wish, wish } from './generated-config.ts';

const RUNS = Number(process.env.KCFG_RUNS ?? 500);
type Path = (string | number)[];
type Box = Record<string | number, unknown>;
interface Made {
  path: Path;
  value?: unknown;
}

/** Every place below the top, in order. */
function placesIn(data: unknown, path: Path = []): { path: Path; value: unknown }[] {
  if (typeof data !== 'object' || data === null) return [];
  const parts: Path = Array.isArray(data) ? data.map((_, at) => at) : Object.keys(data);
  return parts.flatMap((part) => {
    const value = (data as Box)[part];
    return [{ path: [...path, part], value }, ...placesIn(value, [...path, part])];
  });
}

/** The wish as a change that the data has a place for. */
function changeFor(data: unknown, { kind, at, key, deep, value }: Wish): Made | undefined {
  const all = placesIn(data).filter(({ path }) => path[0] !== 'kind');
  const isBox = (each: unknown): boolean => typeof each === 'object' && each !== null;
  const pick = (list: typeof all): (typeof all)[number] | undefined => list[at % Math.max(1, list.length)];
  if (kind === 'append') {
    const list = pick(all.filter((each) => Array.isArray(each.value)));
    return list && { path: [...list.path, (list.value as unknown[]).length, ...(deep ? [key] : [])], value };
  }
  if (kind === 'add') {
    const map = pick([{ path: [], value: data }, ...all.filter((each) => each.value === null || (isBox(each.value) && !Array.isArray(each.value)))]);
    const free = deep && !Object.hasOwn(Object(map?.value), key);
    return map && { path: [...map.path, key, ...(free ? ['deeper', 'new'] : [])], value };
  }
  const place = pick(all);
  if (!place) return undefined;
  return kind === 'remove' ? { path: place.path } : { path: place.path, value };
}

/** The same change on plain data, the simple way. Returns the shallowest path that is gone or written. */
function apply(data: Box, { path, value }: Made, prune: boolean): Path {
  const boxes: Box[] = [data];
  for (const [depth, part] of path.slice(0, -1).entries()) {
    const box = boxes.at(-1) as Box;
    if (box[part] === null || box[part] === undefined) box[part] = typeof path[depth + 1] === 'number' ? [] : {};
    boxes.push(box[part] as Box);
  }
  if (value !== undefined) {
    (boxes.at(-1) as Box)[path.at(-1) as string] = structuredClone(value);
    return path;
  }
  for (let depth = path.length - 1; depth >= 0; depth--) {
    const [box, part] = [boxes[depth] as Box, path[depth] as string];
    if (Array.isArray(box)) box.splice(Number(part), 1);
    else delete box[part];
    if (Object.keys(box).length > 0 || !prune) return path.slice(0, Object.keys(box).length > 0 ? depth + 1 : depth);
  }
  return [];
}

interface Lines {
  first: number;
  last: number;
  whole: boolean;
}

function lineOf(text: string, index: number): number {
  return text.slice(0, index).split('\n').length - 1;
}

/** Lines of the nearest entry that is there: first and last, from 0. `whole`: all of the path is there. */
function linesOf(doc: ConfigDocument, path: Path): Lines | undefined {
  const { text } = doc.yaml.source;
  let node: Node | null | undefined = doc.yaml.root;
  let found: Lines | undefined;
  for (const [depth, part] of path.entries()) {
    const pair: Pair<Node, Node | null> | undefined = isMap(node) ? (node.items as Pair<Node, Node | null>[]).find(({ key }) => String((key as { value?: unknown }).value) === part) : undefined;
    const item: Node | null | undefined = pair ? pair.value : isSeq(node) ? (node.items[Number(part)] as Node | undefined) : undefined;
    const collection = node;
    if (isMap(collection) && !pair) break;
    if (isSeq(collection) && item === undefined) break;
    if (!isMap(collection) && !isSeq(collection)) break;
    const start = (pair?.key ?? item)?.range?.[0] ?? 0;
    const value = item?.range;
    const end = Math.max(pair?.key.range?.[1] ?? 0, value ? value[0] + text.slice(value[0], value[1]).trimEnd().length : 0, start);
    found = { first: lineOf(text, start), last: lineOf(text, end), whole: depth === path.length - 1 };
    // the dash of an item may stand on a line of its own
    if (isSeq(collection) && !collection.flow) while (!/^(- *)+/.test(text.split('\n')[found.first]?.trimStart() ?? '')) found.first--;
    node = item;
  }
  return found;
}

function isOutside(before: string[], after: string[], first: number, last: number): boolean {
  const tail = before.length - last - 1;
  const same = (a: string[], b: string[]): boolean => a.length === b.length && a.every((line, at) => line === b[at]);
  return after.length >= first + tail && same(before.slice(0, first), after.slice(0, first)) && same(before.slice(last + 1), after.slice(after.length - tail));
}

function readOrSkip(text: string): ConfigDocument {
  try {
    return readConfig('f', Buffer.from(text));
  } catch (error) {
    fc.pre(!(error instanceof KcfgError));
    throw error;
  }
}

/** Beside a text that keeps its blank lines not everything can be done; anywhere else nothing is refused. */
function editOrSkip(doc: ConfigDocument, changes: Made[], prune: boolean): Edit[] {
  try {
    return editDocument(doc, changes, { prune });
  } catch (error) {
    fc.pre(!(error instanceof KcfgError && error.code === 'unusable-value' && doc.yaml.source.text.includes('|+')));
    throw error;
  }
}

test('one change: the data says just that, no line outside the entry is another, and inverting gives the first bytes', () => {
  fc.assert(
    fc.property(configText, wish, fc.boolean(), (text, wished, prune) => {
      const doc = readOrSkip(text);
      const change = changeFor(doc.value, wished);
      fc.pre(change !== undefined);
      const bytes = Buffer.from(text);
      const edits = editOrSkip(doc, [change], prune);
      const result = applyEdits(bytes, edits);
      const wanted = structuredClone(doc.value);
      const gone = apply(wanted, change, prune);
      assert.deepEqual(readConfig('f', result).value, JSON.parse(JSON.stringify(wanted)));
      assert.deepEqual(applyEdits(result, invertEdits(bytes, edits)), bytes);
      const open = !text.endsWith('\n');
      const [before, after] = [text, result.toString()].map((each) => each.split(open ? /\r?\n/ : '\n'));
      const braces = bracesAround(doc, gone);
      const region = braces ?? linesOf(doc, gone);
      if (!before || !after) return;
      const intoFilled = isFilledAt(doc.value, gone.slice(0, knownOf(doc.value, gone)));
      if (change.value !== undefined && !region?.whole && intoFilled && !braces) {
        const at = before.findIndex((line, index) => line !== after[index]);
        const from = at < 0 ? before.length : at;
        assert.ok(isOutside(before, after, from, from - 1), `lines are added and none is changed:\n${after.join('\n')}`);
      } else {
        const [first, last] = region ? [region.first, region.last] : [0, before.length - 1];
        const column = /^ */.exec(before[first] ?? '')?.[0].length ?? 0;
        // comments further right end the entry; below a text (`|`) they would become part of that
        const inner = (line: string | undefined): boolean => line !== undefined && (line.trim() === '' ? /: [|>]|- [|>]/.test(text) : (/^ */.exec(line)?.[0].length ?? 0) > column && line.trim().startsWith('#'));
        let end = last;
        while ((change.value === undefined || typeof change.value === 'object') && inner(before[end + 1])) end++;
        assert.ok(isOutside(before, after, first, last) || isOutside(before, after, first, end), `lines ${first + 1} to ${last + 1} alone are changed:\n${after.join('\n')}`);
      }
    }),
    { numRuns: RUNS, includeErrorInReport: true },
  );
});

function isFilledAt(data: unknown, path: Path): boolean {
  let at = data;
  for (const part of path) at = (at as Box | null | undefined)?.[part];
  return typeof at === 'object' && at !== null && Object.keys(at).length > 0;
}

/** How many parts of the path are there. */
function knownOf(data: unknown, path: Path): number {
  let at = data;
  const missing = path.findIndex((part) => {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, part)) return true;
    at = (at as Box)[part];
    return false;
  });
  return missing < 0 ? path.length : missing;
}

/** Inside braces an entry shares its lines, and its comma, with others: the lines of the outermost ones. */
function bracesAround(doc: ConfigDocument, path: Path): Lines | undefined {
  const { text } = doc.yaml.source;
  let node: unknown = doc.yaml.root;
  for (const part of path) {
    if (!isMap(node) && !isSeq(node)) return undefined;
    if (node.flow) {
      const [start, end] = node.range ?? [0, 0];
      return { first: lineOf(text, start), last: lineOf(text, end), whole: true };
    }
    node = node.get(part, true);
  }
  return undefined;
}

test('several changes are made one in what the other left, and are one list of edits with one way back', () => {
  fc.assert(
    fc.property(configText, fc.array(wish, { minLength: 2, maxLength: 6 }), fc.boolean(), (text, wishes, prune) => {
      const doc = readOrSkip(text);
      const wanted = structuredClone(doc.value);
      const changes = wishes.flatMap((wished) => {
        const change = changeFor(wanted, wished);
        if (change) apply(wanted, change, prune);
        return change ?? [];
      });
      const bytes = Buffer.from(text);
      const edits = editOrSkip(doc, changes, prune);
      const result = applyEdits(bytes, edits);
      assert.deepEqual(readConfig('f', result).value, JSON.parse(JSON.stringify(wanted)));
      assert.deepEqual(applyEdits(result, invertEdits(bytes, edits)), bytes);
    }),
    { numRuns: Math.ceil(RUNS / 2), includeErrorInReport: true },
  );
});

test('where anchors, aliases and merges stand, a change says just that, or is refused', () => {
  const shared = fc.constantFrom('base: &x\n  a: 1\n  l: &l [1, 2]\n', 'base: &x {a: &v 1, b: {c: *v}}\n', 'list:\n- &x {a: 1}\n- &l\n  - 1\n');
  const users = fc.constantFrom('one: *x\n', 'two:\n  <<: *x\n  b: 2\n', 'three:\n- *x\n- b\n', 'four: {<<: *x, e: 5}\n', 'five: &alone {a: 1}\n');
  let made = 0;
  fc.assert(
    fc.property(shared, fc.uniqueArray(users, { maxLength: 3 }), wish, fc.boolean(), (head, rest, wished, prune) => {
      const text = `kind: K\n${head}${rest.join('')}`;
      const doc = readOrSkip(text);
      const wanted = JSON.parse(JSON.stringify(doc.value)) as Box;
      const change = changeFor(wanted, wished);
      fc.pre(change !== undefined);
      let edits: Edit[] = [];
      try {
        edits = editDocument(doc, [change], { prune });
      } catch (error) {
        assert.equal((error as KcfgError).code, 'unusable-value');
        return;
      }
      made++;
      apply(wanted, change, prune);
      assert.deepEqual(JSON.parse(JSON.stringify(readConfig('f', applyEdits(Buffer.from(text), edits)).value)), JSON.parse(JSON.stringify(wanted)));
    }),
    { numRuns: Math.ceil(RUNS / 2), includeErrorInReport: true },
  );
  assert.ok(made > RUNS / 20, 'not all are refused');
});
