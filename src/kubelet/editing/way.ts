/**
 * The way to a value in a document: what stands on it, what is missing at its end, and why it may not be changed there:
 * an anchor that others use, an alias, a merge or a tag, because the edit would change something else too.
 */
import { isAlias, isMap, isNode, isScalar, visit } from 'yaml';
import type { Node } from 'yaml';
import { KcfgError } from '../../errors.ts';
import { type FieldPath, writeFieldPath } from '../field-path.ts';
import { type Collection, isCollection, type Place, placeOf } from './places.ts';
import { whereAt } from '../source.ts';
import { hasText } from '../entries.ts';
import { entriesOf, rangeOf, type Yaml } from '../yaml.ts';

export interface Way {
  /** What is there of the path, from the top. */
  places: Place[];
  /** The rest of the path, which is not there. Its first part goes into `into`, or it all is the value of the last place. */
  missing: FieldPath;
  into?: Collection;
}

/** `coming`: how many items come to a list in the same go. Throws `unusable-value`. */
export function wayTo(yaml: Yaml, path: FieldPath, coming: (list: FieldPath) => number = () => 0): Way {
  const places: Place[] = [];
  const users = aliases(yaml);
  let node: Node | null | undefined = yaml.root;
  for (const [depth, part] of path.entries()) {
    const so = path.slice(0, depth);
    if (isNode(node) && !isAlias(node) && node.anchor && users.has(node.anchor)) {
      throw refusal(yaml, node, `what ${name(so)} holds is used again further down`);
    }
    if (isAlias(node)) throw refusal(yaml, node, `${name(so)} is an alias, and what it stands for is used elsewhere`);
    if (!hasText(node) || (isScalar(node) && node.value === null)) return { places, missing: path.slice(depth) };
    if (!isCollection(node)) throw refusal(yaml, node, `${name(so)} holds ${short(yaml, node)}, and nothing can stand below it`);
    fits(yaml, node, so, part, coming(so));
    const place = placeOf(node, part);
    if (!place) return { places, missing: path.slice(depth), into: node };
    places.push(place);
    node = place.value;
  }
  return { places, missing: [] };
}

function fits(yaml: Yaml, node: Collection, so: FieldPath, part: string | number, coming: number): void {
  if (isMap(node)) {
    if (typeof part === 'number') throw refusal(yaml, node, `${name(so)} is no list, and has no item ${part}`);
    const merge = entriesOf(node, '<<')[0];
    if (merge) throw refusal(yaml, merge.key, `the fields of ${name(so)} come in part from a merge key`);
  } else if (typeof part === 'string') {
    throw refusal(yaml, node, `${name(so)} is a list, and has no field ${part}`);
  } else if (!Number.isInteger(part) || part < 0 || part > node.items.length + coming) {
    throw refusal(yaml, node, `${name(so)} has ${node.items.length} ${node.items.length === 1 ? 'item' : 'items'}, and no place for [${part}]`);
  }
  if (node.tag && !/:(map|seq)$/.test(node.tag)) throw refusal(yaml, node, `${name(so)} has the tag ${node.tag}`);
}

/** Throws where what goes away has an anchor that others use. */
export function notUsedElsewhere(yaml: Yaml, path: FieldPath, node: Node | null): void {
  const users = aliases(yaml);
  if (users.size === 0 || !node) return;
  visit(node, (_, each) => {
    if (isNode(each) && !isAlias(each) && each.anchor && users.has(each.anchor)) {
      throw refusal(yaml, each, `the value of ${name(path)} is used again further down`);
    }
  });
}

/** Throws where the tag would make something else of the new value. */
export function tagHolds(yaml: Yaml, path: FieldPath, node: Node | null, value: unknown): void {
  const tag = isNode(node) && !isAlias(node) ? node.tag : undefined;
  if (!node || !tag) return;
  const text = (tag === 'tag:yaml.org,2002:str' || tag === '!') && typeof value === 'string';
  const same = tag === `tag:yaml.org,2002:${Array.isArray(value) ? 'seq' : typeof value === 'object' && value !== null ? 'map' : ''}`;
  if (!text && !same) throw refusal(yaml, node, `${name(path)} has the tag ${tag}`);
}

const sources = new WeakMap<Yaml, Set<string>>();
/** Names of the anchors that some alias refers to. */
function aliases(yaml: Yaml): Set<string> {
  const known = sources.get(yaml);
  if (known) return known;
  const found = new Set<string>();
  visit(yaml.first?.contents ?? null, { Alias: (_, { source }) => void found.add(source) });
  sources.set(yaml, found);
  return found;
}

export function name(path: FieldPath): string {
  return path.length === 0 ? 'the top' : writeFieldPath(path);
}

function short(yaml: Yaml, node: Node): string {
  const text = yaml.source.text.slice(...rangeOf(node)).trim();
  return text.length > 40 || text.includes('\n') ? 'a text' : text;
}

export function refusal(yaml: Yaml, node: Node, message: string): KcfgError {
  return new KcfgError('unusable-value', message, {
    where: [whereAt(yaml.source, ...rangeOf(node))],
    help: ['change the file by hand, and run the command again'],
  });
}
