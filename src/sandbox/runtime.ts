/**
 * The pretend containerd: pod sandboxes and containers. Containers outlive the kubelet and containerd's own socket, as
 * under shims; what runs inside them is a Program (programs of the control plane are in components.ts).
 */
import { randomBytes } from 'node:crypto';
import { writeLog } from './container-log.ts';
import type { Machine } from './machine.ts';
import { hideProcess, showProcess } from './proc.ts';
import type { Timers } from './timers.ts';

export interface Sandbox {
  id: string;
  podUid: string;
  /** Full name: with the node's name behind it. */
  podName: string;
  namespace: string;
  attempt: number;
  ready: boolean;
  /** Milliseconds since the epoch, as all times here. */
  createdAt: number;
  labels: Record<string, string>;
  annotations: Record<string, string>;
}
export interface Container {
  id: string;
  sandboxId: string;
  name: string;
  attempt: number;
  image: string;
  argv: string[];
  state: 'running' | 'exited';
  createdAt: number;
  startedAt: number;
  finishedAt: number;
  exitCode: number;
  reason: string;
  pid: number;
  labels: Record<string, string>;
  annotations: Record<string, string>;
  logPath: string;
}

/** A process in a container. */
export interface Process {
  /** SIGTERM: it may take its time, then calls exit. */
  terminate(): void;
  /** It is gone: lets go of ports and the like. */
  gone(): void;
  /** Would its probes pass? */
  ready(): boolean;
}
export type Program = (
  argv: readonly string[],
  id: string,
  timers: Timers,
  exit: (code: number, words?: string) => void,
) => Process;

export interface Runtime {
  sandboxes(): Sandbox[];
  containers(): Container[];
  /** Whatever was ever started here stays in the store. */
  images(): string[];
  createSandbox(
    pod: Pick<Sandbox, 'podUid' | 'podName' | 'namespace' | 'annotations'> & { labels: Record<string, string> },
  ): Sandbox;
  startContainer(sandbox: Sandbox, spec: { name: string; image: string; argv: string[] }): Container;
  /** SIGTERM, after `seconds` SIGKILL. Resolves when it has ended; at once when it had. */
  stop(containerId: string, seconds: number): Promise<void>;
  stopSandbox(sandboxId: string): Promise<void>;
  removeSandbox(sandboxId: string): void;
  ready(containerId: string): boolean;
  /** Calls back when a container ends, until the returned function is called. */
  onExit(call: (container: Container) => void): () => void;
  /** The machine loses its power: every process is gone, the records stay. */
  powerOff(): void;
}

const KILLED = 137; // 128 + SIGKILL

export function createRuntime(machine: Machine, program: Program): Runtime {
  const sandboxes = new Map<string, Sandbox>();
  const containers = new Map<string, Container>();
  const processes = new Map<string, { process: Process; timers: Timers; exit: (code: number, words?: string) => void }>();
  const images = new Set<string>();
  const listeners = new Set<(container: Container) => void>();
  const newId = (): string => randomBytes(32).toString('hex');
  const of = (sandboxId: string): Container[] => [...containers.values()].filter((c) => c.sandboxId === sandboxId);

  const runtime: Runtime = {
    sandboxes: () => [...sandboxes.values()],
    containers: () => [...containers.values()],
    images: () => [...images],
    createSandbox(pod) {
      const attempt = [...sandboxes.values()].filter((s) => s.podUid === pod.podUid).length;
      const sandbox: Sandbox = { ...pod, id: newId(), attempt, ready: true, createdAt: machine.now() };
      sandboxes.set(sandbox.id, sandbox);
      return sandbox;
    },
    startContainer(sandbox, { name, image, argv }) {
      const earlier = [...containers.values()].filter(
        (c) => c.name === name && c.labels['io.kubernetes.pod.uid'] === sandbox.podUid,
      );
      const attempt = Math.max(-1, ...earlier.map((c) => c.attempt)) + 1;
      // the kubelet keeps one dead container of each (MaxPerPodContainer, kubelet.go)
      for (const old of earlier.filter((c) => c.state === 'exited').slice(0, -1)) containers.delete(old.id);
      const id = newId();
      const now = machine.now();
      const container: Container = {
        id,
        sandboxId: sandbox.id,
        name,
        attempt,
        image,
        argv,
        state: 'running',
        createdAt: now,
        startedAt: now,
        finishedAt: 0,
        exitCode: 0,
        reason: '',
        pid: machine.nextPid(),
        // kuberuntime/labels.go
        labels: {
          'io.kubernetes.container.name': name,
          'io.kubernetes.pod.name': sandbox.podName,
          'io.kubernetes.pod.namespace': sandbox.namespace,
          'io.kubernetes.pod.uid': sandbox.podUid,
        },
        annotations: { 'io.kubernetes.container.restartCount': String(attempt) },
        logPath: `/var/log/pods/${sandbox.namespace}_${sandbox.podName}_${sandbox.podUid}/${name}/${attempt}.log`,
      };
      containers.set(id, container);
      images.add(image);
      showProcess(machine, container);
      const timers = machine.timers.group();
      const exit = (code: number, words = ''): void => {
        const running = processes.get(id);
        if (running === undefined) return;
        processes.delete(id);
        timers.stop();
        hideProcess(machine, container.pid);
        running.process.gone();
        Object.assign(container, {
          state: 'exited',
          finishedAt: machine.now(),
          exitCode: code,
          reason: code === 0 ? 'Completed' : 'Error',
        });
        writeLog(machine, container, words);
        for (const call of [...listeners]) call(container);
      };
      processes.set(id, { process: program(argv, id, timers, exit), timers, exit });
      return container;
    },
    async stop(id, seconds) {
      const running = processes.get(id);
      if (running === undefined) return;
      await new Promise<void>((resolve) => {
        const forget = runtime.onExit((container) => {
          if (container.id !== id) return;
          forget();
          resolve();
        });
        if (seconds > 0) {
          running.process.terminate();
          running.timers.after(seconds * 1000, () => running.exit(KILLED));
        } else running.exit(KILLED);
      });
    },
    async stopSandbox(id) {
      const sandbox = sandboxes.get(id);
      if (sandbox === undefined) return;
      await Promise.all(of(id).map((container) => runtime.stop(container.id, 0)));
      sandbox.ready = false;
    },
    removeSandbox(id) {
      for (const container of of(id)) containers.delete(container.id);
      sandboxes.delete(id);
    },
    ready: (id) => processes.get(id)?.process.ready() ?? false,
    onExit(call) {
      listeners.add(call);
      return () => void listeners.delete(call);
    },
    powerOff() {
      for (const [id, { process, timers }] of processes) {
        timers.stop();
        hideProcess(machine, containers.get(id)?.pid ?? 0);
        process.gone();
        // what containerd says of a container whose shim is gone
        Object.assign(containers.get(id) ?? {}, { state: 'exited', finishedAt: machine.now(), exitCode: 255, reason: 'Unknown' });
      }
      processes.clear();
      for (const sandbox of sandboxes.values()) sandbox.ready = false;
    },
  };
  return runtime;
}
