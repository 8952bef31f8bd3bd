/**
 * One worker per pod UID, as in pkg/kubelet/pod_workers.go: adopts containers that run under its UID, starts what is
 * missing, backs off, stops. Two static pods of one name run one at a time within one kubelet process; what an earlier
 * process left behind is not in these maps, and starts beside its successor: there lie the outages and the wedges.
 */
import type { Machine } from './machine.ts';
import type { Container, Runtime, Sandbox } from './runtime.ts';
import { type Pod, podKey } from './static-pods.ts';

/** kubelet.go:223: a pod that waits for its name, and the first step of CrashLoopBackOff; doubling to 5 min. */
const BACK_OFF_MS = 10_000;
const MOST_BACK_OFF_MS = 300_000;
/** An orphan gets 1 s (kubelet_pods.go:1429), raised to 2 (kuberuntime_container.go:907). */
const ORPHAN_GRACE_SECONDS = 2;
/** A pod's sandbox and containers, and the look at the runtime after an end (PLEG, 1 s period): estimates. */
const START_MS = 200;
const NOTICE_MS = 500;

interface Worker {
  uid: string;
  pod?: Pod;
  state: 'waiting' | 'running' | 'terminating' | 'finished';
  /** Container name → how often it ended, and when it may start again. */
  crashes: Map<string, { count: number; until: number }>;
  /** Its sandbox is being made. */
  syncing: boolean;
}

export interface PodWorkers {
  /** ADD or UPDATE of a pod from a source. */
  update(pod: Pod): void;
  /** Its source no longer has it: stopped with its own grace. */
  terminate(uid: string): void;
  /** UIDs with a worker. */
  known(): ReadonlySet<string>;
  /** Stops what runs and has no worker. Returns how many pods that were. */
  stopOrphans(): number;
  /** Ends what is not desired, starts what is desired and has no worker: part of housekeeping. */
  reconcile(desired: ReadonlyMap<string, Pod>): void;
  /** Its containers are up and their probes pass. */
  podReady(uid: string): boolean;
  /** The kubelet's process ends; containers run on. */
  stop(): void;
}

