/** Two faults at once, on a pretend node: is either named, the one nearer to the root first, and does the node come back whole? */
import { startNode } from '../sandbox/node.ts';
import type { Case, Step } from './case.ts';
import type { CaseNode } from './case-node.ts';
import { drawPairs, type Left, leftBy, type Pair, pathsOf, undone } from './draw-pairs.ts';
import { changedPaths, type Diagnosis, type Finding, placeOf, pointsAt, typed } from './judge.ts';
import { nearness } from './order.ts';
import { pretendNode } from './sandbox-node.ts';
import { doStep, lookBefore, settle } from './steps.ts';

export interface PairResult {
  pair: string;
  /** The second undoes the first: drawn again. */
  none?: string | undefined;
  /** What went wrong outside kcfg. */
  problem?: string;
  /** Place of either among the errors; -1: not named. */
  places: [number, number];
  order: boolean;
  /** Recoveries and printed commands until all is Ready; undefined: it did not come back. */
  rounds?: number;
  /** Errors that are neither. */
  others: string[];
  worse: string[];
  told: string[];
  said: string[];
}

const SPEED = 10;
const AT_ONCE = 2;
const READY_S = 330;
/** A person types no more often than that. */
const MOST = 3;

/** `count` of those that are pairs; what is none is told as well. */
export async function pairsOnSandbox(count: number, seed: number, done: (result: PairResult) => void): Promise<void> {
  await pairsFrom(drawPairs(seed), count, done);
}

