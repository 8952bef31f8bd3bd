/** `npm run bench:doctor -- --pairs 20 --seed 1`: pairs that hold, what does not in words, and the sums. */
import { PAIRED, pairNamed } from '../cases/draw-pairs.ts';
import { holds, pairLine, type PairResult, pairsFrom, pairsOnSandbox } from '../cases/pairs.ts';

/** `which`: how many, or their names. */
export async function benchPairs(which: string, seed: number): Promise<number> {
  const results: PairResult[] = [];
  const done = (result: PairResult): void => {
    results.push(result);
    process.stdout.write(`${pairLine(result)}\n`);
  };
  if (/^\d+$/.test(which)) await pairsOnSandbox(Number(which), seed, done);
  else await pairsFrom(which.split(',').map(pairNamed).values(), Number.POSITIVE_INFINITY, done);
  const pairs = results.filter(({ none }) => none === undefined);
  const count = (is: (result: PairResult) => boolean): string => `${pairs.filter(is).length} of ${pairs.length}`;
  process.stdout.write(
    [
      '',
      `Drawn ${results.length} of ${PAIRED.length} cases, by seed ${seed}: ${pairs.length} pairs; of ${results.length - pairs.length} the second undoes the first.`,
      `both named: ${count(({ places }) => !places.includes(-1))}`,
      `in the right order: ${count(({ order }) => order)}`,
      `whole again: ${count(({ rounds }) => rounds !== undefined)}, at once: ${count(({ rounds }) => rounds === 1)}`,
      `no other error: ${count(({ others }) => others.length === 0)}`,
      `made worse: ${count(({ worse }) => worse.length > 0)}`,
      '',
    ].join('\n'),
  );
  return pairs.every(holds) ? 0 : 1;
}
