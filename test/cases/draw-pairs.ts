/** Random pairs of cases that can both be true of one node. */
import { type Chance, chance } from '../harness/random.ts';
import { CASES } from './book.ts';
import type { Case, Step } from './case.ts';
import type { CaseNode } from './case-node.ts';

export type Pair = readonly [first: Case, second: Case];

/** What breaks something, and on a pretend node. */
export const PAIRED: readonly Case[] = CASES.filter(({ on, expect }) => on === 'both' && expect.ids.length > 0);

/** 'B001+B035' */
export function pairNamed(name: string): Pair {
  const [first, second] = name.split('+').map((id) => PAIRED.find((each) => each.id === id));
  if (first === undefined || second === undefined) throw new Error(`${name}: no two cases of pretend nodes`);
  return [first, second];
}

/** With another pod first in the file its copy is no second one of that pod. */
const NO_PAIRS: readonly string[] = ['B016 B028', 'B016 B029', 'B028 B016', 'B029 B016'];

/** Ordered pairs of different cases, each once. */
export function* drawPairs(seed: number): Generator<Pair> {
  const from: Chance = chance(seed);
  const drawn = new Set<string>();
  while (drawn.size < PAIRED.length * (PAIRED.length - 1)) {
    const pair = [from.pick(PAIRED), from.pick(PAIRED)] as const;
    const key = pair.map(({ id }) => id).join(' ');
    if (pair[0] === pair[1] || drawn.has(key) || NO_PAIRS.includes(key)) continue;
    drawn.add(key);
    yield pair;
  }
}

/** What a case left: lines that it wrote, files that it took away. */
export interface Left {
  lines: Map<string, string[]>;
  gone: string[];
  /** Files that it made a second one of. */
  copied: string[];
  stopped: string[];
}

/** `before`: the files of its steps as they were. */
export function leftBy({ break: steps }: Case, before: ReadonlyMap<string, string | undefined>, node: CaseNode): Left {
  const left: Left = { lines: new Map(), gone: [], copied: steps.flatMap((step) => ('copy' in step ? [step.copy] : [])), stopped: [] };
  for (const path of new Set(steps.flatMap(pathsOf))) {
    const now = node.read(path)?.toString();
    if (now === undefined) left.gone.push(path);
    else if (now !== before.get(path)) left.lines.set(path, newLines(before.get(path) ?? '', now));
  }
  for (const step of steps) if ('run' in step && step.run[1] === 'stop') left.stopped.push(step.run[2] ?? '');
  return left;
}

/** Why it is no fault any more; undefined: it is. */
export async function undone({ lines, gone, copied, stopped }: Left, node: CaseNode): Promise<string | undefined> {
  for (const path of gone) if (node.read(path) !== undefined) return `${path} is there again`;
  for (const path of copied) if (node.read(path) === undefined) return `${path} is gone: its copy is the only one`;
  for (const [path, wrote] of lines) {
    const now = node.read(path)?.toString().split('\n') ?? [];
    const lost = wrote.find((line) => !now.includes(line));
    if (lost !== undefined) return `${path} has no line '${lost.slice(0, 60)}' any more`;
  }
  for (const unit of stopped) if ((await node.run(['systemctl', 'is-active', unit])).stdout.trim() === 'active') return `${unit} runs again`;
  return undefined;
}

export function pathsOf(step: Step): string[] {
  if ('edit' in step) return [step.edit];
  if ('write' in step) return [step.write];
  if ('append' in step) return [step.append];
  if ('remove' in step) return [step.remove];
  if ('move' in step) return [step.move];
  if ('copy' in step) return [step.to];
  return 'link' in step ? [step.link] : [];
}

/** Of the text as it is; an empty file has one empty line. */
function newLines(before: string, now: string): string[] {
  const old = new Set(before.split('\n'));
  const lines = now.split('\n').filter((line) => !old.has(line));
  return lines.length === 0 && now === '' ? [''] : lines;
}
