/**
 * Configurations as people leave them, for property tests: a random tree written with random habits. Each block has an
 * indentation of its own, lists stand below their key or further right, comments and blank lines lie between, some
 * values are in braces, on one line or several.
 */
import fc from 'fast-check';

type Tree = { scalar: string } | { list: Tree[]; habit: Habit } | { map: [string, Tree][]; habit: Habit };
interface Habit {
  step: number;
  listStep: number;
  gap: number;
  braces: boolean;
  spread: boolean;
  trailing: boolean;
  tight: boolean;
  noise: string[];
  behind: string[];
}

const key = fc.constantFrom('a', 'b', 'c', 'maxPods', 'memory.available', 'node-labels', '"q k"', "'s'", '한글', 'x/y', '"1"');
const scalar = fc.constantFrom('1', 'x', '"q"', "'s'", '~', 'null', 'true', '0', '-1.5', '10%', '10.96.0.10', '"a # b"', 'a#b', '한 글', '5m0s', '""', 'http://x:1/y', '0777', 'two words', '[]', '{}');
const lines = fc.constantFrom('|\n  text\n  # text\n', '>-\n  one\n  two\n', '|+\n  keep\n\n', '"over\n  lines"\n', 'plain\n  over lines\n');
const noise = fc.constantFrom('', '', '', '\n', '# c: d\n', '    # deep\n', ' # - x\n', '   \n', '\n# a\n# b\n');
const behind = fc.constantFrom('', '', '', ' # c', '  # 설명: [', '\t# t', ' ');
const habit: fc.Arbitrary<Habit> = fc.record({
  step: fc.integer({ min: 1, max: 4 }),
  listStep: fc.integer({ min: 0, max: 3 }),
  gap: fc.integer({ min: 1, max: 3 }),
  braces: fc.integer({ min: 0, max: 3 }).map((n) => n === 0),
  spread: fc.boolean(),
  trailing: fc.boolean(),
  tight: fc.boolean(),
  noise: fc.array(noise, { minLength: 5, maxLength: 5 }),
  behind: fc.array(behind, { minLength: 5, maxLength: 5 }),
});
const { tree } = fc.letrec<{ tree: Tree; leaf: Tree; list: Tree; map: Tree }>((tie) => ({
  leaf: fc.oneof({ weight: 8, arbitrary: scalar }, { weight: 1, arbitrary: lines }).map((text) => ({ scalar: text })),
  list: fc.record({ list: fc.array(tie('tree'), { minLength: 1, maxLength: 3 }), habit }),
  map: fc.record({ map: entries(tie('tree')), habit }),
  tree: fc.oneof({ maxDepth: 3, depthSize: 'small', withCrossShrink: true }, tie('leaf'), tie('list'), tie('map')),
}));

function entries(value: fc.Arbitrary<Tree>): fc.Arbitrary<[string, Tree][]> {
  return fc.uniqueArray(fc.tuple(key, value), { selector: ([name]) => name, minLength: 1, maxLength: 4 });
}

function margin(column: number): string {
  return ' '.repeat(column);
}

/** Behind a key or dash at that column, up to and with the line end. */
function behindKey(node: Tree, column: number, comment: string, item: Habit | undefined): string {
  if ('scalar' in node) {
    const at = node.scalar.indexOf('\n');
    return at < 0 ? ` ${node.scalar}${comment}\n` : ` ${node.scalar.replaceAll('\n  ', `\n${margin(column + 3)}`)}`;
  }
  if (node.habit.braces) return ` ${braces(node, column)}${comment}\n`;
  if (item !== undefined) return margin(item.gap) + block(node, column + 1 + item.gap).trimStart();
  const inner = column + ('list' in node ? node.habit.listStep : node.habit.step);
  return `${comment}\n${block(node, inner)}`;
}

function block(node: Exclude<Tree, { scalar: string }>, column: number): string {
  const { habit } = node;
  const parts: [string, Tree][] = 'list' in node ? node.list.map((item) => ['-', item]) : node.map;
  return parts
    .map(([head, value], at) => {
      const above = at === 0 ? '' : habit.noise[at];
      const text = head === '-' ? `-${behindKey(value, column, habit.behind[at] ?? '', habit)}` : `${head}:${behindKey(value, column, habit.behind[at] ?? '', undefined)}`;
      return `${above}${margin(column)}${text}`;
    })
    .join('');
}

