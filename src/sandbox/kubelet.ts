/**
 * The process of a pretend kubelet, from its start to its end.
 *
 * The order and the times are what `systemctl restart kubelet` showed on a real node (1.37.2): watch 0.34 s, healthz
 * 0.4 s, API source 1.5 s at the earliest, first housekeeping 2.5 s. Nothing that runs is stopped before every source
 * was seen; the file source counts as seen when it sent its first set, even an empty one.
 */
import { readFileSync } from 'node:fs';
import type { Cluster } from './cluster.ts';
import { kubeletFault } from './faults.ts';
import { startFileSource } from './file-source.ts';
import { flagValues } from './flags.ts';
import { findInside } from './inside.ts';
import { createLog } from './klog.ts';
import { loadSettings, Refusal, type Settings } from './kubelet-config.ts';
import { serveKubelet } from './kubelet-server.ts';
import type { Machine } from './machine.ts';
import { createPodManager, type PodManager } from './pod-manager.ts';
import { createPodWorkers } from './pod-workers.ts';
import { hideProcess, hideWatch, showProcess, showWatch } from './proc.ts';
import type { Runtime } from './runtime.ts';

const CONFIG_MS = 80;
const WATCH_MS = 340;
const SERVE_MS = 400;
const API_MS = 1500;
/** Managers of resources start behind the server, and some settings are judged only there. */
const MANAGERS_MS = 700;
const API_RETRY_MS = 100;
const HOUSEKEEPING_MS = 2000;
/** Housekeeping ticks every 2 s from here: so the first one that can do something comes at 2.5 s. */
const FIRST_TICK_MS = 500;
const HEARTBEAT_MS = 1000;
const DEFAULT_ENDPOINT = 'unix:///run/containerd/containerd.sock';

export interface KubeletOptions {
  machine: Machine;
  runtime: Runtime;
  cluster: Cluster;
  /** Is anyone behind the runtime's socket? */
  runtimeUp(): boolean;
  apiServer(): 'up' | 'starting' | 'down';
  argv: readonly string[];
  /** Called once, when it ends by itself. */
  onExit(code: number): void;
}
export interface KubeletProcess {
  readonly pid: number;
  /** Its first housekeeping is done and its pods are up, or it has ended. */
  settled(): boolean;
  /** SIGTERM: it is gone at once, containers run on. */
  stop(): void;
}

