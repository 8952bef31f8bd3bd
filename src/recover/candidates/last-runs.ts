/**
 * What ran last, of each component: of all its containers that the runtime still has the one that runs, else the one that ran
 * longest. A container that ends at its start leaves several of a second each behind; the one before the damage ran for days.
 */
import { KcfgError } from '../../errors.ts';
import type { ContainerConfig, Cri, Host } from '../../host/host.ts';
import type { Evidence } from '../../doctor/evidence.ts';
import { COMPONENTS } from '../render/parameters.ts';

export interface LastRun {
  /** Name of the pod, without the node's. */
  pod: string;
  container: string;
  id: string;
  /** ISO. */
  startedAt: string;
  /** For so long it ran, or has run. */
  seconds: number;
  running: boolean;
  /** It ended too soon to say what is right, or runs for a moment between two ends. */
  short: boolean;
  exitCode: number;
  /** As its manifest named it. */
  image: string;
  config: ContainerConfig;
}

/** By pod and container: 'etcd/etcd'. Empty where the runtime does not answer. */
export async function lastRuns(host: Host, evidence: Evidence, pods: readonly string[] = COMPONENTS): Promise<Map<string, LastRun>> {
  const found = new Map<string, LastRun>();
  if (!host.live || evidence.runtime?.answers !== true) return found;
  const cri = host.cri(evidence.runtime.endpoint);
  for (const { id, name, podName, image, attempt } of await cri.containers()) {
    const pod = pods.find((each) => podName === `${each}-${evidence.node.name}`);
    if (pod === undefined) continue;
    const run = await runOf(cri, id, host.clock.now());
    const key = `${pod}/${name}`;
    if (run !== undefined && isBetter(run, found.get(key))) found.set(key, { pod, container: name, ...run, short: run.seconds < SHORT_SECONDS && !(run.running && attempt === 0), image: run.config.image.startsWith('sha256:') ? image : run.config.image });
  }
  return found;
}

async function runOf(cri: Cri, id: string, now: Date): Promise<Omit<LastRun, 'pod' | 'container' | 'image' | 'short'> | undefined> {
  try {
    const [status, config] = [await cri.status(id), await cri.config(id)];
    if (config === undefined || status.startedAt === '0') return undefined;
    const running = status.state === 'running';
    const [start, end] = [msOf(status.startedAt), running ? now.getTime() : msOf(status.finishedAt)];
    return { id, startedAt: new Date(start).toISOString(), seconds: Math.max(0, (end - start) / 1000), running, exitCode: status.exitCode, config };
  } catch (error) {
    // it was taken away between two questions
    if (error instanceof KcfgError) return undefined;
    throw error;
  }
}

/** One that runs for the moment may be one of those that end at once. */
export function isBetter(a: Pick<LastRun, 'seconds' | 'running' | 'startedAt'>, b: Pick<LastRun, 'seconds' | 'running' | 'startedAt'> | undefined): boolean {
  if (b === undefined) return true;
  const settled = (run: typeof a): boolean => run.seconds >= SETTLED_SECONDS;
  if (settled(a) !== settled(b)) return settled(a);
  if (settled(a) && a.startedAt !== b.startedAt) return a.startedAt > b.startedAt;
  return a.seconds > b.seconds;
}

/** What cannot run ends within seconds; what never becomes ready is ended by kubeadm's startup probe, 24 times 10 s after its start. */
export const SETTLED_SECONDS = 300;

const SHORT_SECONDS = 30;

function msOf(ns: string): number {
  return Number(BigInt(ns) / 1_000_000n);
}
