/**
 * Two kcfg at the same moment, a hundred times: one changes the node, the other leaves, or they come one after the other.
 * What each said is what became of its change, and history has every change without a hole.
 */
import { parse } from 'yaml';
import type { Run } from '../sandbox/node.ts';
import { readHere } from '../sandbox/in-process.ts';
import { type HookedNode, startHookedNode } from './sandbox/hooked-node.ts';
import { createRandom, type Random } from './sandbox/random.ts';
import { changeIds, podsUp, settle } from './sandbox/whole-node.ts';
import type { Lane, LaneResult } from './lane.ts';

const ROUNDS = 100;
const NODES = 2;
/** The second begins within this after the first: a change needs a second, so that it meets every part of it. */
const LATEST_MS = 300;
const CONFIG = '/var/lib/kubelet/config.yaml';

type Values = Record<string, unknown>;
interface Side {
  argv: string[];
  /** What becomes of the settings, if it is made. */
  effect(values: Values): Values;
}

export const lane: Lane = {
  name: 'two',
  about: 'two kcfg at once, begun within 300 ms of each other',
  async run({ seed, say }) {
    const result: LaneResult = { counts: {}, bad: [] };
    const count = (what: string): void => void (result.counts[what] = (result.counts[what] ?? 0) + 1);
    const work = async (worker: number): Promise<void> => {
      const random = createRandom(seed * 1000 + worker);
      const node = await startHookedNode({ speed: 40 });
      await node.kcfg(['set', 'maxPods=100', 'podPidsLimit=1000', '--yes']);
      for (let round = 0; round < ROUNDS / NODES; round++) {
        const before = settingsOf(node);
        const [a, b, name] = pair(random, before, round);
        const bad = await together(node, before, a, b, random.below(LATEST_MS), count);
        for (const line of bad) {
          result.bad.push(`seed ${seed}, node ${worker + 1}, round ${round}, ${name}: ${line}`);
          say(result.bad.at(-1) ?? '');
        }
      }
      await node.down();
    };
    await Promise.all(Array.from({ length: NODES }, (_, worker) => work(worker)));
    return result;
  },
};

function pair(random: Random, before: Values, round: number): [Side, Side, string] {
  const set = (field: string): Side => {
    const value = 100 + random.below(900);
    return { argv: ['set', field, String(value)], effect: (values) => ({ ...values, [field]: value }) };
  };
  const unset: Side = { argv: ['unset', 'podPidsLimit'], effect: ({ podPidsLimit: _, ...values }) => values };
  // of the newest change that was kept, whichever that is by then
  const rollback: Side = { argv: ['rollback'], effect: (values) => ({ ...values, '?': true }) };
  switch (round % 4) {
    case 0:
      return [set('maxPods'), set('podPidsLimit'), 'different fields'];
    case 1:
      return [set('maxPods'), set('maxPods'), 'the same field'];
    case 2:
      return [set('maxPods'), rollback, 'set beside rollback'];
    default:
      return [set('podPidsLimit'), before.podPidsLimit === undefined ? set('maxPods') : unset, 'set beside unset'];
  }
}

async function together(node: HookedNode, before: Values, a: Side, b: Side, after: number, count: (what: string) => void): Promise<string[]> {
  const last = changeIds(node).at(-1) ?? 0;
  const first = node.kcfg([...a.argv, '--yes']);
  await new Promise((resolve) => setTimeout(resolve, after));
  const runs = [await Promise.all([first, node.kcfg([...b.argv, '--yes'])])].flat() as [Run, Run];
  const bad = [...(await settle(node)), ...(await podsUp(node))];
  const won = [a, b].filter((_, index) => runs[index]?.code === 0);
  for (const { code, stderr } of runs) {
    const error = /^error\[([a-z-]+)\]/m.exec(stderr)?.[1] ?? 'no error';
    if (code !== 0) count(`exit ${code}, ${error}`);
    const right = code === 0 || (code === 7 && error === 'locked') || (code === 1 && ['pending-change', 'stale-plan'].includes(error));
    if (!right) bad.push(`exit ${code}: ${stderr}`);
    if (code !== 0 && !/^Nothing was changed\.$/m.test(stderr)) bad.push(`exit ${code}, and the last line is not the state of the node: ${stderr}`);
  }
  count(won.length === 2 ? 'rounds in which both came in turn' : won.length === 1 ? 'rounds in which one won' : 'rounds in which none won');
  if (won.length === 0) bad.push('neither was made');

  const now = settingsOf(node);
  const orders = won.length === 2 ? [[a, b], [b, a]] : [won];
  const possible = orders.map((order) => order.reduce((values, side) => side.effect(values), before));
  // what a rollback goes back to is told by the other tests
  const same = (values: Values): boolean => '?' in values || JSON.stringify(Object.entries(values).sort()) === JSON.stringify(Object.entries(now).sort());
  if (!possible.some(same)) bad.push(`settings ${JSON.stringify(now)} were ${JSON.stringify(before)}`);
  const ids = changeIds(node);
  if (ids.some((id, index) => id !== index + 1)) bad.push(`a hole in history: ${ids.join(' ')}`);
  const history = JSON.parse((await readHere(node, ['history', '-o', 'json'])).stdout) as { changes: { id: string; result: string }[] };
  const done = history.changes.filter(({ id, result }) => Number(id) > last && result === 'done').length;
  if (done !== won.length) bad.push(`${won.length} exits of 0, and history has ${done} new changes that were kept`);
  return bad;
}

function settingsOf(node: HookedNode): Values {
  const { maxPods, podPidsLimit } = parse(node.read(CONFIG)) as Values;
  return { ...(maxPods === undefined ? {} : { maxPods }), ...(podPidsLimit === undefined ? {} : { podPidsLimit }) };
}
