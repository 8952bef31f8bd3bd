/** kcfg is killed by SIGKILL at each of its calls: while it changes, while it goes back, and while a recovery is at work. */
import { CHANGES, type Change } from './sandbox/changes.ts';
import { type HookedNode, startHookedNode } from './sandbox/hooked-node.ts';
import { goesThrough, type KillCase, runKillCase } from './sandbox/kill-case.ts';
import { killCases } from './sandbox/kill-cases.ts';
import type { Lane, LaneOptions, LaneResult } from './lane.ts';

/** Cores of a CI machine. */
const NODES = 2;
/** After so many cases the change is made without a kill, and gone back from. */
const UNHARMED_EVERY = 10;

export const lane: Lane = {
  name: 'sandbox-kill',
  about: 'real processes of kcfg on a pretend node, killed at each record and each call',
  async run(options) {
    const result: LaneResult = { counts: {}, bad: [] };
    await Promise.all(Array.from({ length: NODES }, (_, worker) => work(options, worker, result)));
    result.counts = Object.fromEntries(Object.entries(result.counts).sort(([a], [b]) => (a < b ? -1 : 1)));
    return result;
  },
};

/** Every change is made on every node; its cases are shared out. */
async function work(options: LaneOptions, worker: number, result: LaneResult): Promise<void> {
  const tell = (line: string): void => {
    result.bad.push(line);
    options.say(`bad: ${line}`);
  };
  for (const change of CHANGES) {
    const fresh = async (): Promise<HookedNode> => {
      const node = await startHookedNode({ speed: 40 });
      for (const argv of change.prepare) for (const line of await goesThrough(node, argv)) tell(`${change.name}, before any kill: ${line}`);
      return node;
    };
    let node = await fresh();
    const cases = (await killCases(node, change, options)).filter((_, index) => index % NODES === worker);
    options.say(`node ${worker + 1}: ${change.name}, ${cases.length} cases`);
    for (const [index, each] of cases.entries()) {
      const { killed, end, bad } = await runKillCase(node, each);
      const count = killed ? `${each.kind}: all is ${end}` : 'ended before the call at which they were to be killed';
      result.counts[count] = (result.counts[count] ?? 0) + 1;
      if (bad.length === 0 && index % UNHARMED_EVERY === 0) bad.push(...(await nextChange(node, change)));
      if (bad.length === 0) continue;
      tell(`${title(each)}: ${bad.join(' | ')}`);
      // what is broken is not held against the next case
      await node.down();
      node = await fresh();
    }
    await node.down();
  }
}

async function nextChange(node: HookedNode, change: Change): Promise<string[]> {
  return [...(await goesThrough(node, change.argv)), ...(await goesThrough(node, change.back))];
}

/** `move, killed before call 12 of run, before call 1 of recover, then boot`. */
function title({ change, kills, refused, then }: KillCase): string {
  const where = kills.map(({ verb, when, call, record }) => `${when} ${call === undefined ? `record ${record}` : `call ${call}`} of ${verb}`);
  return [`${change.name}${refused === true ? ', refused by the kubelet' : ''}, killed ${where.join(', ')}`, ...(then === undefined ? [] : [`then ${then}`])].join(', ');
}
