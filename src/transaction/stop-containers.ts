/**
 * Stopping the containers of pods that are re-created; and, on the way back, those that were started in their stead. One of
 * a broken attempt may still hold the port or the lock: the kubelet that comes back knows it for an orphan, and deletes
 * nothing before it has seen the API server, which that very container keeps away (kubernetes/kubernetes#112814).
 */
import { KcfgError } from '../errors.ts';
import type { Container, Cri, Host } from '../host/host.ts';
import type { ExpectedPod, Plan } from '../plan/plan.ts';
import type { StepOf } from '../plan/step.ts';
import { placeInOrder } from '../plan/stop-order.ts';

type StopStep = StepOf<'stop-containers'>;
type Stop = StopStep['containers'][number];

export async function stopContainers({ host }: { host: Host }, step: StopStep): Promise<void> {
  const cri = host.cri(step.endpoint);
  await stopInOrder(cri, [...step.containers, ...(await startedSince(host, cri, step))]);
}

/** One that the kubelet had made when it was stopped is started a moment later, or never. */
const LOOKS = 4;
const BETWEEN_LOOKS_MS = 250;

/** Started since the plan was made. Where the runtime does not answer, it started nothing. */
async function startedSince(host: Host, cri: Cri, { containers, also = [] }: StopStep): Promise<Stop[]> {
  if (also.length === 0) return [];
  for (let look = 1; ; look++) {
    const all = await cri.containers().catch((error: unknown) => {
      if (error instanceof KcfgError) return [];
      throw error;
    });
    const theirs = (state: Container['state']) => also.flatMap(({ fullName, namespace, pod, seconds, rank }) => all.filter((each) => each.state === state && each.podName === fullName && each.namespace === namespace && !containers.some(({ id }) => id === each.id)).map(({ id, name }) => ({ id, name, pod, seconds, rank })));
    if (look === LOOKS || theirs('created').length === 0) return theirs('running');
    await host.clock.sleep(BETWEEN_LOOKS_MS);
  }
}

/**
 * Only while the kubelet is stopped, and never at boot, where nothing of this runs. Best effort: the files go back in any
 * case, and what is checked after that tells whether the pods came back.
 */
export async function stopReplacements({ host, plan, kubeletStopped }: { host: Host; plan: Plan; kubeletStopped?: true }, step: StopStep): Promise<void> {
  if (kubeletStopped !== true) return;
  const cri = host.cri(step.endpoint);
  try {
    await stopInOrder(cri, replacements(plan.expect.pods, await cri.containers(), step));
  } catch (error) {
    if (!(error instanceof KcfgError)) throw error;
  }
}

/** What runs in another sandbox than before: of a pod that the change did not get to, the old sandbox is all there is. */
function replacements(pods: readonly ExpectedPod[], containers: readonly Container[], step: StopStep): Stop[] {
  return pods.flatMap((pod) => {
    if (pod.uid !== undefined) return [];
    const old = new Set([...pod.containers.map(({ id }) => id), ...step.containers.map(({ id }) => id)]);
    const mine = containers.filter((c) => c.state === 'running' && c.podName === pod.fullName && c.namespace === pod.namespace);
    const grace = step.containers.find((container) => container.pod === pod.name)?.seconds;
    return mine.filter((c) => !old.has(c.id) && c.sandboxId !== pod.sandboxId).map(({ id, name }) => ({ id, name, pod: pod.name, ...placeInOrder(pod.name, grace) }));
  });
}

/** Those with the same rank stop side by side; the next rank waits for them. */
async function stopInOrder(cri: Cri, containers: readonly Stop[]): Promise<void> {
  for (const rank of [...new Set(containers.map((c) => c.rank))].sort((a, b) => a - b)) {
    await Promise.all(containers.filter((c) => c.rank === rank).map((container) => cri.stop(container.id, container.seconds)));
  }
}