export function createPodWorkers(machine: Machine, runtime: Runtime): PodWorkers {
  const timers = machine.timers.group();
  const workers = new Map<string, Worker>();
  /** startedStaticPodsByFullname */
  const started = new Map<string, string>();
  let stopped = false;
  const sandboxOf = (uid: string): Sandbox | undefined => runtime.sandboxes().find((s) => s.podUid === uid && s.ready);
  const containersOf = (uid: string): Container[] =>
    runtime.containers().filter((c) => c.labels['io.kubernetes.pod.uid'] === uid);
  const forget = runtime.onExit((container) => {
    const worker = workers.get(container.labels['io.kubernetes.pod.uid'] ?? '');
    if (worker?.state !== 'running') return;
    const crash = worker.crashes.get(container.name) ?? { count: 0, until: 0 };
    // the first restart comes at once, then 10 s, 20 s, …
    const wait = crash.count === 0 ? 0 : Math.min(BACK_OFF_MS * 2 ** (crash.count - 1), MOST_BACK_OFF_MS);
    worker.crashes.set(container.name, { count: crash.count + 1, until: Date.now() + wait / timers.speed });
    timers.after(NOTICE_MS, () => sync(worker));
  });

  function sync(worker: Worker): void {
    const { pod, uid } = worker;
    if (pod === undefined || worker.state === 'terminating' || worker.state === 'finished') return;
    const name = podKey(pod);
    const holder = started.get(name);
    if (holder !== undefined && holder !== uid) {
      worker.state = 'waiting';
      timers.after(BACK_OFF_MS, () => sync(worker));
      return;
    }
    started.set(name, uid);
    worker.state = 'running';
    if (worker.syncing) return;
    worker.syncing = true;
    const adopted = sandboxOf(uid);
    if (adopted !== undefined) startMissing(worker, pod, adopted);
    else timers.after(START_MS, () => startMissing(worker, pod, sandboxOf(uid) ?? newSandbox(pod)));
  }

  function newSandbox(pod: Pod): Sandbox {
    const { uid: podUid, fullName: podName, namespace } = pod;
    return runtime.createSandbox({
      podUid,
      podName,
      namespace,
      labels: {
        ...pod.labels,
        'io.kubernetes.pod.name': podName,
        'io.kubernetes.pod.namespace': namespace,
        'io.kubernetes.pod.uid': podUid,
      },
      annotations: {
        ...pod.annotations,
        'kubernetes.io/config.hash': podUid,
        'kubernetes.io/config.seen': new Date(machine.now()).toISOString(),
        'kubernetes.io/config.source': 'file',
      },
    });
  }

  function startMissing(worker: Worker, pod: Pod, sandbox: Sandbox): void {
    worker.syncing = false;
    if (worker.state !== 'running') return;
    for (const spec of pod.containers) {
      const running = containersOf(worker.uid).find(
        (c) => c.name === spec.name && c.sandboxId === sandbox.id && c.state === 'running',
      );
      // HashContainer since 1.31: name and image only, so other edits under a kept UID are not applied
      if (running?.image === spec.image) continue;
      if (running !== undefined) {
        void runtime.stop(running.id, pod.graceSeconds);
        continue;
      }
      const wait = (worker.crashes.get(spec.name)?.until ?? 0) - Date.now();
      if (wait > 0) timers.after(wait * timers.speed, () => sync(worker));
      else runtime.startContainer(sandbox, spec);
    }
  }

  async function stopPod(worker: Worker, graceSeconds: number): Promise<void> {
    worker.state = 'terminating';
    const running = containersOf(worker.uid).filter((c) => c.state === 'running');
    await Promise.all(running.map((container) => runtime.stop(container.id, graceSeconds)));
    if (stopped) return;
    for (const sandbox of runtime.sandboxes().filter((s) => s.podUid === worker.uid)) await runtime.stopSandbox(sandbox.id);
    worker.state = 'finished';
    if (worker.pod !== undefined && started.get(podKey(worker.pod)) === worker.uid) started.delete(podKey(worker.pod));
  }

  const podWorkers: PodWorkers = {
    update(pod) {
      const worker = workers.get(pod.uid);
      if (worker === undefined) {
        const created: Worker = { uid: pod.uid, pod, state: 'waiting', crashes: new Map(), syncing: false };
        workers.set(pod.uid, created);
        sync(created);
      } else if (worker.state === 'running' || worker.state === 'waiting') {
        worker.pod = pod;
        sync(worker);
      }
    },
    terminate(uid) {
      const worker = workers.get(uid);
      if (worker === undefined || worker.state === 'terminating' || worker.state === 'finished') return;
      void stopPod(worker, worker.pod?.graceSeconds ?? ORPHAN_GRACE_SECONDS);
    },
    known: () => new Set(workers.keys()),
    stopOrphans() {
      const orphans = new Set(
        runtime
          .sandboxes()
          .filter((s) => s.ready && !workers.has(s.podUid))
          .map((s) => s.podUid),
      );
      for (const uid of orphans) {
        const worker: Worker = { uid, state: 'terminating', crashes: new Map(), syncing: false };
        workers.set(uid, worker);
        void stopPod(worker, ORPHAN_GRACE_SECONDS);
      }
      return orphans.size;
    },
    reconcile(desired) {
      for (const [uid, worker] of workers) {
        if (worker.state === 'finished') {
          workers.delete(uid);
          if (!desired.has(uid))
            for (const sandbox of runtime.sandboxes().filter((s) => s.podUid === uid)) runtime.removeSandbox(sandbox.id);
        } else if (!desired.has(uid)) podWorkers.terminate(uid);
      }
      for (const [uid, pod] of desired) if (!workers.has(uid)) podWorkers.update(pod);
    },
    podReady(uid) {
      const worker = workers.get(uid);
      const running = containersOf(uid).filter((c) => c.state === 'running');
      return (
        worker?.pod !== undefined && running.length === worker.pod.containers.length && running.every((c) => runtime.ready(c.id))
      );
    },
    stop() {
      stopped = true;
      forget();
      timers.stop();
    },
  };
  return podWorkers;
}
