/**
 * Pods that are re-created, watched while they come up: one whose container ends at once will not come up by waiting, and each
 * second of waiting is one without it. What its container said last is why.
 */
import { KcfgError } from '../errors.ts';
import type { Container, Host } from '../host/host.ts';
import type { ExpectedPod } from '../plan/plan.ts';
import { logTail, tellingLine } from '../node/container-log.ts';
import type { Signals } from './signals.ts';
import type { Wanted } from './verify.ts';

export interface Broken {
  pod: string;
  detail: string;
  /** Its container's own last words; empty where it left none. */
  words: string;
}

/** Between two looks at how new containers fare. */
const EVERY_SECONDS = 0.5;
/** Failures of a startup probe while the API server itself says that it is ready: kubeadm's ask every 10 s. */
const WRONG_DOOR = 2;
/** What no second start makes better: the program did not take its command line, or a file of it is not there. */
const FINAL = /unknown (shorthand )?flag|flag provided but not defined|flag needs an argument|invalid argument|no such file or directory/;
/** The end of a log, where the reason stands. */
const TAIL_BYTES = 8192;
const LONGEST_WORDS = 300;

/** Not at each look: two questions to the runtime are dearer than one to the kubelet. Never on the way back: there is no other. */
export function watchNewPods(host: Host, wanted: Wanted, signals: Signals): () => Promise<Broken | undefined> {
  const idle = wanted.renewed === true || wanted.pods.every((pod) => pod.uid !== undefined);
  const door = watchDoor(wanted, signals);
  let next = 0;
  return async () => {
    if (idle || host.clock.seconds() < next) return undefined;
    next = host.clock.seconds() + EVERY_SECONDS;
    return (await findBroken(host, wanted)) ?? (await door());
  };
}

/** An API server that is ready, and whose startup probe goes on failing: it asks at another door. */
function watchDoor(wanted: Wanted, signals: Signals): () => Promise<Broken | undefined> {
  const api = wanted.api?.local === true ? wanted.pods.find((pod) => pod.uid === undefined && pod.name === 'kube-apiserver') : undefined;
  let failedBefore: number | undefined;
  return async () => {
    if (api === undefined || !signals.allowed || !(await signals.api()).ready) return undefined;
    const uid = (await signals.pods())?.find((pod) => pod.fullName === api.fullName)?.uid;
    const probes = uid === undefined ? undefined : await signals.startupProbes(api.fullName, uid);
    if (probes === undefined || probes.passed > 0) return undefined;
    failedBefore ??= probes.failed;
    if (probes.failed - failedBefore < WRONG_DOOR) return undefined;
    return { pod: api.name, detail: `${api.name} is ready, and its startup probe fails all the same`, words: '' };
  };
}

/** Time is up: which of them is late, and whether it runs; then it is its probes that do not pass. */
export async function findLate(wanted: Wanted, signals: Signals, seconds: number): Promise<Broken> {
  const listed = signals.allowed ? await signals.pods() : undefined;
  const late = listed === undefined ? [] : wanted.pods.filter((pod) => !listed.some((p) => p.fullName === pod.fullName && p.ready));
  const [only, ...others] = late;
  if (only === undefined || others.length > 0 || only.uid !== undefined) return { pod: '', detail: late.length === 0 ? `not all ready within ${seconds} s` : `not ready within ${seconds} s: ${late.map(({ name }) => name).join(', ')}`, words: '' };
  const runs = (await signals.containers()).some((c) => c.podName === only.fullName && c.state === 'running');
  return { pod: only.name, detail: runs ? `${only.name} runs, and its probes do not pass within ${seconds} s` : `${only.name} does not run within ${seconds} s`, words: '' };
}

/** A pod of the change whose new container ended twice, or once for good. Undefined also where the runtime does not say. */
async function findBroken(host: Host, wanted: Wanted): Promise<Broken | undefined> {
  const { containersBefore } = wanted.before;
  const renewed = wanted.pods.filter((pod) => pod.uid === undefined && pod.waits !== true);
  if (containersBefore === undefined || renewed.length === 0) return undefined;
  const cri = host.cri(wanted.kubelet.runtimeEndpoint);
  try {
    const all = await cri.containers();
    for (const pod of renewed) {
      const since = needed(pod, renewed, all);
      const ended = all.filter((c) => c.podName === pod.fullName && c.namespace === pod.namespace && c.state === 'exited' && !containersBefore.includes(c.id));
      const last = ended.sort((a, b) => a.attempt - b.attempt).at(-1);
      if (last === undefined) continue;
      const { exitCode, logPath } = await cri.status(last.id);
      const words = await lastWords(host, logPath);
      const alone = ended.filter(({ createdAt }) => since === undefined || BigInt(createdAt) > since);
      const again = alone.length > 1 || (alone.length > 0 && since === undefined && last.attempt > 0 && last.sandboxId !== pod.sandboxId);
      if (again || FINAL.test(words)) return { pod: pod.name, detail: `${nameOf(last, pod.name)} ended${again ? ' again' : ''}, with exit status ${exitCode}`, words };
    }
  } catch (error) {
    if (!(error instanceof KcfgError)) throw error;
  }
  return undefined;
}

/** When the one that it stands on, new as well, was last started: what ended before that waited for it. */
function needed({ name, namespace }: ExpectedPod, renewed: readonly ExpectedPod[], all: readonly Container[]): bigint | undefined {
  const under = STANDS_ON[name];
  const pod = renewed.find((each) => each.name === under && each.namespace === namespace);
  if (pod === undefined) return undefined;
  const running = all.filter((c) => c.podName === pod.fullName && c.state === 'running').map(({ createdAt }) => BigInt(createdAt));
  return running.length === 0 ? LATER : running.reduce((a, b) => (a > b ? a : b));
}
const STANDS_ON: Readonly<Record<string, string>> = { 'kube-apiserver': 'etcd', 'kube-controller-manager': 'kube-apiserver', 'kube-scheduler': 'kube-apiserver' };
/** It does not run yet: nothing counts. */
const LATER = 2n ** 63n;

/** What a pod that runs and is not ready says of itself. */
export async function wordsOf(host: Host, wanted: Wanted, fullName: string): Promise<string> {
  const cri = host.cri(wanted.kubelet.runtimeEndpoint);
  try {
    const newest = (await cri.containers()).filter((c) => c.podName === fullName).sort((a, b) => (BigInt(a.createdAt) < BigInt(b.createdAt) ? -1 : 1)).at(-1);
    return newest === undefined ? '' : await lastWords(host, (await cri.status(newest.id)).logPath);
  } catch (error) {
    if (error instanceof KcfgError) return '';
    throw error;
  }
}

function nameOf({ name }: Container, pod: string): string {
  return name === pod ? name : `${name} of ${pod}`;
}

async function lastWords(host: Pick<Host, 'files'>, logPath: string): Promise<string> {
  const words = tellingLine(await logTail(host, logPath, TAIL_BYTES));
  return words.length > LONGEST_WORDS ? `${words.slice(0, LONGEST_WORDS)}...` : words;
}
