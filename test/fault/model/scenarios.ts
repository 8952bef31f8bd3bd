/** One change of each kind, planned by the real planner on the model node; with what came before it, where it needs a past. */
import { gatherManifest } from '../../../src/commands/edit-manifest.ts';
import { gather } from '../../../src/commands/gather.ts';
import { gatherSettings } from '../../../src/commands/gather-settings.ts';
import { withoutPin } from '../../../src/commands/manifest-file.ts';
import type { Host } from '../../../src/host/host.ts';
import { parseFieldPath } from '../../../src/kubelet/field-path.ts';
import { look } from '../../../src/node/observe.ts';
import type { Observed } from '../../../src/node/observed.ts';
import type { SettingsTarget, Target, Wish } from '../../../src/node/target.ts';
import { makeManifestPlan } from '../../../src/plan/make-manifest-plan.ts';
import { makePlan } from '../../../src/plan/make-plan.ts';
import { makeUnpinPlan } from '../../../src/plan/make-unpin-plan.ts';
import type { Plan } from '../../../src/plan/plan.ts';
import { makeSettingsPlan } from '../../../src/plan/settings/make-settings-plan.ts';
import type { Outcome } from '../../../src/report/event.ts';
import { launch } from '../../../src/transaction/launch.ts';
import { copyData, makeMachine, type Data, type Machine, type Trouble } from './machine.ts';
import { nodeTree } from './tree.ts';

const VERSION = '0.0.0';
const NOW = new Date('2026-03-01T12:00:00Z');
const MANIFESTS = '/etc/kubernetes/manifests';
const STATIC = '/etc/kubernetes/static';
const OTHER = '/etc/kubernetes/other';

export interface Scenario {
  name: string;
  before: Data;
  plan: Plan;
  observed: Observed;
  /** Seconds of trial. */
  confirmWithin?: number;
  /** Present: it goes back. */
  trouble?: Trouble;
}
type Planner = (host: Host) => Promise<{ plan: Plan; observed: Observed }>;

const move = (value: string, more: Partial<Target> = {}): Planner => async (host) => {
  const input = await gather(host, { verb: 'set', field: 'staticPodPath', value, bridge: true, force: [], ...more }, VERSION);
  return { plan: made(makePlan(input)), observed: input.observed };
};
const settings = (values: Record<string, unknown>, more: Partial<SettingsTarget> = {}): Planner => async (host) => {
  const seen = await look(host);
  const wishes = Object.entries(values).map(([field, value]): Wish => {
    const { path } = parseFieldPath(field, seen.settings.layered.fields);
    return { field, path, ...(value === undefined ? {} : { value }) };
  });
  const plan = makeSettingsPlan(await gatherSettings(host, { verb: 'set', field: 'settings', wishes, force: [], ...more }, VERSION, seen));
  return { plan: made(plan), observed: seen.observed };
};
const unpin: Planner = async (host) => {
  const seen = await look(host);
  const { observed } = seen;
  const input = await gather(host, { verb: 'unpin', field: 'staticPodPath', value: observed.staticPodPath.value, bridge: false, force: [] }, VERSION, seen);
  return { plan: made(makeUnpinPlan(input, { names: [] })), observed };
};
/** As `kcfg edit kube-apiserver`: without the pin, and with a flag more. */
const editManifest: Planner = async (host) => {
  const seen = await look(host);
  const { observed } = seen;
  const entry = observed.directory.entries.find(({ name }) => name === 'kube-apiserver.yaml');
  const before = entry && (await host.files.read(entry.path));
  if (entry === undefined || before === undefined) throw new Error('the scenario has no manifest');
  const after = Buffer.from(withoutPin(entry.path, before).toString('utf8').replace('- --allow-privileged=true', '- --allow-privileged=true\n    - --event-ttl=2h'));
  const target = { verb: 'edit', field: 'manifest' as const, value: entry.path, force: [] };
  return { plan: made(makeManifestPlan(await gatherManifest({ host, version: VERSION }, seen, entry, target, before, after))), observed };
};
const moveBack = move(MANIFESTS, { verb: 'rollback 1', bridge: false, layer: 'drop-in', undoes: { id: '1', removes: STATIC } });

function made(plan: Plan | undefined): Plan {
  if (plan === undefined) throw new Error('the scenario has nothing to do');
  return plan;
}

/** A kubelet that does not take what is new: the change goes back. */
const REFUSES_PATH: Trouble = { refuses: ({ config }) => config['staticPodPath'] !== MANIFESTS };
const REFUSES_HOME: Trouble = { refuses: ({ config }) => config['staticPodPath'] === MANIFESTS };
const REFUSES_PODS: Trouble = { refuses: ({ config }) => config['maxPods'] === 90 };
/** Pods that it would not know. */
const REFUSES_UNPINNED: Trouble = { refuses: ({ pods }, { pods: { sandboxes } }) => sandboxes.length > 0 && pods.some((pod) => !sandboxes.some(({ uid }) => uid === pod.uid)) };
const STATIC_POLICY = { cpuManagerPolicy: 'static', reservedSystemCPUs: '0' };

