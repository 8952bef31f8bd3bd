/** Is the kubelet of a model machine up, with what is on disk, and are its pods all there? */
import { startKubelet } from './kubelet.ts';
import type { Data, Machine } from './machine.ts';

/** Past its first housekeeping, which is when pods are lost. */
const SETTLED_MS = 10_000;

/** What is wrong; '' for nothing. `kept`: each pod must be the one from before. */
export async function trouble(machine: Machine, before: Data, kept: boolean): Promise<string> {
  const { data } = machine;
  data.time.now += SETTLED_MS;
  machine.settle();
  if (data.kubelet === undefined) return 'the kubelet does not run';
  const { config } = await startKubelet(machine.open(), machine.disk, 0, 0);
  // one configuration is one object: kubelet.ts keeps each that it has read
  if (data.kubelet.config !== config) return 'the kubelet does not have what is on disk';
  if (!data.kubelet.decided) return 'the kubelet has not decided';
  for (const { id, fullName } of before.pods.sandboxes) {
    const [one, ...others] = data.pods.sandboxes.filter((each) => each.fullName === fullName);
    if (one === undefined) return `${fullName} is lost`;
    if (others.length > 0) return `${fullName} runs twice`;
    const stopped = data.pods.containers.find((each) => each.sandbox === one.id && each.state !== 'running');
    if (stopped !== undefined) return `${stopped.name} of ${fullName} does not run`;
    if (kept && one.id !== id) return `${fullName} is another pod than before`;
  }
  return '';
}
