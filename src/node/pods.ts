/** Static pods: each manifest matched with the sandbox that runs it, from the runtime alone (the API may be down). */
import type { Container, Cri, PodSandbox } from '../host/host.ts';
import type { Directory, PodContainer, StaticPod } from './observed.ts';

/** The kubelet's mark of a pod from a file (kubelet types/pod_update.go:29-34). */
const SOURCE = 'kubernetes.io/config.source';

export interface RuntimePods {
  sandboxes: PodSandbox[];
  containers: Container[];
}

export async function readRuntime(cri: Cri): Promise<RuntimePods> {
  const [sandboxes, containers] = await Promise.all([cri.sandboxes(), cri.containers()]);
  return { sandboxes, containers };
}

/** READY sandboxes of static pods under one full name; more than one means that a change is under way. */
export function readySandboxes(runtime: RuntimePods, namespace: string, fullName: string): PodSandbox[] {
  return runtime.sandboxes.filter((s) => s.ready && s.name === fullName && s.namespace === namespace);
}

/** One pod for each manifest, then the static pods that run without one. */
export async function observePods(
  cri: Cri | undefined,
  runtime: RuntimePods,
  directory: Directory,
  nodeName: string,
): Promise<StaticPod[]> {
  const pods: StaticPod[] = [];
  for (const entry of directory.entries) {
    const manifest = entry.manifest;
    if (manifest === undefined) continue;
    const fullName = `${manifest.name}-${nodeName}`;
    const ready = readySandboxes(runtime, manifest.namespace, fullName);
    const sandbox = ready[0];
    const containers = sandbox === undefined || cri === undefined ? [] : await containersOf(cri, runtime, sandbox.id);
    const wanted = manifest.containers.map((c) => c.name);
    const running = wanted.filter((name) => containers.some((c) => c.name === name && c.running));
    pods.push({
      fullName,
      name: manifest.name,
      namespace: manifest.namespace,
      manifest: entry.name,
      ...(sandbox === undefined ? {} : { uid: sandbox.uid, sandboxId: sandbox.id }),
      state: sandbox === undefined ? 'stopped' : running.length === wanted.length ? 'running' : 'starting',
      ready: sandbox !== undefined && running.length === wanted.length,
      ...(manifest.uid === undefined || manifest.uid === ''
        ? {}
        : { pin: manifest.pin === undefined ? ('foreign' as const) : ('kcfg' as const) }),
      sandboxes: ready.length,
      containers,
    });
  }
  for (const sandbox of runtime.sandboxes) {
    if (!sandbox.ready || sandbox.annotations[SOURCE] !== 'file') continue;
    if (pods.some((pod) => pod.fullName === sandbox.name && pod.namespace === sandbox.namespace)) continue;
    pods.push({
      fullName: sandbox.name,
      name: sandbox.name.endsWith(`-${nodeName}`) ? sandbox.name.slice(0, -nodeName.length - 1) : sandbox.name,
      namespace: sandbox.namespace,
      uid: sandbox.uid,
      sandboxId: sandbox.id,
      state: 'no manifest',
      ready: false,
      sandboxes: 1,
      containers: cri === undefined ? [] : await containersOf(cri, runtime, sandbox.id),
    });
  }
  return pods;
}

/** The newest container of each name in a sandbox. */
async function containersOf(cri: Cri, runtime: RuntimePods, sandboxId: string): Promise<PodContainer[]> {
  const newest = new Map<string, Container>();
  for (const container of runtime.containers) {
    if (container.sandboxId !== sandboxId) continue;
    const known = newest.get(container.name);
    if (known === undefined || BigInt(container.createdAt) > BigInt(known.createdAt)) newest.set(container.name, container);
  }
  return await Promise.all(
    [...newest.values()].map(async (container) => {
      const status = await cri.status(container.id);
      return {
        name: container.name,
        id: container.id,
        startedAt: status.startedAt,
        running: status.state === 'running',
        attempt: container.attempt,
        ...(status.pid === undefined ? {} : { pid: status.pid }),
      };
    }),
  );
}
