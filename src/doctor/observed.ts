/**
 * Evidence → Observed, for a change on a node that is broken: observe.ts refuses what it cannot read, and a node that is to be
 * mended is just that. What a healthy node would say is left out, and what is usual stands for what cannot be read.
 */
import type { Host } from '../host/host.ts';
import { observeProgram } from '../node/basis.ts';
import { sha256, observeDirectory } from '../node/directory.ts';
import type { Observed, StaticPod } from '../node/observed.ts';
import { mountDropInOf } from '../plan/mount-drop-in.ts';
import { KUBELET_UNIT } from '../node/service.ts';
import { CONTROL_PLANE, isExpected } from './components.ts';
import type { Evidence, PodFacts } from './evidence.ts';
import { gather } from './gather/gather.ts';

/** A node that observe.ts refuses, looked at all the same. */
export async function observeBroken(host: Host, version: string): Promise<Observed> {
  return await observedOf(host, await gather(host, version));
}

export async function observedOf(host: Host, evidence: Evidence): Promise<Observed> {
  const { kubelet, unit, runtime, api, pods } = evidence;
  const binary = unit?.argv[0]?.startsWith('/') === true ? unit.argv[0] : undefined;
  const program = binary === undefined ? undefined : await observeProgram(host, binary).catch(() => undefined);
  const mount = mountDropInOf(KUBELET_UNIT);
  return {
    node: { name: evidence.node.name, role: CONTROL_PLANE.some((name) => isExpected(evidence, name)) ? 'control plane' : 'worker', flavour: 'kubeadm', bootId: host.live ? await host.processes.bootId() : '' },
    kubelet: {
      ...(kubelet.version === undefined ? {} : { version: kubelet.version }),
      unit: KUBELET_UNIT,
      active: unit?.active === 'active',
      ...(unit?.pid === undefined ? {} : { pid: unit.pid }),
      ...(unit?.startedAt === undefined ? {} : { startedAt: unit.startedAt }),
      argv: unit?.argv ?? [],
      configFile: kubelet.configFile,
      ...(binary === undefined ? {} : { binary }),
      needsReload: unit?.needsReload ?? false,
      ...kubelet.reach,
      runtimeEndpoint: endpointOf(runtime),
      podsDirectory: `${kubelet.rootDirectory}/pods`,
    },
    staticPodPath: { value: kubelet.staticPodPath, origin: kubelet.origin ?? { layer: 'default', value: kubelet.staticPodPath, set: false }, layers: [] },
    ...(runtime?.answers !== true ? {} : { runtime: { name: runtime.name ?? '', version: runtime.version ?? '', endpoint: runtime.endpoint } }),
    directory: await observeDirectory(host, kubelet.staticPodPath).catch(() => ({ path: kubelet.staticPodPath, entries: [] })),
    pods: pods.map(staticPod),
    basis: { files: await hashes(host, evidence), directories: {}, mountDropIn: { path: mount, directory: false }, ...(program === undefined ? {} : { program }) },
    ...(api === undefined ? {} : { api: { url: api.url, local: api.local, kubeconfig: kubelet.kubeconfig }, apiAnswers: api.status > 0 }),
  };
}

/** Where the kubelet looks for a runtime in the wrong place, that is what is mended: the one that is there is asked. */
function endpointOf(runtime: Evidence['runtime']): string {
  const there = runtime?.answers === true || runtime?.socket === 'socket' ? undefined : runtime?.sockets?.[0];
  return there ?? runtime?.endpoint ?? '';
}

/** What the next start of the kubelet reads, as it is now. */
async function hashes({ files }: Host, { kubelet, unit }: Evidence): Promise<Record<string, string | null>> {
  const found: Record<string, string | null> = {};
  for (const path of [kubelet.configFile, ...(unit?.sources ?? []).map(({ file }) => file)]) {
    const bytes = await files.read(path).catch(() => undefined);
    found[path] = bytes === undefined ? null : sha256(bytes);
  }
  return found;
}

function staticPod(pod: PodFacts): StaticPod {
  const ready = pod.sandboxes.filter((sandbox) => sandbox.ready);
  const [newest] = ready;
  return {
    fullName: pod.fullName,
    name: pod.name,
    namespace: pod.namespace,
    ...(pod.file === undefined ? {} : { manifest: pod.file }),
    ...(newest === undefined ? {} : { uid: newest.uid, sandboxId: newest.id }),
    state: pod.state === 'up' ? 'running' : pod.file === undefined ? 'no manifest' : 'stopped',
    ready: pod.state === 'up',
    sandboxes: ready.length,
    containers: [
      ...pod.containers.map(({ name, id, startedAt, state, attempt }) => ({ name, id, startedAt, running: state === 'running', attempt })),
      ...(pod.older ?? []).map(({ name, id, startedAt }) => ({ name, id, startedAt, running: true })),
    ],
  };
}
