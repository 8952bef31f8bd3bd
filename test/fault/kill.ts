/**
 * kcfg is killed at every operation on the disk and every call to systemd, the runtime and HTTP: before it, and after it took
 * effect. What it wrote is there, since the machine runs on. Then its unit recovers, on the running node, as ExecStopPost= does.
 * Afterwards the node must be whole, the kubelet up with what is on disk, and every pod the one from before, where the change
 * keeps them. The same for a recovery that is killed, which the next `kcfg abort`, or the next boot, finishes.
 */
import { record } from './disk.ts';
import type { Lane } from './lane.ts';
import { copyData, hashData, makeMachine, type Data } from './model/machine.ts';
import type { Call, Gate } from './model/memory-disk.ts';
import { trouble } from './model/running.ts';
import { begin, scenarios, type Scenario } from './model/scenarios.ts';
import { recorded, shortened, verdict, type Sides } from './model/whole.ts';

/** Of recoveries that are killed themselves, for CI: one in so many. */
const SAMPLE = 30;

interface Death {
  data: Data;
  words: string;
}

export const lane: Lane = {
  name: 'kill',
  about: 'kcfg is killed at each operation and each call; then recovery on the running node',
  async run({ all, say }) {
    const counts = { points: 0, distinct: 0, again: 0, distinctAgain: 0 };
    const bad: string[] = [];
    const changes = await scenarios();
    let [seen, seenAgain] = [new Set<string>(), new Set<string>()];
    for (const scenario of changes) {
      say(scenario.name);
      if (scenario.trouble === undefined) [seen, seenAgain] = [new Set(), new Set()];
      const { sides } = await record(scenario);
      for (const death of await deaths(scenario, copyData(scenario.before), async (machine, gate) => void (await begin(machine.open(gate), scenario)))) {
        counts.points++;
        const hash = hashData(death.data);
        if (seen.has(hash)) continue;
        seen.add(hash);
        counts.distinct++;
        const at = `${scenario.name}: killed ${death.words}`;
        const wrong = await recovered(scenario, death.data, sides, 'signal');
        if (wrong !== '') bad.push(`${at}: ${wrong}`);
        if (!all && counts.distinct % SAMPLE !== 0) continue;
        for (const again of await deaths(scenario, copyData(death.data), async (machine, gate) => void (await machine.run(['recover', scenario.plan.id, 'signal'], gate)))) {
          counts.again++;
          const hash = hashData(again.data);
          if (seenAgain.has(hash)) continue;
          seenAgain.add(hash);
          counts.distinctAgain++;
          const wrong = await recovered(scenario, again.data, sides, counts.distinctAgain % 2 === 0 ? 'asked' : 'boot');
          if (wrong !== '') bad.push(`${at}; and again in recovery ${again.words}: ${wrong}`);
        }
      }
    }
    return {
      counts: {
        'changes, each done and gone back from': changes.length,
        'points at which kcfg was killed': counts.points,
        'of them distinct': counts.distinct,
        [all ? 'points at which recovery was killed' : `points at which recovery was killed (of one in ${SAMPLE})`]: counts.again,
        ' of them distinct': counts.distinctAgain,
      },
      bad,
    };
  },
};

/** The machine as it is at every point at which a process could end. */
async function deaths(scenario: Scenario, data: Data, deed: (machine: ReturnType<typeof makeMachine>, gate: Gate) => Promise<void>): Promise<Death[]> {
  const found: Death[] = [];
  const note = (words: string): void => void found.push({ data: copyData(machine.data), words });
  const gate: Gate = {
    pass(call: Call) {
      if (call.write || call.other === true) note(`before ${call.name} ${call.path}`);
      return undefined;
    },
    look: () => undefined,
  };
  const machine = makeMachine(data, scenario.trouble);
  await deed(machine, gate);
  note('at its end');
  machine.clock.stop();
  return found;
}

async function recovered({ before, plan, trouble: refuses }: Scenario, dead: Data, sides: Sides, how: 'signal' | 'asked' | 'boot'): Promise<string> {
  const machine = makeMachine({ ...copyData(dead), names: { next: dead.names.next + 0x10000 } }, refuses);
  try {
    if (how === 'boot') {
      machine.data.kubelet = undefined;
      machine.data.wanted = false;
      machine.data.pods = { sandboxes: [], containers: [] };
      await machine.run(['boot']);
      await machine.boot();
    } else await machine.run(['recover', plan.id, how]);
    // it stays on trial: nobody confirms
    if (recorded(machine.data.disk, plan.id).outcome === 'on-trial') await machine.run(['revert', plan.id]);
    if (machine.crashes.length > 0) return `recovery crashed: ${shortened(machine.crashes[0])}`;
    const wrong = verdict(machine.data.disk, sides, plan.id);
    if (wrong !== '') return `${wrong} (${machine.errors.map(shortened).join('; ')})`;
    return await trouble(machine, before, plan.strategy !== 'recreate' && how !== 'boot' && plan.verb !== 'unpin');
  } catch (error) {
    return `recovery failed: ${shortened(error)}`;
  } finally {
    machine.clock.stop();
  }
}
