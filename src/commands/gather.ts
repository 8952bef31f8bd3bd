/** Everything that makePlan needs, read from the node: what is there, what is wanted, and the bytes of the files concerned. */
import type { Host } from '../host/host.ts';
import type { PlanInput } from '../plan/make-plan.ts';
import { refusePath } from '../plan/refuse-path.ts';
import { refusePending } from '../transaction/pending.ts';
import { nextId, readBirths, readBridges } from '../transaction/store.ts';
import { observeDestination } from '../node/destination.ts';
import { sha256 } from '../node/directory.ts';
import { observe } from '../node/observe.ts';
import type { Observed } from '../node/observed.ts';
import type { Target } from '../node/target.ts';

/** Throws what observe throws, and the refusals of a path that the kubelet cannot take. */
export async function gather(host: Host, target: Target, version: string, seen?: Observed): Promise<PlanInput> {
  // No directory at all is only what a change is gone back to.
  const refusal = target.value === '' && target.undoes !== undefined ? undefined : refusePath(target.value);
  if (refusal !== undefined) throw refusal;
  const value = target.value.replace(/(.)\/+$/, '$1');
  const observed = seen ?? (await observe(host));
  await refusePending(host);
  const destination = await observeDestination(host, value, observed.staticPodPath.value, observed.kubelet.configFile);
  const bridge = (await readBridges(host)).has(value);
  const { files, links, ground } = await readFiles(host, observed);
  return {
    id: await nextId(host),
    kcfg: version,
    madeAt: host.clock.now().toISOString(),
    target: { ...target, value },
    observed,
    destination: { ...destination, ...(bridge ? { bridge } : {}) },
    sources: files,
    links,
    births: await readBirths(host),
    live: host.live,
    ground,
  };
}

interface Read {
  files: Map<string, Uint8Array>;
  links: Map<string, string>;
  ground: Record<string, string | null>;
}

async function readFiles(host: Host, observed: Observed): Promise<Read> {
  const files = new Map<string, Uint8Array>();
  const links = new Map<string, string>();
  const ground: Record<string, string | null> = {};
  const layers = observed.staticPodPath.layers.flatMap((layer) => (layer.file === undefined || layer.layer === 'flag' ? [] : [layer.file]));
  for (const path of new Set([observed.kubelet.configFile, ...layers])) {
    const bytes = await host.files.read(path);
    ground[path] = bytes === undefined ? null : sha256(bytes);
    if (bytes !== undefined) files.set(path, bytes);
    const info = await host.files.info(path);
    if (info?.kind === 'link') links.set(path, info.target ?? '');
  }
  for (const entry of observed.directory.entries) {
    if (entry.info.kind !== 'file') continue;
    const bytes = await host.files.read(entry.path);
    if (bytes !== undefined) files.set(entry.path, bytes);
  }
  return { files, links, ground };
}