function braces(node: Tree, column: number): string {
  if ('scalar' in node) return /\n|^[^"'[{].*[:,[\]{}]/.test(node.scalar) ? '"f"' : node.scalar;
  const { spread, trailing, tight, behind } = node.habit;
  const parts = 'list' in node ? node.list.map((item) => braces(item, column + 2)) : node.map.map(([name, value]) => `${name}: ${braces(value, column + 2)}`);
  const [open, close] = 'list' in node ? '[]' : '{}';
  if (!spread) return `${open}${parts.join(tight ? ',' : ', ')}${close}`;
  const rows = parts.map((part, at) => `\n${margin(column + 2)}${part}${at < parts.length - 1 || trailing ? ',' : ''}${behind[at]?.replace('\t', ' ') ?? ''}`);
  return `${open}${rows.join('')}\n${margin(column + 1)}${close}`;
}

function plain(node: Tree): unknown {
  if ('scalar' in node) return /^-?\d+(\.\d+)?$/.test(node.scalar) ? Number(node.scalar) : node.scalar;
  if ('list' in node) return node.list.map(plain);
  return Object.fromEntries(node.map.map(([name, value]) => [name, plain(value)]));
}

const yaml = fc
  .record({
    top: entries(tree),
    habit,
    head: fc.constantFrom('', '', '---\n', '# top\n', '\uFEFF', '# a\n---\n\n'),
    foot: fc.constantFrom('', '', '...\n', '---\nother: [\n', '# end\n', '\n# end\n\n', '\n\n'),
    crlf: fc.integer({ min: 0, max: 4 }).map((n) => n === 0),
    open: fc.integer({ min: 0, max: 4 }).map((n) => n === 0),
  })
  .map(({ top, habit: own, head, foot, crlf, open }) => {
    const text = `${head}kind: K\n${own.noise[0]}${block({ map: top, habit: own }, 0)}${foot}`;
    // a last line of text without its end can have nothing behind it (a case in structure.test.ts)
    const ended = open && !text.includes('|') ? text.replace(/\n+$/, '') : text;
    return crlf ? ended.replaceAll('\n', '\r\n') : ended;
  });
const json = fc
  .tuple(entries(tree), fc.constantFrom(undefined, 1, 2, 4, '\t'), fc.constantFrom('', '\n'))
  .map(([top, step, end]) => JSON.stringify({ kind: 'K', ...Object.fromEntries(top.map(([name, value]) => [name, plain(value)])) }, null, step) + end);

/** A text with `kind` at the top. Now and then one that no reader takes. */
export const configText = fc.oneof({ weight: 6, arbitrary: yaml }, { weight: 1, arbitrary: json });

const word = fc.constantFrom('x', 'y', 'no', '5m', '10%', 'a: b', 'a #b', '# c', '', ' ', '1', '0o7', '한글', 'it\'s', 'say "x"', 'l1\nl2', '*a', '&a', '-', '- a', 'a,b', '{', '[x]', '1e3', '~');
const newKey = fc.constantFrom('new', 'imagefs.available', 'a b', 'yes', '1', 'n/a', 'x: y');
/** A new value: a scalar, a list or a map, down to two levels. */
export const newValue: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 4, arbitrary: fc.oneof(word, fc.integer(), fc.boolean(), fc.constant(null), fc.double({ noNaN: true, noDefaultInfinity: true })) },
  { weight: 1, arbitrary: fc.array(fc.oneof(word, fc.dictionary(newKey, word, { maxKeys: 2 }), fc.array(word, { maxLength: 2 })), { maxLength: 3 }) },
  { weight: 1, arbitrary: fc.dictionary(newKey, fc.oneof(word, fc.array(word, { maxLength: 2 }), fc.dictionary(newKey, word, { maxKeys: 2 })), { maxKeys: 3 }) },
);
/** What is done, at which of the places that there are. */
export const wish = fc.record({
  kind: fc.constantFrom('set', 'add', 'append', 'remove'),
  at: fc.nat(),
  key: newKey,
  deep: fc.boolean(),
  value: newValue,
});
export type Wish = typeof wish extends fc.Arbitrary<infer T> ? T : never;
