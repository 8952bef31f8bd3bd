/** A static pod as the kubelet's /pods shows it, and its status as the API server's mirror pod does. */
import type { Runtime } from './runtime.ts';
import type { Pod } from './static-pods.ts';

export function podObject(runtime: Runtime, pod: Pod, nodeName: string): object {
  const manifest = pod.manifest as { metadata?: object; spec?: object };
  return {
    metadata: {
      ...manifest.metadata,
      name: pod.fullName,
      namespace: pod.namespace,
      uid: pod.uid,
      annotations: { ...pod.annotations, 'kubernetes.io/config.hash': pod.uid, 'kubernetes.io/config.source': 'file' },
    },
    spec: { ...manifest.spec, nodeName },
    status: podStatus(runtime, pod.uid),
  };
}

export function podStatus(runtime: Runtime, uid: string): object {
  const containers = runtime.containers().filter((c) => c.labels['io.kubernetes.pod.uid'] === uid);
  const latest = [...new Map(containers.sort((a, b) => a.attempt - b.attempt).map((c) => [c.name, c])).values()];
  const ready = latest.length > 0 && latest.every((c) => c.state === 'running' && runtime.ready(c.id));
  const running = latest.some((c) => c.state === 'running');
  return {
    phase: running ? 'Running' : 'Pending',
    conditions: ['Ready', 'ContainersReady'].map((type) => ({ type, status: ready ? 'True' : 'False' })),
    containerStatuses: latest.map((c) => ({
      name: c.name,
      ready: c.state === 'running' && runtime.ready(c.id),
      restartCount: c.attempt,
      containerID: `containerd://${c.id}`,
      image: c.image,
      state:
        c.state === 'running'
          ? { running: { startedAt: new Date(c.startedAt).toISOString() } }
          : { terminated: { exitCode: c.exitCode, reason: c.reason, finishedAt: new Date(c.finishedAt).toISOString() } },
    })),
  };
}
