/**
 * The process of a pretend kubelet, from its start to its end: configuration, file source, API source, housekeeping.
 *
 * The order and the times are what `systemctl restart kubelet` showed on a real node (1.37.2): watch 0.34 s, healthz
 * 0.4 s, API source 1.5 s at the earliest, first housekeeping 2.5 s. Nothing that runs is stopped before every source
 * was seen; the file source counts as seen when it sent its first set, even an empty one.
 */
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Cluster } from './cluster.ts';
import { startFileSource } from './file-source.ts';
import { flagValues } from './flags.ts';
import { findInside } from './inside.ts';
import { loadSettings, Refusal, type Settings } from './kubelet-config.ts';
import { serveKubelet } from './kubelet-server.ts';
import type { Machine } from './machine.ts';
import { podObject, podStatus } from './pod-object.ts';
import { createPodWorkers, type PodWorkers } from './pod-workers.ts';
import { hideProcess, hideWatch, showProcess, showWatch } from './proc.ts';
import type { Runtime } from './runtime.ts';
import { type Pod, podKey } from './static-pods.ts';

const CONFIG_MS = 80;
const WATCH_MS = 340;
const SERVE_MS = 400;
const API_MS = 1500;
const HOUSEKEEPING_MS = 2000;
/** Housekeeping ticks every 2 s from here: so the first one that can do something comes at 2.5 s. */
const FIRST_TICK_MS = 500;
const HEARTBEAT_MS = 1000;

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
  /** False until its first housekeeping is done and its pods are up; true once it has ended. */
  settled(): boolean;
  /** SIGTERM: it is gone at once, containers run on. */
  stop(): void;
}

