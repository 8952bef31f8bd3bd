/**
 * Every place at which a change can be killed, found by making it once while the hook writes its calls down; and of them a part,
 * another one for each seed. Some 1,550 places a change and 3 s each are half a day on two cores: with --all every record, and of
 * the calls the part of that seed, without a limit of time. Seeds 1 to 36 together are all there are.
 */
import type { Change } from './changes.ts';
import type { Call, HookedNode } from './hooked-node.ts';
import { goesThrough, type KillCase } from './kill-case.ts';
import type { Kill } from './kill-hook.ts';
import { createRandom } from './random.ts';
import { podsUp, settle } from './whole-node.ts';

export const AT_A_RECORD = 'killed at a record';
/** Of the calls of a change every 12th; of those of recoveries, which are three times as many, every 36th. */
const CALLS_APART = 12;
const RECOVERY_APART = 36;

/** Makes the change several times; leaves the node as it was. */
export async function killCases(node: HookedNode, change: Change, { all, seed }: { all: boolean; seed: number }): Promise<KillCase[]> {
  const every = <T>(apart: number, list: T[]): T[] => list.filter((_, index) => (index + seed) % apart === 0);
  const made = await written(node, change, []);
  if (change.back.length > 0) await goesThrough(node, change.back);
  await node.fault('kubelet-refuses', change.refused);
  const undone = await written(node, change, []);
  await node.fault('kubelet-refuses', null);

  const run = made.filter(({ verb }) => verb === 'run');
  const command = made.filter(({ verb }) => verb === 'command');
  const back = undone.filter(({ verb }) => verb === 'run');
  const begins = back.findIndex(({ what }) => what.includes('"type":"undoing"'));
  const goingBack = back.slice(begins);
  const proven = run.find(({ what }) => what.includes('"type":"verified"'))?.record;

  const kill = (verb: string, when: Kill['when'], at: Pick<Kill, 'call' | 'record'>): Kill => ({ verb, when, ...at });
  const atRecords = (calls: Call[], more: Partial<KillCase>): KillCase[] =>
    calls.flatMap(({ record }, index) => {
      const whens = (['after', 'torn', 'before'] as const).filter((_, each) => all || (index + seed) % 3 === each && (more.refused !== true || index % 3 === seed % 3));
      return record === undefined ? [] : whens.map((when) => ({ kind: AT_A_RECORD, change, kills: [kill('run', when, { record })], ...more }));
    });
  const atCalls = (kind: string, calls: Call[], more: Partial<KillCase> = {}, first: Kill[] = []): KillCase[] =>
    calls.flatMap(({ verb, call, what }) => {
      // a program goes on without the one that started it
      const whens = what.startsWith('spawn') ? (['before', 'after'] as const) : (['before'] as const);
      return whens.map((when) => ({ kind, change, kills: [...first, kill(verb, when, { call })], ...more }));
    });

  const cases = [
    ...atRecords(run.filter(({ record }) => record !== undefined), {}),
    ...atRecords(goingBack.filter(({ record }) => record !== undefined), { refused: true }),
    ...every(CALLS_APART, atCalls('killed at a call', run)),
    ...every(CALLS_APART, atCalls('killed at a call of going back', goingBack, { refused: true })),
    ...every(CALLS_APART, atCalls('killed before its service', command.slice(0, command.findIndex(({ what }) => what.startsWith('spawn systemd-run')) + 1), { then: 'kcfg' })),
  ];
  for (const [index, record] of [beforeRestart(run), proven].entries()) {
    if (record === undefined) continue;
    const first = kill('run', 'after', { record });
    const recovery = (await written(node, change, [first])).filter(({ verb }) => verb === 'recover');
    if (index === 1) await goesThrough(node, change.back);
    for (const [way, then] of (['boot', 'kcfg', 'abort'] as const).entries()) {
      const share = recovery.filter((_, each) => each % 3 === way);
      cases.push(...every(Math.ceil(RECOVERY_APART / 3), atCalls(`its recovery killed too, then ${then}`, share, { then }, [first])));
    }
  }
  cases.push(...(await bootsAndScripts(node, change, run, every)));
  // what there is no time for is not always the same
  const random = createRandom(seed);
  const order = new Map(cases.map((each) => [each, each.kind === AT_A_RECORD ? -1 : random.below(1_000_000)]));
  return cases.sort((a, b) => (order.get(a) ?? 0) - (order.get(b) ?? 0));
}

/** Recovery is prevented at once, so that the boot's own is killed, or undo.sh has all of it to do. */
async function bootsAndScripts(node: HookedNode, change: Change, run: Call[], every: <T>(apart: number, list: T[]) => T[]): Promise<KillCase[]> {
  const records = run.flatMap(({ record }) => (record === undefined ? [] : [record]));
  const prevented = (record: number): Kill[] => [
    { verb: 'run', when: 'after', record },
    { verb: 'recover', when: 'before', call: 1 },
  ];
  const scripts = every(4, records).map((record): KillCase => ({ kind: 'undone by undo.sh', change, kills: prevented(record), then: 'undo.sh' }));
  const from = prevented(records[Math.floor(records.length / 2)] ?? 0);
  node.arm(from);
  await node.kcfg([...change.argv, '--yes']);
  await settle(node, { pending: true });
  node.arm([]);
  await node.reboot();
  await podsUp(node);
  const boot = node.disarm().calls.filter(({ verb }) => verb === 'boot');
  const boots = boot.map(({ call }): KillCase => ({ kind: 'killed at boot too, then a boot', change, kills: [...from, { verb: 'boot', when: 'before', call }], then: 'two boots' }));
  return [...scripts, ...every(RECOVERY_APART, boots)];
}

/** Makes the change; gives every call, in the order in which each process came to it. */
async function written(node: HookedNode, change: Change, kills: readonly Kill[]): Promise<Call[]> {
  node.arm(kills);
  await node.kcfg([...change.argv, '--yes']);
  await settle(node);
  return node.disarm().calls;
}

/** The last record before the kubelet is restarted or stopped. */
function beforeRestart(run: Call[]): number | undefined {
  const restart = run.find(({ what }) => /^spawn systemctl .*(restart|stop),--,kubelet/.test(what))?.call ?? 0;
  return run.filter(({ call, record }) => record !== undefined && call < restart).at(-1)?.record;
}
