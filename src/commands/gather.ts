/** Everything that makePlan needs, read from the node: what is there, what is wanted, and the bytes of the files concerned. */
import type { Host } from '../host/host.ts';
import type { PlanInput } from '../plan/make-plan.ts';
import { refusePath } from '../plan/refuse-path.ts';
import { refusePending } from '../transaction/pending.ts';
import { nextId, readBirths, readBridges } from '../transaction/store.ts';
import { observeDestination } from '../node/destination.ts';
import { look, type Look } from '../node/observe.ts';
import type { Observed } from '../node/observed.ts';
import type { Target } from '../node/target.ts';
import { groundOf, readConfiguration } from './gather-settings.ts';

/** Throws what look throws, and the refusals of a path that the kubelet cannot take. */
export async function gather(host: Host, target: Target, version: string, seen?: Look): Promise<PlanInput> {
  // No directory at all is only what a change is gone back to.
  const refusal = target.value === '' && target.undoes !== undefined ? undefined : refusePath(target.value);
  if (refusal !== undefined) throw refusal;
  const value = target.value.replace(/(.)\/+$/, '$1');
  const found = seen ?? (await look(host));
  const { observed } = found;
  await refusePending(host);
  const destination = await observeDestination(host, value, observed.staticPodPath.value, observed.kubelet.configFile);
  const bridge = (await readBridges(host)).has(value);
  const configuration = await readConfiguration(host, found);
  const manifests = await readManifests(host, observed);
  return {
    id: await nextId(host),
    kcfg: version,
    madeAt: host.clock.now().toISOString(),
    target: { ...target, value },
    observed,
    destination: { ...destination, ...(bridge ? { bridge } : {}) },
    ...configuration,
    sources: new Map([...configuration.sources, ...manifests]),
    births: await readBirths(host),
    live: host.live,
    ground: groundOf(observed.kubelet.configFile, configuration),
  };
}

async function readManifests(host: Host, observed: Observed): Promise<[string, Uint8Array][]> {
  const files: [string, Uint8Array][] = [];
  for (const entry of observed.directory.entries) {
    if (entry.info.kind !== 'file') continue;
    const bytes = await host.files.read(entry.path);
    if (bytes !== undefined) files.push([entry.path, bytes]);
  }
  return files;
}