export function startKubelet(options: KubeletOptions): KubeletProcess {
  const { machine, runtime, cluster, argv } = options;
  const { root, faults, settings: node } = machine;
  const timers = machine.timers.group();
  const pid = machine.nextPid();
  const nodeName = (flagValues(argv.slice(1)).get('hostname-override') ?? node.name ?? hostname()).toLowerCase();
  const desired = new Map<string, Pod>();
  const endings: (() => void)[] = [];
  const seen = { file: false, api: false };
  const counted = { orphans: 0, desired: undefined as number | undefined };
  let ended = false;
  let workers: PodWorkers | undefined;

  const log = (severity: 'E' | 'I' | 'W', source: string, message: string, rest = ''): void => {
    const at = machine.now();
    const clock = new Date(at).toISOString().slice(11, 23);
    const day = new Date(at).toISOString().slice(5, 10).replace('-', '');
    const line = `${severity}${day} ${clock}000 ${String(pid).padStart(7)} ${source}] ${JSON.stringify(message)}${rest === '' ? '' : ` ${rest}`}`;
    machine.journal.write({ at, unit: 'kubelet.service', identifier: 'kubelet', pid, priority: 6, message: line });
  };
  const stop = (): void => {
    if (ended) return;
    ended = true;
    timers.stop();
    workers?.stop();
    for (const end of endings) end();
    hideProcess(machine, pid, 'kubelet.service');
  };
  const fail = (message: string): void => {
    log('E', 'run.go:72', 'command failed', `err=${JSON.stringify(message)}`);
    stop();
    options.onExit(1);
  };
  const sourcesReady = (): boolean => seen.api && seen.file;

  const applyPods = (pods: Pod[]): void => {
    seen.file = true;
    const next = new Map(pods.filter((pod) => !pod.mirror).map((pod) => [pod.uid, pod]));
    for (const uid of [...desired.keys()].filter((each) => !next.has(each))) {
      desired.delete(uid);
      // kubelet.go:2624: "skipping delete because sources aren't ready yet"; housekeeping makes up for it
      if (sourcesReady()) workers?.terminate(uid);
    }
    for (const [uid, pod] of next) {
      const known = desired.get(uid);
      desired.set(uid, pod);
      if (known !== undefined && JSON.stringify(known) === JSON.stringify(pod)) continue;
      mkdirSync(join(root, 'var/lib/kubelet/pods', uid), { recursive: true, mode: 0o750 });
      workers?.update(pod);
    }
    mirror();
  };

  /** A mirror pod is kept as it is while its hash is the pod's UID, whatever the manifest says by now. */
  const mirror = (): void => {
    if (!seen.api || !cluster.ready()) return;
    for (const pod of desired.values()) {
      if (cluster.mirrors.get(podKey(pod))?.hash === pod.uid) continue;
      const { namespace, fullName: name, uid: hash, manifest } = pod;
      cluster.mirrors.set(podKey(pod), { namespace, name, node: nodeName, hash, manifest, status: () => podStatus(runtime, hash) });
    }
  };

  const housekeeping = (): void => {
    if (!sourcesReady() || workers === undefined) return;
    workers.reconcile(desired);
    const pods = join(root, 'var/lib/kubelet/pods');
    const running = new Set(runtime.sandboxes().filter((s) => s.ready).map((s) => s.podUid));
    for (const name of existsSync(pods) ? readdirSync(pods) : []) {
      if (!workers.known().has(name) && !running.has(name)) rmSync(join(pods, name), { recursive: true, force: true });
    }
    for (const [key, each] of cluster.mirrors) {
      if (each.node === nodeName && cluster.ready() && !desired.has(each.hash)) cluster.mirrors.delete(key);
    }
    mirror();
    const orphans = workers.stopOrphans();
    counted.desired = desired.size;
    counted.orphans += orphans;
    // V(2): a kubelet of kubeadm (verbosity 0) stops orphans without a word
    if (orphans > 0 && verbosity >= 2) log('I', 'kubelet_pods.go:1433', 'Clean up containers for orphaned pod we had not seen before');
  };

  let verbosity = 0;
  const run = (settings: Settings): void => {
    verbosity = Number((settings.logging as { verbosity?: number } | undefined)?.verbosity ?? 0);
    log('I', 'server.go:545', 'Kubelet version', `kubeletVersion="v${node.version}"`);
    if (!options.runtimeUp()) {
      const endpoint = typeof settings.containerRuntimeEndpoint === 'string' && settings.containerRuntimeEndpoint !== '' ? settings.containerRuntimeEndpoint : 'unix:///run/containerd/containerd.sock';
      const socket = endpoint.replace('unix://', '');
      fail(`failed to run Kubelet: validate service connection: validate CRI v1 runtime API for endpoint "${endpoint}": rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing: dial unix ${socket}: connect: no such file or directory"`);
      return;
    }
    const path = typeof settings.staticPodPath === 'string' ? settings.staticPodPath.replace(/(?<=.)\/+$/, '') : '';
    workers = createPodWorkers(machine, runtime, () => {});
    timers.after(WATCH_MS - CONFIG_MS, () => {
      if (path === '') seen.file = true;
      else {
        log('I', 'kubelet.go:389', 'Adding static pod path', `path="${path}"`);
        endings.push(
          startFileSource({
            machine,
            timers,
            path,
            nodeName,
            log: (severity, message, rest) => log(severity, 'file.go:187', message, rest),
            onPods: applyPods,
            onWatch: (inode) => (inode === undefined ? hideWatch(machine, pid) : showWatch(machine, pid, inode)),
          }),
        );
      }
    });
    timers.after(SERVE_MS - CONFIG_MS, () => serve(settings));
    timers.after(API_MS - CONFIG_MS, () => {
      const waiting = timers.every(100, () => {
        if (!cluster.ready()) return;
        waiting();
        seen.api = true;
        log('I', 'apiserver.go:51', 'Watching apiserver');
        log('I', 'kubelet_node_status.go:78', 'Successfully registered node', `node="${nodeName}"`);
        // seen at every restart on the lab: the watch has not caught up with the mirror pods that exist
        for (const pod of desired.values()) {
          if (!cluster.mirrors.has(podKey(pod))) continue;
          log('E', 'kubelet.go:3581', 'Failed creating a mirror pod', `err="pods \\"${pod.fullName}\\" already exists" pod="${podKey(pod)}"`);
        }
        mirror();
      });
    });
    timers.after(FIRST_TICK_MS - CONFIG_MS, () => void timers.every(HOUSEKEEPING_MS, housekeeping));
    timers.every(HEARTBEAT_MS, () => {
      if (seen.api && cluster.ready()) cluster.heartbeats.set(nodeName, Date.now());
    });
  };

  const serve = (settings: Settings): void => {
    try {
      endings.push(
        serveKubelet(machine, {
          settings,
          apiServer: options.apiServer,
          pods: () => [...desired.values()].map((pod) => podObject(runtime, pod, nodeName)),
          metrics: () =>
            [
              ...(counted.desired === undefined ? [] : ['kubelet_desired_pods{static=""} 0', `kubelet_desired_pods{static="true"} ${counted.desired}`]),
              `kubelet_orphaned_runtime_pods_total ${counted.orphans}`,
              '',
            ].join('\n'),
        }),
      );
    } catch (error) {
      fail(`failed to run Kubelet: ${(error as Error).message}`);
    }
  };

  showProcess(machine, { pid, argv, startedAt: machine.now(), unit: 'kubelet.service' });
  timers.after(CONFIG_MS, () => {
    const refused = faults.get('kubelet-refuses');
    if (refused !== undefined) return fail(refused === true ? 'failed to run Kubelet: no space left on device' : refused);
    try {
      const { settings, warnings } = loadSettings(root, argv.slice(1));
      for (const warning of warnings) machine.journal.write({ at: machine.now(), unit: 'kubelet.service', identifier: 'kubelet', pid, priority: 6, message: `I codec.go:102] ${warning}` });
      const kubeconfig = flagValues(argv.slice(1)).get('kubeconfig');
      if (kubeconfig !== undefined && findInside(root, kubeconfig) === undefined) {
        return fail('failed to run Kubelet: unable to load bootstrap kubeconfig: stat /etc/kubernetes/bootstrap-kubelet.conf: no such file or directory');
      }
      run(settings);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      fail(error.message);
    }
  });
  const settled = (): boolean =>
    ended || (counted.desired !== undefined && [...desired.keys()].every((uid) => workers?.podReady(uid) === true));
  return { pid, stop, settled };
}
