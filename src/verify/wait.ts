/**
 * Waiting for the two proofs. It must fail early: a kubelet that sees no directory stops every static pod at its first
 * housekeeping, 2.4-2.6 s after its start on the lab; going back before that costs nothing.
 */
import type { Host } from '../host/host.ts';
import type { ExpectedPod } from '../plan/plan.ts';
import type { CheckResult } from '../report/event.ts';
import { type Broken, findLate, watchNewPods, wordsOf } from './new-pods.ts';
import type { Signals, UnitState } from './signals.ts';
import type { Progress, Wanted } from './verify.ts';

/** Between two looks. */
const EVERY_MS = 60;
/** A kubelet that starts at all answers /healthz within this (0.4 s on the lab; slow disks, loaded machines). */
const START_SECONDS = 60;
/**
 * After the first /healthz the directory's watch (0.34-0.43 s after start) and /pods (0.4-0.6 s) are due. Housekeeping
 * comes 2 s after that: half a second is left for stopping the kubelet.
 */
const OWN_SECONDS = 1.5;
/**
 * A kubelet that watches the directory and lists not one of its pods has not heard its sources yet: they come as one set, and
 * nothing is stopped before (kubelet file.go:94-98, config.go:91-99). On a machine under load that took 2 s and more.
 */
const HEAR_SECONDS = 30;
/** It has heard them, and took no pod from a file (kubelet file.go:122-129, 182-190). */
const REFUSED = /Could not process manifest file|[Uu]nable to read config path|[Pp]ath does not exist/;
/** Housekeeping needs the API server once: "Watching apiserver" is in the journal after 1.5-1.9 s. */
const DECIDE_SECONDS = 60;
/** Where the API server was down before, nothing will be decided: do not wait for it. */
const DECIDE_SECONDS_WITHOUT_API = 5;
/** New containers of `recreate`: 5.9 and 7.2 s on the lab; back-off after a crash is 10 s at first. */
const RECREATE_SECONDS = 180;
/**
 * One new pod alone: it waits for no other. kubeadm's startup probes pass 33-34 s after the window on the lab (they ask every
 * 10 s); one that has not passed by then knocks at the wrong door, or the pod hangs.
 */
const ONE_POD_SECONDS = 90;

export interface Waited {
  checks: CheckResult[];
  failure?: string;
  /** Why, in the words of who failed, where the kubelet's are not the ones to quote; '' for none. */
  said?: string;
  undecided: boolean;
}

