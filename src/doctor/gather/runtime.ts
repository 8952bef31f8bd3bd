/** The runtime, and the static pods as it has them. It is asked by CRI, which works when every API is down. */
import { KcfgError } from '../../errors.ts';
import type { Container, Cri, Host, PodSandbox } from '../../host/host.ts';
import type { ContainerFacts, DirectoryFacts, PodFacts } from '../evidence.ts';
import type { RuntimeFacts } from '../machine-evidence.ts';
import { aroundRuntime, serviceWords } from './around-runtime.ts';
import { logTail, tellingLine } from '../../node/container-log.ts';
import { plainWords } from '../words.ts';
import { gatherRuntimeUnit } from './unit.ts';

/** The kubelet's mark of a pod from a file (kubelet types/pod_update.go:29-34). */
const SOURCE = 'kubernetes.io/config.source';
/** The end of a log, where the reason stands. */
const TAIL_BYTES = 16_384;
const LOG_LINES = 20;
const LONGEST_LINE = 400;
/** A container that runs for so long after it ended again and again is up. */
const SETTLED_SECONDS = 20;

export interface Runtime {
  facts: RuntimeFacts;
  sandboxes: PodSandbox[];
  containers: Container[];
  cri?: Cri;
}

export async function gatherRuntime(host: Host, endpoint: string): Promise<Runtime> {
  const cri = host.cri(endpoint);
  const asking = Promise.all([cri.version(), cri.sandboxes(), cri.containers(), cri.images().catch(() => undefined)]);
  // until it is waited for
  asking.catch(() => undefined);
  const [unit, around] = await Promise.all([gatherRuntimeUnit(host, endpoint).catch(() => undefined), aroundRuntime(host, endpoint)]);
  const standing = { endpoint, ...(unit === undefined ? {} : { unit }), ...around };
  try {
    const [{ runtimeName, runtimeVersion }, sandboxes, containers, images] = await asking;
    return { facts: { ...standing, answers: true, name: runtimeName, version: runtimeVersion, ...(images === undefined ? {} : { images }) }, sandboxes, containers, cri };
  } catch (error) {
    if (!(error instanceof KcfgError)) throw error;
    const journal = await serviceWords(host, unit?.name);
    return { facts: { ...standing, answers: false, words: [error.message, ...error.notes].join('; '), ...(journal.length === 0 ? {} : { journal }) }, sandboxes: [], containers: [] };
  }
}

/** Static pods: one for each manifest and for each that the runtime has from a file, newest first of each name. */
export async function gatherPods(host: Host, runtime: Runtime, directory: DirectoryFacts, nodeName: string): Promise<PodFacts[]> {
  const known = new Map<string, { name: string; namespace: string; fullName: string; file?: string }>();
  for (const { pod, name: file } of directory.entries) {
    if (pod === undefined) continue;
    const fullName = `${pod.name}-${nodeName}`;
    known.set(`${pod.namespace}/${fullName}`, { name: pod.name, namespace: pod.namespace, fullName, file });
  }
  for (const sandbox of runtime.sandboxes) {
    const key = `${sandbox.namespace}/${sandbox.name}`;
    if (known.has(key) || !isStatic(sandbox)) continue;
    const name = sandbox.name.endsWith(`-${nodeName}`) ? sandbox.name.slice(0, -nodeName.length - 1) : sandbox.name;
    // a manifest that cannot be read says no name, and its file's does
    const file = directory.entries.find((entry) => entry.pod === undefined && entry.name.startsWith(`${name}.`))?.name;
    known.set(key, { name, namespace: sandbox.namespace, fullName: sandbox.name, ...(file === undefined ? {} : { file }) });
  }
  return await Promise.all([...known.values()].map((pod) => podFacts(host, runtime, pod)));
}

