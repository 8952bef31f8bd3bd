/** Hundreds of random operations on one node, by seed, held against a model after each. */
import { longRun } from './sandbox/long-run.ts';
import type { Lane, LaneResult } from './lane.ts';

/** Seeds that failed once, with as many operations as it took: always run. */
const REGRESSIONS: readonly [seed: number, operations: number][] = [];
/** Cores of a CI machine, each with a node. */
const SIDE_BY_SIDE = 2;
const CI_MS = 75_000;
const ALL = { seeds: 2, operations: 200 };

export const lane: Lane = {
  name: 'long',
  about: 'random operations by seed, the node held against a model after each',
  async run({ all, seed, say }) {
    const result: LaneResult = { counts: { operations: 0 }, bad: [] };
    const until = all ? Number.POSITIVE_INFINITY : Date.now() + CI_MS;
    const seeds = Array.from({ length: all ? ALL.seeds : SIDE_BY_SIDE }, (_, index) => [seed + index, ALL.operations] as const);
    const queue = [...REGRESSIONS.map((each) => ({ each, limit: Number.POSITIVE_INFINITY })), ...seeds.map((each) => ({ each, limit: until }))];
    const work = async (): Promise<void> => {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
        const { counts, bad } = await longRun(...next.each, next.limit);
        for (const [what, number] of Object.entries(counts)) {
          result.counts[what] = (result.counts[what] ?? 0) + number;
          result.counts.operations = (result.counts.operations ?? 0) + number;
        }
        if (bad !== undefined) result.bad.push(bad);
        say(bad ?? `seed ${next.each[0]}: ${Object.values(counts).reduce((sum, number) => sum + number, 0)} operations`);
      }
    };
    await Promise.all(Array.from({ length: SIDE_BY_SIDE }, work));
    return result;
  },
};