export async function pairsFrom(drawn: Iterator<Pair>, count: number, done: (result: PairResult) => void): Promise<void> {
  let wanted = count;
  const work = async (): Promise<void> => {
    while (wanted > 0) {
      const next = drawn.next();
      if (next.done === true) return;
      wanted--;
      const result = await pairOnSandbox(next.value);
      if (result.none !== undefined) wanted++;
      done(result);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}

export async function pairOnSandbox(pair: Pair): Promise<PairResult> {
  const node = await startNode({ speed: SPEED });
  const result: PairResult = { pair: pair.map(({ id }) => id).join('+'), places: [-1, -1], order: false, others: [], worse: [], told: [], said: [] };
  try {
    await runPair(pair, pretendNode(node, SPEED), result);
  } catch (error) {
    result.problem = (error as Error).message;
  } finally {
    await node.down();
  }
  return result;
}

async function runPair(pair: Pair, node: CaseNode, result: PairResult): Promise<void> {
  const [first, second] = pair;
  await node.ready(READY_S);
  const left = await does(first, node, 'shows');
  try {
    await does(second, node, 'may hide');
  } catch (error) {
    result.none = (error as Error).message;
    return;
  }
  result.none = await undone(left, node);
  if (result.none !== undefined) return;

  const [up, broken] = [await node.up(), node.tree()];
  const diagnosis = await doctor(node);
  const read = changedPaths(broken, node.tree());
  if (read.length > 0) result.worse.push(`doctor changed ${read.join(', ')}`);
  const errors = diagnosis.findings.filter(({ severity }) => severity === 'error');
  result.places = placesOf(pair, errors, node);
  result.order = isOrdered(pair, result.places);
  result.told = [diagnosis.verdict, ...errors.map(words)];
  result.others = errors.filter((_, at) => !result.places.includes(at)).map(words);

  for (let round = 1; round <= MOST; round++) {
    if (!(await mends(node, result))) break;
    const late = await node.ready(round === MOST ? READY_S : 60).catch((error: Error) => error.message);
    // what ends again and again runs for a moment, too
    if (late === undefined && (await doctor(node)).findings.every(({ severity }) => severity === 'warning')) {
      result.rounds = round;
      break;
    }
    result.said.push(late ?? 'all run, and something is still wrong');
  }
  const lost = Object.entries(await node.up()).filter(([name, is]) => !is && up[name] === true);
  // victims go down by themselves, where nothing was done
  if (lost.length > 0 && (result.rounds !== undefined || changedPaths(broken, node.tree()).length > 0)) result.worse.push(`answered before, and not after: ${lost.map(([name]) => name).join(', ')}`);
}

/** Of either among the errors, at its line; -1: not named. One finding names one of them. */
function placesOf([first, second]: Pair, errors: readonly Finding[], node: CaseNode): [number, number] {
  const [ofFirst = [], ofSecond = []] = [first, second].map((subject) => errors.flatMap((finding, at) => (placeOf(subject, { healthy: false, verdict: '', findings: [finding] }) === 0 && pointsAt(subject, finding, node) !== false ? [at] : [])));
  const both = ofFirst.flatMap((a) => ofSecond.map((b): [number, number] => [a, b])).find(([a, b]) => a !== b);
  return both ?? (ofFirst[0] === undefined ? [-1, ofSecond[0] ?? -1] : [ofFirst[0], -1]);
}

/** Both named, and the one nearer to the root first; of one layer, either. */
function isOrdered([first, second]: Pair, [a, b]: readonly [number, number]): boolean {
  const nearer = Math.sign(nearness(first) - nearness(second));
  return a >= 0 && b >= 0 && Math.min(a, b) === 0 && (nearer === 0 || Math.sign(a - b) === nearer);
}

/** The second of two may not show: without a kubelet nothing new is started. Its files are as they are all the same. */
async function does(subject: Case, node: CaseNode, how: 'shows' | 'may hide'): Promise<Left> {
  const texts = new Map(subject.break.flatMap(pathsOf).map((path) => [path, node.read(path)?.toString()]));
  const before = await lookBefore(node);
  const waits = async (step: Step): Promise<void> => {
    if (!('wait' in step) || how === 'shows') return doStep(node, step, before);
    await settle(node, step.wait, before, HIDDEN_S).catch(() => undefined);
  };
  for (const step of subject.break) await waits(step);
  if (how === 'shows') await settle(node, subject.settle, before);
  else await settle(node, subject.settle, before, HIDDEN_S).catch(() => undefined);
  return leftBy(subject, texts, node);
}
/** Two listings of the directory, and as much again. */
const HIDDEN_S = 60;

async function doctor(node: CaseNode): Promise<Diagnosis> {
  const { code, stdout, stderr } = await node.kcfg(['doctor', '-o', 'json']);
  try {
    return JSON.parse(stdout) as Diagnosis;
  } catch {
    throw new Error(`doctor ended with ${code}: ${stderr.slice(0, 500)}`);
  }
}

const words = ({ id, component, file, line, cause, fix }: Finding): string => `${id} ${component} ${file ?? ''}:${line ?? ''} ${cause} [${fix?.kind ?? 'no fix'}]`;

/** As a person would: `kcfg recover --yes`, else the commands that it prints. False where there is nothing to type. */
async function mends(node: CaseNode, result: PairResult): Promise<boolean> {
  const before = node.tree();
  const { code, stdout, stderr } = await node.kcfg(['recover', '--yes']);
  result.said.push(`recover ${code}: ${(code === 0 ? stdout : stderr).trim().split('\n').slice(-4).join(' | ').slice(0, 500)}`);
  if (code === 0 || code === 8) return true;
  const changed = changedPaths(before, node.tree());
  if (changed.length > 0) result.worse.push(`recover ended with ${code}, and left changed: ${changed.join(', ')}`);
  const commands = [...stderr.matchAll(/^ {8,}(\S.*)$/gm)].map(([, line]) => line ?? '').filter((line) => line !== 'kcfg recover');
  const argvs = commands.map(typed);
  if (argvs.length === 0 || argvs.some((argv) => argv === undefined)) return false;
  for (const argv of argvs) {
    const run = argv?.[0] === 'kcfg' ? await node.kcfg(argv.slice(1)) : await node.run(argv ?? []);
    result.said.push(`${argv?.join(' ')}: ${run.code} ${run.stderr.slice(-120)}`);
  }
  return true;
}

export const holds = ({ problem, places, order, rounds, worse }: PairResult): boolean => problem === undefined && !places.includes(-1) && order && rounds !== undefined && worse.length === 0;

/** One line a pair, what is not as it has to be in words. */
export function pairLine(result: PairResult): string {
  const { pair, none, problem, places, order, rounds, others, worse, told, said } = result;
  if (none !== undefined) return `- ${pair}: no pair: ${none}`;
  if (problem !== undefined) return `! ${pair}: ${problem}`;
  const [a, b] = places.map((place) => (place < 0 ? 'NOT NAMED' : String(place + 1)));
  const line = `${holds(result) ? '✓' : '✗'} ${pair.padEnd(12)} named as ${a} and ${b}${order ? '' : ', WRONG ORDER'}, ${rounds === undefined ? 'NOT WHOLE' : `whole after ${rounds}`}${others.length > 0 ? `, ${others.length} other errors` : ''}`;
  return holds(result) && others.length === 0 ? line : [line, ...worse.map((text) => `    WORSE: ${text}`), ...[...told, ...said].map((text) => `    ${text.slice(0, 300)}`)].join('\n');
}
