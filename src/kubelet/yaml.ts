/**
 * YAML as the kubelet reads it: only the first document, scalars by YAML 1.1 (`y` and `no` are booleans, 0777 is
 * octal), and strict JSON when the file begins with `{` (apimachinery util/yaml hasJSONPrefix).
 *
 * The nodes keep their places in the text; nothing here is ever rendered back.
 */
import { Composer, isMap, isScalar, Parser, visit } from 'yaml';
import type { CST, Document, Node, Pair, SchemaOptions, YAMLMap } from 'yaml';
import type { Source } from './source.ts';

export interface Problem {
  message: string;
  /** Where in the text; absent where the reader did not say. */
  start?: number;
  end?: number;
}
export interface Yaml {
  source: Source;
  format: 'yaml' | 'json';
  /** The first document as plain data, null when there is none. Of a key that stands twice the last wins. */
  value: unknown;
  /** The first document's top-level map, when it is one. */
  root: YAMLMap.Parsed | undefined;
  first: Document.Parsed | undefined;
  tokens: CST.Token[];
  /** Documents that are not empty. */
  documents: number;
  /** Why the kubelet could not read it. */
  problem?: Problem;
}

/** Numbers to base 60 and timestamps: YAML 1.1 has them, the kubelet's parser gives text (goyaml.v2 resolve.go). */
const plainToKubelet: NonNullable<SchemaOptions['customTags']> = (tags) =>
  tags.filter((tag) => {
    if (typeof tag === 'string') return true;
    return !('format' in tag && tag.format === 'TIME') && tag.tag !== 'tag:yaml.org,2002:timestamp';
  });

/** Far beyond any configuration or pod, and far from the end of the stack. An alias within its own anchor has no end at all. */
const DEEPEST = 500;
const TOO_DEEP: Problem = { message: `it is deeper than ${DEEPEST} levels, or has an alias within its own anchor` };

export function parseYaml(source: Source): Yaml {
  try {
    const yaml = parse(source);
    return isDeeper(yaml.value, DEEPEST) ? { ...yaml, value: null, problem: yaml.problem ?? TOO_DEEP } : yaml;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { source, format: 'yaml', value: null, root: undefined, first: undefined, tokens: [], documents: 1, problem: TOO_DEEP };
  }
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((each) => isDeeper(each, levels - 1));
}

function parse(source: Source): Yaml {
  const format = /^\s*\{/.test(source.text.startsWith('\uFEFF') ? '' : source.text) ? 'json' : 'yaml';
  const tokens = [...new Parser().parse(source.text)];
  const composer = new Composer({
    version: '1.1',
    strict: format === 'yaml',
    uniqueKeys: false,
    keepSourceTokens: true,
    customTags: plainToKubelet,
    logLevel: 'error', // a key that is no text is told by the rules, not on stderr
  });
  const all = [...composer.compose(tokens, false, source.text.length)];
  const first = all[0];
  closeLastLine(first, source.text);
  if (/0o|binary/.test(source.text)) readAsGoyaml(first);
  const documents = all.filter((d) => d.errors.length > 0 || !isEmpty(d.contents)).length;
  const root = isMap(first?.contents) ? (first.contents as YAMLMap.Parsed) : undefined;
  const read = format === 'json' ? readJson(source.text, first) : readFirst(first);
  return { source, format, root, first, tokens, documents, ...read };
}

/** A block scalar whose last line has no end has none in its value: to the kubelet, not to the library. */
function closeLastLine(first: Document.Parsed | undefined, text: string): void {
  if (!first || text.endsWith('\n')) return;
  visit(first, {
    Scalar(_, node) {
      const block = node.type === 'BLOCK_LITERAL' || node.type === 'BLOCK_FOLDED';
      if (block && node.range?.[1] === text.length) node.value = String(node.value).replace(/\n$/, '');
    },
  });
}

/** 0o17 is octal to the kubelet's reader, and !!binary is text (goyaml.v2 resolve.go). */
function readAsGoyaml(first: Document.Parsed | undefined): void {
  visit(first ?? null, {
    Scalar(_, node) {
      if (node.value instanceof Uint8Array) node.value = Buffer.from(node.value).toString();
      const [, sign = '', digits] = (node.type === 'PLAIN' && /^([+-]?)0o([0-7_]+)$/.exec(node.source ?? '')) || [];
      if (digits !== undefined && node.tag === undefined) node.value = Number(`0o${digits.replaceAll('_', '')}`) * (sign === '-' ? -1 : 1);
    },
  });
}

function isEmpty(node: unknown): boolean {
  return !node || (isScalar(node) && node.value === null && !node.source);
}

function readFirst(first: Document.Parsed | undefined): Pick<Yaml, 'value' | 'problem'> {
  if (!first) return { value: null };
  const { explicit, version } = first.directives.yaml;
  if (explicit && version !== '1.1') return { value: null, problem: { message: `the kubelet reads no YAML ${version}` } };
  const error = first.errors[0];
  if (error) return { value: null, problem: { message: error.message, start: error.pos[0], end: error.pos[1] } };
  try {
    return { value: first.toJS() };
  } catch (cause) {
    return { value: null, problem: { message: (cause as Error).message } }; // an alias without its anchor
  }
}

function readJson(text: string, first: Document.Parsed | undefined): Pick<Yaml, 'value' | 'problem'> {
  try {
    return { value: JSON.parse(text) };
  } catch (cause) {
    const { message } = cause as Error;
    const at = /at position (\d+)/.exec(message)?.[1];
    const start = at === undefined ? first?.errors[0]?.pos[0] : Number(at);
    return { value: null, problem: { message, ...(start !== undefined && { start, end: start + 1 }) } };
  }
}

export type Entry = Pair<Node, Node | null>;

/** A key as text, as the kubelet's conversion to JSON makes it. The merge key is `<<`. */
export function keyOf(entry: Entry): string {
  const key = isScalar(entry.key) ? entry.key.value : undefined;
  return typeof key === 'symbol' ? (key.description ?? '') : String(key);
}

/** The entries of that key: none, one, or more when it stands twice. */
export function entriesOf(map: YAMLMap, key: string): Entry[] {
  return (map.items as Entry[]).filter((entry) => keyOf(entry) === key);
}

/** First and second place of every key that stands twice in one map, at any depth. */
export function duplicateKeys(yaml: Yaml): { key: string; first: Node; second: Node }[] {
  const found: { key: string; first: Node; second: Node }[] = [];
  visit(yaml.first?.contents ?? null, {
    Map(_, map) {
      const seen = new Map<string, Node>();
      for (const entry of map.items as Entry[]) {
        const key = keyOf(entry);
        const first = seen.get(key);
        if (first && key !== '<<') found.push({ key, first, second: entry.key });
        else seen.set(key, entry.key);
      }
    },
  });
  return found;
}

/** The comments of the file, in order, each with its index and its text from `#` on. */
export function comments(yaml: Yaml): { start: number; text: string }[] {
  const found: { start: number; text: string }[] = [];
  const walk = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    const token = value as Partial<CST.SourceToken>;
    if (token.type === 'comment') found.push({ start: token.offset ?? 0, text: token.source ?? '' });
    else Object.values(value).forEach(walk);
  };
  walk(yaml.tokens);
  return found.sort((a, b) => a.start - b.start);
}

/** Start and end of a node's own text, without anchor and tag. */
export function rangeOf(node: Node): [start: number, end: number] {
  const range = node.range ?? [0, 0, 0];
  return [range[0], range[1]];
}
