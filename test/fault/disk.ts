/**
 * The power fails after every operation on the disk, forward, while going back, and while recovering; in every state that the
 * disk may then be in, the boot unit decides. Afterwards the node must be whole: exactly old or exactly new.
 */
import { PENDING } from '../../src/transaction/store.ts';
import { recoverUnit, RECOVER_UNIT } from '../../src/transaction/units.ts';
import type { Lane } from './lane.ts';
import { crashStates, type Bounds, type Enumeration } from './model/crash-states.ts';
import type { Op, State } from './model/disk-state.ts';
import { copyData, makeMachine, type Machine } from './model/machine.ts';
import { begin, scenarios, type Scenario } from './model/scenarios.ts';
import { outside, readText, shortened, sideOf, verdict, type Sides } from './model/whole.ts';

/** Of recoveries that are themselves cut off, for CI: one in so many. */
const SAMPLE = 40;

export const lane: Lane = {
  name: 'disk',
  about: 'the power fails after each operation on the disk; then every state it may be in, and recovery at boot',
  async run({ all, say }) {
    const first: Enumeration = { operations: 0, states: 0, bounded: 0 };
    const second: Enumeration = { operations: 0, states: 0, bounded: 0 };
    const bounds: Bounds = { temporaries: all ? 'every subset' : 'whole', names: 6 };
    const counts = { distinct: 0, nested: 0, old: 0, new: 0 };
    const bad: string[] = [];
    const changes = await scenarios();
    let [seen, seenAgain] = [new Set<string>(), new Set<string>()];
    for (const scenario of changes) {
      say(scenario.name);
      const { log, sides, wrong } = await record(scenario);
      if (wrong !== '') bad.push(`${scenario.name}: ${wrong}`);
      // up to where it goes back it is the same change
      if (scenario.trouble === undefined) [seen, seenAgain] = [new Set(), new Set()];
      for (const crash of crashStates(scenario.before.disk, log, seen, first, bounds)) {
        counts.distinct++;
        const recovery = await reboot(scenario, crash.state, sides, 1);
        counts[recovery.side]++;
        const at = `${scenario.name}: power cut after operation ${crash.after} of ${log.length}, ${words(log[crash.after - 1])}`;
        if (recovery.wrong !== '') bad.push(`${at}: ${recovery.wrong}`);
        if (!all && counts.distinct % SAMPLE !== 0) continue;
        for (const again of crashStates(crash.state, recovery.log, seenAgain, second, bounds)) {
          counts.nested++;
          const { wrong } = await reboot(scenario, again.state, sides, 2);
          if (wrong !== '') bad.push(`${at}; and again in recovery after operation ${again.after}, ${words(recovery.log[again.after - 1])}: ${wrong}`);
        }
      }
    }
    return {
      counts: {
        'changes, each done and gone back from': changes.length,
        'operations on the disk, each followed by a power cut': first.operations,
        'crash states': first.states,
        'of them distinct': counts.distinct,
        'ended old': counts.old,
        'ended new': counts.new,
        [all ? 'operations of recovery, each followed by a power cut' : `operations of recovery, each followed by a power cut (of one state in ${SAMPLE})`]: second.operations,
        'crash states in recovery': second.states,
        ' of them distinct': counts.nested,
        'sets of names too large for every subset': first.bounded + second.bounded,
        ...(all ? {} : { 'files under a temporary name with some of their attributes (all of them: --all)': 0 }),
      },
      bad,
    };
  },
};

/** The change as it goes without a power cut, and the two sides that it leads between. */
export async function record(scenario: Scenario): Promise<{ log: Op[]; sides: Sides; wrong: string }> {
  const sides: Sides = { old: outside(scenario.before.disk), wanted: outside((await play({ ...scenario, trouble: {} })).data.disk) };
  const machine = await play(scenario);
  const side = sideOf(machine.data.disk, sides);
  const expected = scenario.trouble === undefined ? 'new' : 'old';
  return { log: machine.log, sides, wrong: side === expected ? '' : `without any fault it ended ${typeof side === 'string' ? side : side.odd}` };
}

async function play(scenario: Scenario): Promise<Machine> {
  const machine = makeMachine(copyData(scenario.before), scenario.trouble);
  await begin(machine.open(), scenario);
  machine.clock.stop();
  return machine;
}

/** A machine that starts with such a disk; and what it comes to. */
async function reboot({ before, plan }: Scenario, state: State, sides: Sides, time: number): Promise<{ log: Op[]; side: 'old' | 'new'; wrong: string }> {
  // temporary names of an earlier boot do not come again
  const names = { next: before.names.next + time * 0x10000 };
  const machine = makeMachine({ ...copyData(before), names, disk: new Map(state), kubelet: undefined, wanted: false, pods: { sandboxes: [], containers: [] } });
  const host = machine.open();
  const end = (wrong: string): { log: Op[]; side: 'old' | 'new'; wrong: string } => ({ log: machine.log, side: sideOf(machine.data.disk, sides) === 'new' ? 'new' : 'old', wrong });
  const pending = readText(state, PENDING) !== undefined;
  try {
    if (pending && !bootUnitIn(state, host.self)) {
      // systemd runs nothing, and the kubelet starts with what is there
      const side = sideOf(state, sides, 'units');
      if (side !== 'old') return end(`the boot unit is not on disk, and the node is ${typeof side === 'string' ? side : side.odd}`);
    }
    await machine.run(['boot']);
    if (machine.crashes.length > 0) return end(`recovery crashed: ${shortened(machine.crashes[0])}`);
    const wrong = verdict(machine.data.disk, sides, plan.id);
    if (wrong !== '') return end(`${wrong} (${machine.errors.map(shortened).join('; ')})`);
    const length = machine.log.length;
    await machine.run(['boot']);
    return end(machine.log.length > length ? 'a second recovery did something' : '');
  } catch (error) {
    return end(`recovery failed: ${shortened(error)}`);
  }
}

/** Whole, and enabled. */
function bootUnitIn(state: State, argv: readonly string[]): boolean {
  const path = `/etc/systemd/system/${RECOVER_UNIT}`;
  return readText(state, path) === recoverUnit(argv) && readText(state, `/etc/systemd/system/multi-user.target.wants/${RECOVER_UNIT}`) === path;
}

export function words(op: Op | undefined): string {
  switch (op?.op) {
    case undefined:
      return 'none';
    case 'names':
      return op.names.map(({ name, ino }) => `${ino === undefined ? 'no more' : op.makes === undefined ? 'now' : 'made'} ${name}`).join(', ');
    case 'data':
      return `${op.data.length} bytes written`;
    case 'attributes':
      return `${Object.keys(op.set).join(', ')} set`;
    case 'sync':
      return 'synced';
  }
}