async function podFacts(host: Host, { sandboxes, containers, cri }: Runtime, pod: { name: string; namespace: string; fullName: string; file?: string }): Promise<PodFacts> {
  const own = sandboxes.filter((each) => each.name === pod.fullName && each.namespace === pod.namespace).sort((a, b) => order(b.createdAt, a.createdAt));
  const byName = new Map<string, Container>();
  for (const each of containers) {
    if (each.podName !== pod.fullName || each.namespace !== pod.namespace) continue;
    const before = byName.get(each.name);
    if (before === undefined || order(each.createdAt, before.createdAt) > 0) byName.set(each.name, each);
  }
  const facts = cri === undefined ? [] : await Promise.all([...byName.values()].map((each) => containerFacts(host, cri, each)));
  const state = stateOf(facts, host.clock.now());
  const newest = new Set([...byName.values()].map(({ id }) => id));
  const older = containers.filter((each) => each.podName === pod.fullName && each.namespace === pod.namespace && each.state === 'running' && !newest.has(each.id));
  if (state !== 'up' && cri !== undefined) await Promise.all(facts.map((each) => addMade(cri, each)));
  return {
    ...pod,
    state,
    ...(older.length === 0 ? {} : { older: older.map(({ id, name, podUid, createdAt }) => ({ id, name, podUid, startedAt: isoOf(createdAt) })) }),
    sandboxes: own.map(({ id, uid, ready, createdAt }) => ({ id, uid, ready, createdAt: isoOf(createdAt) })),
    containers: facts,
  };
}

/** What the pod's text was when that container was made: what the text says now may be another one. */
async function addMade(cri: Cri, container: ContainerFacts): Promise<void> {
  const config = await cri.config(container.id).catch((error: unknown) => {
    if (error instanceof KcfgError) return undefined;
    throw error;
  });
  if (config !== undefined) container.made = { image: config.image, command: [...config.command, ...config.args] };
}

function isStatic({ annotations }: PodSandbox): boolean {
  return annotations[SOURCE] === 'file';
}

function stateOf(containers: readonly ContainerFacts[], now: Date): PodFacts['state'] {
  if (containers.length === 0) return 'absent';
  if (containers.every(({ state }) => state === 'running')) {
    const young = containers.some(({ attempt, startedAt }) => attempt > 0 && now.getTime() - Date.parse(startedAt) < SETTLED_SECONDS * 1000);
    return young ? 'starting' : 'up';
  }
  return containers.some(({ state, attempt }) => state === 'exited' && attempt > 0) ? 'restarting' : 'down';
}

async function containerFacts(host: Host, cri: Cri, container: Container): Promise<ContainerFacts> {
  const status = await cri.status(container.id).catch((error: unknown) => {
    if (error instanceof KcfgError) return undefined;
    throw error;
  });
  const log = (await logTail(host, status?.logPath ?? '', TAIL_BYTES).catch(() => [])).map((line) => line.slice(0, LONGEST_LINE));
  return {
    name: container.name,
    id: container.id,
    podUid: container.podUid,
    sandboxId: container.sandboxId,
    image: container.image,
    state: status?.state ?? container.state,
    attempt: container.attempt,
    ...(status?.state !== 'running' || status.pid === undefined ? {} : { pid: status.pid }),
    createdAt: isoOf(container.createdAt),
    startedAt: isoOf(status?.startedAt ?? '0'),
    finishedAt: isoOf(status?.finishedAt ?? '0'),
    exitCode: status?.exitCode ?? 0,
    reason: status?.reason ?? '',
    message: (status?.message ?? '').slice(0, LONGEST_LINE),
    words: plainWords(tellingLine(log)),
    log: log.slice(-LOG_LINES),
  };
}

function order(a: string, b: string): number {
  return BigInt(a) < BigInt(b) ? -1 : BigInt(a) > BigInt(b) ? 1 : 0;
}

function isoOf(ns: string): string {
  return ns === '' || ns === '0' ? '' : new Date(Number(BigInt(ns) / 1_000_000n)).toISOString();
}
