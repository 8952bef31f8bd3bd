/** kcfg is killed by SIGKILL at each of its calls: while it changes, while it goes back, and while a recovery is at work. */
import { CHANGES, type Change } from './sandbox/changes.ts';
import { type HookedNode, startHookedNode } from './sandbox/hooked-node.ts';
import { goesThrough, type KillCase, runKillCase } from './sandbox/kill-case.ts';
import { AT_A_RECORD, killCases } from './sandbox/kill-cases.ts';
import type { Lane, LaneOptions, LaneResult } from './lane.ts';

/** Cores of a CI machine, each with a node. */
const NODES = 2;
/** After so many cases the change is made without a kill, and gone back from. */
const UNHARMED_EVERY = 10;
/** In CI records come first, of every change, and a few calls of each; then more calls, until this is over. On a slow machine every other record, by the seed. */
const CI_MS = 200_000;
const CALLS_AT_LEAST = 6;

export const lane: Lane = {
  name: 'sandbox-kill',
  about: 'real processes of kcfg on a pretend node, killed at each record and each call',
  async run(options) {
    const result: LaneResult = { counts: {}, bad: [] };
    const queue = [...CHANGES];
    const began = Date.now();
    const work = async (): Promise<void> => {
      for (let change = queue.shift(); change !== undefined; change = queue.shift()) {
        // those that wait have their share of the time too
        const share = (CI_MS - (Date.now() - began)) / Math.ceil((queue.length + NODES) / NODES);
        await breakChange(change, options, options.all ? Number.POSITIVE_INFINITY : Date.now() + share, result);
      }
    };
    await Promise.all(Array.from({ length: NODES }, work));
    result.counts = Object.fromEntries(Object.entries(result.counts).sort(([a], [b]) => (a < b ? -1 : 1)));
    return result;
  },
};

async function breakChange(change: Change, options: LaneOptions, until: number, result: LaneResult): Promise<void> {
  const count = (what: string): void => void (result.counts[what] = (result.counts[what] ?? 0) + 1);
  const tell = (line: string): void => {
    result.bad.push(line);
    options.say(`bad: ${line}`);
  };
  const fresh = async (): Promise<HookedNode> => {
    const node = await startHookedNode({ speed: 40 });
    for (const argv of change.prepare) for (const line of await goesThrough(node, argv)) tell(`${change.name}, before any kill: ${line}`);
    return node;
  };
  let node = await fresh();
  const cases = await killCases(node, change, options);
  options.say(`${change.name}: ${cases.length} cases`);
  const always = cases.filter(({ kind }) => kind === AT_A_RECORD).length + CALLS_AT_LEAST;
  for (const [index, each] of cases.entries()) {
    if (Date.now() > until && (index >= always || index % 2 !== options.seed % 2)) {
      count('left out, for want of time');
      continue;
    }
    const { killed, end, bad } = await runKillCase(node, each);
    count(killed ? `${each.kind}: all is ${end}` : 'ended before the call at which they were to be killed');
    if (bad.length === 0 && index % UNHARMED_EVERY === 0) bad.push(...(await goesThrough(node, change.argv)), ...(await goesThrough(node, change.back)));
    if (bad.length === 0) continue;
    tell(`${title(each)}: ${bad.join(' | ')}`);
    // what is broken is not held against the next case
    await node.down();
    node = await fresh();
  }
  await node.down();
}

/** `move, killed before call 12 of run, before call 1 of recover, then boot`. */
function title({ change, kills, refused, then }: KillCase): string {
  const where = kills.map(({ verb, when, call, record }) => `${when} ${call === undefined ? `record ${record}` : `call ${call}`} of ${verb}`);
  return [`${change.name}${refused === true ? ', refused by the kubelet' : ''}, killed ${where.join(', ')}`, ...(then === undefined ? [] : [`then ${then}`])].join(', ');
}