/** A machine of today. */
const EXTRA = { '/sys/fs/cgroup/cgroup.controllers': 'cpu memory pids\n', '/sys/devices/system/cpu/online': '0-3\n' };

interface Kind {
  name: string;
  past?: readonly Planner[];
  planner: Planner;
  trouble: Trouble;
  confirmWithin?: number;
}
const KINDS: readonly Kind[] = [
  { name: 'move, adopt, bridge', planner: move(STATIC), trouble: REFUSES_PATH },
  { name: 'move home over the bridge', past: [move(STATIC)], planner: move(MANIFESTS), trouble: REFUSES_HOME },
  { name: 'move on, the links follow', past: [move(STATIC)], planner: move(OTHER), trouble: { refuses: ({ config }) => config['staticPodPath'] === OTHER } },
  { name: 'move, recreate', planner: move(STATIC, { strategy: 'recreate' }), trouble: REFUSES_PATH },
  { name: 'settings in the file', planner: settings({ maxPods: 90, podPidsLimit: 4096 }), trouble: REFUSES_PODS },
  { name: 'settings in a drop-in', planner: settings({ maxPods: 90 }, { layer: 'drop-in' }), trouble: REFUSES_PODS },
  { name: 'settings, state file set aside', planner: settings(STATIC_POLICY), trouble: { refuses: ({ config }) => config['cpuManagerPolicy'] === 'static' } },
  { name: 'unset', past: [settings({ maxPods: 90 })], planner: settings({ maxPods: undefined }, { verb: 'unset' }), trouble: { refuses: ({ config }) => config['maxPods'] !== 90 } },
  { name: 'unpin', past: [move(STATIC)], planner: unpin, trouble: REFUSES_UNPINNED },
  { name: 'edit of a pinned manifest', past: [move(STATIC)], planner: editManifest, trouble: REFUSES_UNPINNED },
  { name: 'roll back of a move', past: [move(STATIC)], planner: moveBack, trouble: REFUSES_HOME },
  { name: 'settings on trial', planner: settings({ maxPods: 90 }), trouble: REFUSES_PODS, confirmWithin: 300 },
];

let fresh: Promise<Data> | undefined;
/** A node that runs, its pods old enough to be held to. */
async function freshNode(): Promise<Data> {
  const machine = makeMachine({ disk: nodeTree(NOW, EXTRA), time: { now: NOW.getTime() }, names: { next: 1 }, ids: 0, kubelet: undefined, wanted: false, pods: { sandboxes: [], containers: [] } });
  await machine.boot();
  await age(machine);
  // Modules that are loaded when first needed take real time, and the clock of the model would go on meanwhile.
  const first = makeMachine(copyData(machine.data));
  await begin(first.open(), await move(STATIC)(first.open()));
  await first.run(['boot']);
  first.clock.stop();
  return machine.data;
}
async function age(machine: Machine): Promise<void> {
  machine.data.time.now += 10_000;
  machine.settle();
  machine.data.time.now += 60_000;
}

/** Each kind twice: it is done, and it goes back. KCFG_ONLY: one kind, by name, for a person who looks for something. */
export async function scenarios(): Promise<Scenario[]> {
  const only = process.env.KCFG_ONLY;
  fresh ??= freshNode();
  const start = await fresh;
  const found: Scenario[] = [];
  for (const { name, past = [], planner, trouble, confirmWithin } of KINDS) {
    if (only !== undefined && name !== only) continue;
    const machine = makeMachine(copyData(start));
    for (const planner of past) {
      const { plan, observed } = await planner(machine.open());
      const outcome = await begin(machine.open(), { plan, observed });
      if (outcome.result !== 'done') throw new Error(`${name}: its past ended ${outcome.result}: ${JSON.stringify(outcome.error)}`);
      await age(machine);
    }
    const { plan, observed } = await planner(machine.open());
    const scenario: Scenario = { name, before: copyData(machine.data), plan, observed, ...(confirmWithin === undefined ? {} : { confirmWithin }) };
    machine.clock.stop();
    found.push(scenario, { ...scenario, name: `${name}; goes back`, trouble });
  }
  return found;
}

/** From the command's confirmed plan to its outcome, as launch.ts does it: folder, service, ExecStopPost=. */
export async function begin(host: Host, { plan, observed, confirmWithin }: Pick<Scenario, 'plan' | 'observed' | 'confirmWithin'>): Promise<Outcome> {
  const outcome = await launch(host, plan, observed, () => {}, new AbortController().signal, confirmWithin);
  if (outcome === 'left') throw new Error('the window was not closed');
  return outcome;
}
