/**
 * A node's running containers, read from the runtime's own bundles on its disk: /run/containerd holds for each
 * task its OCI config.json (with the CRI's annotations) and init.pid. No program runs in the node for it, so
 * asking disturbs nothing and works while containerd is down.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface LabContainer {
  id: string;
  /** As in the manifest: `etcd`. */
  name: string;
  /** As kubectl shows it: `etcd-cp1`. */
  pod: string;
  /** UID of the pod as the kubelet gave it to the runtime. */
  uid: string;
  /** As the node counts. */
  pid: number;
}

const TASKS = 'run/containerd/io.containerd.runtime.v2.task/k8s.io';

/** Pods' containers whose process lives, by name; sandboxes left out. `root`: the node's `/`, with /proc and /run. */
export function runningContainers(root: string): LabContainer[] {
  const tasks = join(root, TASKS);
  if (!existsSync(tasks)) return [];
  return readdirSync(tasks)
    .map((id) => read(root, id))
    .filter((container) => container !== undefined)
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function read(root: string, id: string): LabContainer | undefined {
  const task = join(root, TASKS, id);
  try {
    const { annotations = {} } = JSON.parse(readFileSync(join(task, 'config.json'), 'utf8')) as { annotations?: Record<string, string> };
    const cri = (key: string): string => annotations[`io.kubernetes.cri.${key}`] ?? '';
    const pid = Number(readFileSync(join(task, 'init.pid'), 'utf8'));
    if (cri('container-type') !== 'container' || !existsSync(join(root, 'proc', String(pid)))) return undefined;
    return { id, name: cri('container-name'), pod: cri('sandbox-name'), uid: cri('sandbox-uid'), pid };
  } catch {
    return undefined; // it is just being made, or just gone
  }
}