export async function waitForPods(host: Host, wanted: Wanted, signals: Signals, report: (progress: Progress) => void): Promise<Waited> {
  const checks: CheckResult[] = [];
  const total = 8;
  const step = (waiting: string): void => report({ done: checks.length, total, waiting });
  const fail = (name: string, detail: string): Waited => {
    checks.push({ name, ok: false, detail });
    return { checks, failure: `${name}: ${detail}`, undecided: false };
  };

  const broken = (found: Broken): Waited => ({ ...fail('pods', found.detail), said: found.words === '' ? '' : `${found.pod} says: ${found.words}` });
  const look = watchNewPods(host, wanted, signals);
  const began = host.clock.seconds();

  step('waiting for the kubelet to answer');
  const started = await until(host, START_SECONDS, async () => {
    const unit = await signals.unit();
    const trouble = unitTrouble(unit, wanted);
    if (trouble !== undefined) return { trouble, pid: 0 };
    return unit.pid > 0 && unit.pid !== wanted.before.kubeletPid && (await signals.healthy()) ? { pid: unit.pid } : undefined;
  });
  if (started === undefined) return fail('kubelet', `no answer on its health port within ${START_SECONDS} s`);
  if ('trouble' in started) return fail('kubelet', started.trouble ?? '');

  step('waiting for the kubelet to take up the directory');
  let missing: Missing | undefined;
  // on the way back there is nothing to be early for
  await until(host, wanted.renewed === true ? HEAR_SECONDS : OWN_SECONDS, async () => {
    missing = await notOwned(wanted, signals, started.pid);
    return missing === undefined || missing.final === true ? 'known' : undefined;
  });
  if (missing?.unheard === true) {
    await until(host, HEAR_SECONDS, async () => {
      missing = await notOwned(wanted, signals, started.pid);
      if (missing?.unheard !== true) return 'known';
      return (await signals.journal()).some((line) => REFUSED.test(line)) ? 'refused' : undefined;
    });
  }
  if (missing !== undefined && missing.silent !== true) return fail('path', missing.detail);
  checks.push({ name: 'path', ok: true, detail: wanted.staticPodPath === '' ? 'none, no static pods' : signals.allowed && missing === undefined ? 'watched, its pods listed' : 'watched by the new kubelet' });

  if (wanted.renewed === true) {
    step('waiting for the pods');
    const back = await until(host, RECREATE_SECONDS, async () => ((await eachRunsOnce(wanted, signals)) ? true : undefined));
    if (back === undefined) return fail('pods', `not all up within ${RECREATE_SECONDS} s`);
  }

  step('waiting for the kubelet to hear the API server');
  const ownApi = wanted.api?.local === true && wanted.pods.find((pod) => pod.uid === undefined && pod.name === 'kube-apiserver');
  const limit = ownApi ? ONE_POD_SECONDS : wanted.apiDownBefore ? DECIDE_SECONDS_WITHOUT_API : DECIDE_SECONDS;
  const decided = await until(host, limit, async () => (await look()) ?? (await isDecided(signals)));
  if (decided !== undefined && 'pod' in decided) return broken(decided);
  if (decided !== undefined && 'orphans' in decided && decided.orphans > 0 && wanted.orphans === undefined && keepsAll(wanted.pods) && wanted.renewed !== true && wanted.gone === undefined) {
    return fail('orphans', `${decided.orphans} pods stopped by the kubelet`);
  }
  if (decided === undefined) {
    const { answered } = await signals.api();
    if (answered && !wanted.apiDownBefore) return fail('kubelet', `not through its first housekeeping after ${limit} s`);
    // it is this change that took it away
    if (ownApi && !answered && wanted.renewed !== true) return broken({ pod: ownApi.name, detail: `${ownApi.name} does not answer ${limit} s after it was started anew`, words: await wordsOf(host, wanted, ownApi.fullName) });
    checks.push({ name: 'orphans', ok: undefined, detail: 'the kubelet decides once the API server answers' });
    return { checks, undecided: true };
  }
  checks.push({ name: 'orphans', ok: true, detail: decided.orphans === 0 && keepsAll(wanted.pods) && wanted.gone === undefined ? 'none stopped' : 'housekeeping done' });

  if (!keepsAll(wanted.pods)) {
    step('waiting for the new pods');
    const one = wanted.pods.filter((pod) => pod.uid === undefined).length === 1;
    const patience = one ? Math.max(1, began + ONE_POD_SECONDS - host.clock.seconds()) : RECREATE_SECONDS;
    const ready = await until(host, patience, async () => (await look()) ?? ((await newPodsReady(wanted, signals)) ? ('ready' as const) : undefined));
    if (ready === undefined) return broken(await findLate(wanted, signals, one ? ONE_POD_SECONDS : RECREATE_SECONDS));
    if (ready !== 'ready') return broken(ready);
  }
  return { checks, undecided: false };
}

function keepsAll(pods: ExpectedPod[]): boolean {
  return pods.every((pod) => pod.uid !== undefined);
}

/** A kubelet that does not start shows as `failed`, or as waiting for its next automatic restart. */
export function unitTrouble(unit: UnitState, wanted: Pick<Wanted, 'before'>): string | undefined {
  if (unit.active === 'failed') return `did not start (${unit.result})`;
  if (unit.sub === 'auto-restart' || unit.restarts > wanted.before.restarts) return 'stopped again right after its start';
  return undefined;
}

