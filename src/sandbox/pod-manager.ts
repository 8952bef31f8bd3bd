/**
 * The pods that a kubelet wants, from its sources to its workers: what is removed waits until every source was seen,
 * housekeeping makes up for it, and mirror pods follow (pkg/kubelet/kubelet.go, kubelet_pods.go: HandlePodCleanups).
 */
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Cluster } from './cluster.ts';
import type { Log } from './klog.ts';
import type { Machine } from './machine.ts';
import { podObject, podStatus } from './pod-object.ts';
import type { PodWorkers } from './pod-workers.ts';
import type { Runtime } from './runtime.ts';
import { type Pod, podKey } from './static-pods.ts';

const PODS = 'var/lib/kubelet/pods';

export interface PodManager {
  /** The file source's whole set; the source counts as seen from then on. No argument: there is no file source. */
  fileSource(pods?: readonly Pod[]): void;
  /** The API server has answered. */
  apiSource(): void;
  housekeeping(): void;
  pods(): object[];
  metrics(): string;
  /** Housekeeping has run, and every pod is ready. */
  settled(): boolean;
}
export interface PodManagerOptions {
  machine: Machine;
  runtime: Runtime;
  cluster: Cluster;
  workers: PodWorkers;
  nodeName: string;
  verbosity: number;
  log: Log;
}

export function createPodManager(options: PodManagerOptions): PodManager {
  const { machine, runtime, cluster, workers, nodeName, log } = options;
  const desired = new Map<string, Pod>();
  const seen = { file: false, api: false };
  const counted = { orphans: 0, desired: undefined as number | undefined };
  const directory = join(machine.root, PODS);

  /** A mirror pod is kept as it is while its hash is the pod's UID, whatever the manifest says by now. */
  const mirror = (): void => {
    if (!seen.api || !cluster.ready()) return;
    for (const pod of desired.values()) {
      const { uid: hash, namespace, fullName: name, manifest } = pod;
      if (cluster.mirrors.get(podKey(pod))?.hash === hash) continue;
      const status = (): object => podStatus(runtime, hash);
      cluster.mirrors.set(podKey(pod), { namespace, name, node: nodeName, hash, manifest, status });
    }
  };
  const removeOrphanedDirectories = (): void => {
    const running = new Set(
      runtime
        .sandboxes()
        .filter((s) => s.ready)
        .map((s) => s.podUid),
    );
    for (const name of existsSync(directory) ? readdirSync(directory) : []) {
      if (!workers.known().has(name) && !running.has(name)) rmSync(join(directory, name), { recursive: true, force: true });
    }
  };

  return {
    fileSource(pods) {
      seen.file = true;
      const next = new Map((pods ?? []).filter((pod) => !pod.mirror).map((pod) => [pod.uid, pod]));
      for (const uid of [...desired.keys()].filter((each) => !next.has(each))) {
        desired.delete(uid);
        // kubelet.go:2624: "skipping delete because sources aren't ready yet"
        if (seen.api) workers.terminate(uid);
      }
      for (const [uid, pod] of next) {
        const known = desired.get(uid);
        desired.set(uid, pod);
        if (known !== undefined && JSON.stringify(known) === JSON.stringify(pod)) continue;
        mkdirSync(join(directory, uid), { recursive: true, mode: 0o750 });
        workers.update(pod);
      }
      mirror();
    },
    apiSource() {
      seen.api = true;
      log('I', 'apiserver.go:51', 'Watching apiserver');
      log('I', 'kubelet_node_status.go:78', 'Successfully registered node', `node="${nodeName}"`);
      // at every restart of a real one: its list of mirror pods is still empty when it creates them
      for (const pod of desired.values()) {
        if (!cluster.mirrors.has(podKey(pod))) continue;
        const error = `err="pods \\"${pod.fullName}\\" already exists" pod="${podKey(pod)}"`;
        log('E', 'kubelet.go:3581', 'Failed creating a mirror pod', error);
      }
      mirror();
    },
    housekeeping() {
      if (!seen.file || !seen.api) return;
      workers.reconcile(desired);
      removeOrphanedDirectories();
      for (const [key, { node, hash }] of cluster.mirrors) {
        if (node === nodeName && cluster.ready() && !desired.has(hash)) cluster.mirrors.delete(key);
      }
      mirror();
      const orphans = workers.stopOrphans();
      counted.desired = desired.size;
      counted.orphans += orphans;
      // V(2): a kubelet of kubeadm, with verbosity 0, stops orphans without a word
      if (orphans > 0 && options.verbosity >= 2) {
        log('I', 'kubelet_pods.go:1433', 'Clean up containers for orphaned pod we had not seen before');
      }
    },
    pods: () => [...desired.values()].map((pod) => podObject(runtime, pod, nodeName)),
    metrics() {
      const { desired: static_ } = counted;
      const gauges =
        static_ === undefined ? [] : ['kubelet_desired_pods{static=""} 0', `kubelet_desired_pods{static="true"} ${static_}`];
      return [...gauges, `kubelet_orphaned_runtime_pods_total ${counted.orphans}`, ''].join('\n');
    },
    settled: () => counted.desired !== undefined && [...desired.keys()].every((uid) => workers.podReady(uid)),
  };
}
