/**
 * The fault loop as SQLite has it: the Nth operation on the disk fails, for N = 1, 2, … until the change passes untouched; once,
 * or from there on (the disk stays full), and of a write also with half of it written. What kcfg then says must be true: done is
 * new, rolled back and unchanged are old, and what it calls unfinished is finished by a recovery on a sound disk. Nothing may
 * end in a stack trace. The same is done with real system calls, by strace (errno-strace.ts).
 */
import { KcfgError } from '../../src/errors.ts';
import type { Result } from '../../src/report/event.ts';
import { record } from './disk.ts';
import { straced } from './errno-strace.ts';
import type { Lane } from './lane.ts';
import { copyData, makeMachine, type Machine } from './model/machine.ts';
import type { Call, Fate, Gate } from './model/memory-disk.ts';
import { trouble } from './model/running.ts';
import { begin, scenarios, type Scenario } from './model/scenarios.ts';
import { recorded, shortened, sideOf, verdict, type Sides } from './model/whole.ts';

const ERRNOS = ['EIO', 'ENOSPC', 'EACCES', 'EROFS', 'EMFILE'] as const;
type Errno = (typeof ERRNOS)[number];
/** Where the kernel gives it; elsewhere the next one is taken. */
const GIVEN: Record<Errno, (call: Call) => boolean> = {
  EIO: () => true,
  ENOSPC: ({ name, write }) => write && /^(open|write|fsync|fdatasync|mkdir|symlink|rename|cp.*)$/.test(name),
  EACCES: ({ name }) => /^(open|mkdir|symlink|rename|unlink|rmdir|scandir|cp|cp --attributes-only|touch|lstat|stat)$/.test(name),
  EROFS: ({ write }) => write,
  EMFILE: ({ name }) => /^(open|scandir|cp|cp --attributes-only|touch)$/.test(name),
};

interface Loop {
  of: 'write' | 'read';
  /** Every later one fails too. */
  stays: boolean;
  /** For CI: one in so many; for those that go back; and with --all, which then takes each with every errno, or in turn. */
  one: number;
  back: number;
  every: boolean;
}
const LOOPS: readonly Loop[] = [
  { of: 'write', stays: false, one: 4, back: 12, every: true },
  { of: 'write', stays: true, one: 8, back: 24, every: false },
  { of: 'read', stays: false, one: 40, back: 120, every: false },
];

export const lane: Lane = {
  name: 'errno',
  about: 'the Nth operation on the disk fails, for every N',
  async run({ all, seed, say }) {
    const bad: string[] = [];
    const ends = new Map<string, number>();
    const counts: Record<string, number> = {};
    const count = (what: string): void => void (counts[what] = (counts[what] ?? 0) + 1);
    const changes = await scenarios();
    for (const [index, scenario] of changes.entries()) {
      say(scenario.name);
      const { sides } = await record(scenario);
      for (const { of, stays, one, back, every } of LOOPS) {
        const step = all ? 1 : scenario.trouble === undefined ? one : back;
        for (let n = 1 + (all ? 0 : (seed + index) % step); ; n += step) {
          let reached = false;
          // step by step the errnos take turns
          const turn = Math.floor(n / step) % ERRNOS.length;
          for (const errno of all && every ? ERRNOS : [ERRNOS[turn] ?? 'EIO']) {
            const found = await broken(scenario, sides, { of, n, errno, stays });
            if (found === undefined) continue;
            reached = true;
            count(`${of === 'write' ? 'changes of the disk' : 'looks at the disk'} that failed${stays ? ', and all after it' : ''}`);
            ends.set(found.end, (ends.get(found.end) ?? 0) + 1);
            if (found.wrong !== '') bad.push(`${scenario.name}: ${found.words}: said ${found.end}; ${found.wrong}`);
          }
          if (!reached) break;
        }
      }
    }
    const real = all ? await straced(say) : { counts: {}, bad: [] };
    return {
      counts: { 'changes, each done and gone back from': changes.length, ...counts, ...Object.fromEntries([...ends].map(([end, number]) => [`ended ${end}`, number])), ...real.counts },
      bad: [...bad, ...real.bad],
    };
  },
};

interface Fault {
  of: 'write' | 'read';
  n: number;
  errno: Errno;
  stays: boolean;
}

/** Undefined: it never came to the Nth. */
async function broken(scenario: Scenario, sides: Sides, { of, n, errno, stays }: Fault): Promise<{ end: string; words: string; wrong: string } | undefined> {
  let seen = 0;
  let words: string | undefined;
  const fate = (call: Call): Fate | undefined => {
    if (call.other === true || call.write !== (of === 'write')) return undefined;
    seen++;
    if (seen < n || (seen > n && !stays)) return undefined;
    const given = GIVEN[errno](call) ? errno : seen === n ? 'EIO' : undefined;
    if (given === undefined) return undefined;
    // of a write the one time nothing, the other time half
    const half = (call.name === 'write' || call.name === 'cp') && (given === 'EIO' || given === 'ENOSPC') && n % 2 === 0;
    words ??= `${given} at the ${n}th ${of}, ${call.name} ${call.path}${half ? ', half of it written' : ''}${stays ? ', and from there on' : ''}`;
    return { errno: given, ...(half ? { half } : {}) };
  };
  const gate: Gate = { pass: fate, look: fate };
  const machine = makeMachine(copyData(scenario.before), scenario.trouble);
  let end: string;
  try {
    end = (await begin(machine.open(gate), scenario)).result;
  } catch (error) {
    if (!(error instanceof KcfgError)) machine.crashes.push(error);
    end = `error ${error instanceof KcfgError ? error.code : 'that is a bug'}`;
  }
  machine.clock.stop();
  if (words === undefined) return undefined;
  const wrong = machine.crashes.length > 0 ? `a bug: ${shortened(machine.crashes[0])}` : await judged(scenario, machine, sides, end);
  return { end, words, wrong };
}

const MEANS: Partial<Record<Result | string, 'old' | 'new'>> = { done: 'new', 'on-trial': 'new', 'rolled-back': 'old', unchanged: 'old' };

/** Was it true, and does a recovery on a sound disk end it? */
async function judged({ before, plan, trouble: refuses }: Scenario, broken: Machine, sides: Sides, end: string): Promise<string> {
  const { data } = broken;
  const side = sideOf(data.disk, sides, 'units');
  const means = MEANS[end] ?? (end === 'incomplete' || end === 'undecided' || end === 'error incomplete' ? undefined : 'old');
  const pending = recorded(data.disk, plan.id).pending;
  if (means !== undefined && side !== means && !(pending && end.startsWith('error'))) return `and it is ${typeof side === 'string' ? side : side.odd}`;
  const machine = makeMachine({ ...copyData(data), names: { next: data.names.next + 0x10000 } }, refuses);
  try {
    if (pending) await machine.run(['recover', plan.id, 'asked']);
    if (recorded(machine.data.disk, plan.id).outcome === 'on-trial') await machine.run(['revert', plan.id]);
    if (machine.crashes.length > 0) return `recovery crashed: ${shortened(machine.crashes[0])}`;
    const after = sideOf(machine.data.disk, sides);
    if (end === 'done' && after !== 'new') return `and recovery took it back`;
    const wrong = verdict(machine.data.disk, sides, plan.id);
    if (wrong !== '') return `after recovery: ${wrong} (${machine.errors.map(shortened).join('; ')})`;
    return await trouble(machine, before, plan.strategy !== 'recreate' && plan.verb !== 'unpin');
  } finally {
    machine.clock.stop();
  }
}