interface Missing {
  detail: string;
  /** Waiting longer would only do harm. */
  final?: true;
  /** The kubelet says nothing of its pods; with the API server away it cannot tell who asks. Housekeeping will tell. */
  silent?: true;
  /** It lists none of the pods, so nothing is decided yet. */
  unheard?: true;
}

/** What is still missing of the first proof. */
async function notOwned(wanted: Wanted, signals: Signals, pid: number): Promise<Missing | undefined> {
  const unit = await signals.unit();
  const trouble = unitTrouble(unit, wanted);
  if (trouble !== undefined) return { detail: `the kubelet ${trouble}`, final: true };
  if (wanted.staticPodPath !== '' && !(await signals.watches(wanted.staticPodPath, pid))) {
    return { detail: `the kubelet does not watch ${wanted.staticPodPath}` };
  }
  const running = signals.allowed ? await signals.path() : undefined;
  if (running !== undefined && running !== wanted.staticPodPath) return { detail: `still ${running}, by /configz`, final: true };
  if (!signals.allowed) return undefined;
  const pods = await signals.pods();
  if (pods === undefined) return { detail: 'the kubelet does not list its pods', silent: true };
  for (const expected of wanted.pods) {
    const listed = pods.find((pod) => pod.fullName === expected.fullName && pod.namespace === expected.namespace && pod.source === 'file');
    if (listed === undefined) return { detail: `the kubelet does not list ${expected.name}`, ...(pods.some(({ source }) => source === 'file') ? {} : { unheard: true as const }) };
    if (expected.uid !== undefined && listed.uid !== expected.uid) return { detail: `the kubelet takes ${expected.name} for a new pod`, final: true };
  }
  return undefined;
}

/** Housekeeping is over, by /metrics, or by the canary where there is no right to ask. */
async function isDecided(signals: Signals): Promise<{ orphans: number } | undefined> {
  if (!signals.allowed) return (await signals.canaryGone()) === false ? undefined : { orphans: 0 };
  const housekeeping = await signals.housekeeping();
  return housekeeping?.done === true ? { orphans: housekeeping.orphans } : undefined;
}

/**
 * One READY sandbox for each pod; where it is re-created, with none of the old containers running in it. The sandbox itself
 * may be the old one: at home the new manifest's UID is the old UID, and the kubelet starts the containers anew in it.
 */
async function eachRunsOnce(wanted: Wanted, signals: Signals): Promise<boolean> {
  const [sandboxes, containers] = await Promise.all([signals.sandboxes(), signals.containers()]);
  return wanted.pods.every((pod) => {
    const [one, ...others] = sandboxes.filter((s) => s.ready && s.name === pod.fullName && s.namespace === pod.namespace);
    if (one === undefined || others.length > 0) return false;
    if (pod.uid !== undefined) return one.uid === pod.uid;
    const running = containers.filter((c) => c.sandboxId === one.id && c.state === 'running');
    return running.length > 0 && !running.some((c) => pod.containers.some((old) => old.id === c.id));
  });
}

async function newPodsReady(wanted: Wanted, signals: Signals): Promise<boolean> {
  if (!(await eachRunsOnce(wanted, signals))) return false;
  const listed = signals.allowed ? await signals.pods() : undefined;
  if (listed === undefined) return !signals.allowed;
  if (!wanted.pods.every((pod) => listed.some((p) => p.fullName === pod.fullName && p.ready))) return false;
  return signals.apiServer === undefined || (await signals.api()).ready;
}

/** Asks again and again until there is an answer or the time is over. */
async function until<T>(host: Host, seconds: number, ask: () => Promise<T | undefined>): Promise<T | undefined> {
  const end = host.clock.seconds() + seconds;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (host.clock.seconds() >= end) return undefined;
    await host.clock.sleep(EVERY_MS);
  }
}