export function startKubelet(options: KubeletOptions): KubeletProcess {
  const { machine, argv } = options;
  const { root, faults } = machine;
  const flags = flagValues(argv.slice(1));
  const pid = machine.nextPid();
  const log = createLog(machine, pid);
  const timers = machine.timers.group();
  const endings: (() => void)[] = [];
  let manager: PodManager | undefined;
  let ended = false;

  const stop = (): void => {
    if (ended) return;
    ended = true;
    timers.stop();
    for (const end of endings) end();
    hideProcess(machine, pid, 'kubelet.service');
  };
  const fail = (message: string): void => {
    log('E', 'run.go:72', 'command failed', `err=${JSON.stringify(message)}`);
    stop();
    options.onExit(1);
  };
  /** What the real one stops for is its end; anything else is a fault of this program. */
  const orFail = (call: () => void): void => {
    try {
      call();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      fail(error.message);
    }
  };
  const later = (sinceStart: number, call: () => void): void => void timers.after(sinceStart - CONFIG_MS, () => orFail(call));

  const load = (): void => {
    const { settings, warnings, later: end } = loadSettings(root, argv.slice(1), undefined, { stateFiles: stateFiles(root), standalone: !flags.has('kubeconfig') });
    for (const { message, rest } of warnings) log('I', 'codec.go:102', message, rest);
    log('I', 'server.go:545', 'Kubelet version', `kubeletVersion="v${machine.settings.version}"`);
    const refusal = kubeletFault(faults, 'kubelet-refuses', String(settings.staticPodPath ?? ''), JSON.stringify(settings));
    if (refusal !== undefined) throw new Refusal(refusal.words ?? 'failed to run Kubelet: no space left on device');
    const kubeconfig = flags.get('kubeconfig');
    if (kubeconfig !== undefined && findInside(root, kubeconfig) === undefined) {
      const bootstrap = flags.get('bootstrap-kubeconfig') ?? '';
      throw new Refusal(
        `failed to run Kubelet: unable to load bootstrap kubeconfig: stat ${bootstrap}: no such file or directory`,
      );
    }
    if (!options.runtimeUp()) throw new Refusal(deadRuntime(String(settings.containerRuntimeEndpoint || DEFAULT_ENDPOINT)));
    run(settings);
    if (end !== undefined) later(MANAGERS_MS, () => fail(`failed to run Kubelet: ${end}`));
  };

  const run = (settings: Settings): void => {
    const { runtime, cluster } = options;
    const nodeName = (flags.get('hostname-override') ?? machine.settings.name).toLowerCase();
    const verbosity = Number((settings.logging as { verbosity?: number } | undefined)?.verbosity ?? 0);
    const workers = createPodWorkers(machine, runtime);
    const pods = createPodManager({ machine, runtime, cluster, workers, nodeName, verbosity, log });
    manager = pods;
    // its loop hears no source, and does no housekeeping, before the runtime is there (kubelet.go, syncLoop)
    const slow = (faults.get('kubelet-slow') ?? 0) * 1000;
    const heard = (call: () => void): void => void (slow === 0 ? call() : timers.after(slow, () => orFail(call)));
    endings.push(workers.stop);
    later(WATCH_MS + (faults.get('kubelet-watches-late') ?? 0) * 1000, () => {
      const path = typeof settings.staticPodPath === 'string' ? settings.staticPodPath.replace(/(?<=.)\/+$/, '') : '';
      if (path === '') {
        pods.fileSource();
        return;
      }
      log('I', 'kubelet.go:389', 'Adding static pod path', `path="${path}"`);
      const onWatch = (inode: bigint | undefined): void =>
        inode === undefined ? hideWatch(machine, pid) : showWatch(machine, pid, inode);
      endings.push(startFileSource({ machine, timers, path, nodeName, log, onPods: (...found) => heard(() => pods.fileSource(...found)), onWatch }));
    });
    later(SERVE_MS, () => {
      const { apiServer } = options;
      endings.push(serveKubelet(machine, { settings, apiServer, pods: pods.pods, metrics: pods.metrics }));
    });
    later(API_MS, () => {
      const retry = timers.every(API_RETRY_MS, () => {
        if (!cluster.ready()) return;
        retry();
        heard(pods.apiSource);
        timers.every(HEARTBEAT_MS, () => {
          if (cluster.ready()) cluster.heartbeats.set(nodeName, Date.now());
        });
        cluster.heartbeats.set(nodeName, Date.now());
      });
    });
    later(FIRST_TICK_MS + slow, () => void timers.every(HOUSEKEEPING_MS, pods.housekeeping));
  };

  showProcess(machine, { pid, argv, startedAt: machine.now(), unit: 'kubelet.service' });
  timers.after(CONFIG_MS, () => orFail(load));
  return { pid, stop, settled: () => ended || manager?.settled() === true };
}

/** Which policy wrote them is compared with the one that is set. */
function stateFiles(root: string): { file: string; bytes: Uint8Array }[] {
  return ['cpu_manager_state', 'memory_manager_state'].flatMap((name) => {
    const file = `/var/lib/kubelet/${name}`;
    const path = findInside(root, file);
    return path === undefined ? [] : [{ file, bytes: readFileSync(path) }];
  });
}

/** What a kubelet says to a runtime's socket that no one listens on. */
export function deadRuntime(endpoint: string): string {
  const dial = `dial unix ${endpoint.replace('unix://', '')}: connect: no such file or directory`;
  return `failed to run Kubelet: validate service connection: validate CRI v1 runtime API for endpoint "${endpoint}": rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing: ${dial}"`;
}
