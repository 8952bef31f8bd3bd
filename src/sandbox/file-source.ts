/**
 * The kubelet's file source: lists the directory every 20 s, watches it in between, and keeps the pods it has seen
 * (pkg/kubelet/config/file.go, file_linux.go). The watch is a real one, on the inode the path led to when it began.
 */
import { type FSWatcher, statSync, watch } from 'node:fs';
import { join } from 'node:path';
import { kubeletFault } from './faults.ts';
import { findInside, resolveInside } from './inside.ts';
import type { Log } from './klog.ts';
import type { Machine } from './machine.ts';
import { type Identity, type Pod, podKey, type Reading, readStaticPods, tryFile } from './static-pods.ts';
import type { Timers } from './timers.ts';

/** fileCheckFrequency, v1beta1/defaults.go:79; retryPeriod of the watch, file_linux.go. */
const LIST_MS = 20_000;
const RETRY_MS = 1000;
const MOST_RETRY_MS = 20_000;

export interface FileSourceOptions {
  machine: Machine;
  timers: Timers;
  path: string;
  nodeName: string;
  log: Log;
  /** The whole set, each time something changed. */
  onPods(pods: Pod[]): void;
  /** The inode watched now; undefined when none is. */
  onWatch(inode: bigint | undefined): void;
}

/** Begins to list and watch; the returned function ends both. */
export function startFileSource({ machine, timers, path, nodeName, log, onPods, onWatch }: FileSourceOptions): () => void {
  const store = new Map<string, Pod>();
  const keyOf = new Map<string, string>();
  let watcher: FSWatcher | undefined;
  let ended = false;

  const identity = (): Identity => ({
    nodeName,
    ignorePins: kubeletFault(machine.faults, 'kubelet-ignores-pins', path) !== undefined,
  });
  const send = (): void => onPods([...store.values()]);
  const read = (): Reading => {
    const blind = kubeletFault(machine.faults, 'kubelet-blind', path);
    if (blind === undefined) return readStaticPods(machine.root, path, identity());
    const words = blind.how === 'missing' ? 'path does not exist, ignoring' : `stat ${path}: too many levels of symbolic links`;
    const complaints: Reading['complaints'] = [['Unable to read config path', `err="${words}" path="${path}"`]];
    return { found: blind.how === 'missing' ? 'missing' : 'unreadable', pods: new Map(), complaints };
  };
  /** False when the directory cannot be read: then the source is not even seen. */
  const list = (): boolean => {
    const { found, pods, complaints } = read();
    for (const [message, rest] of complaints) log('E', 'file.go:187', message, rest);
    if (found === 'unreadable') return false;
    store.clear();
    for (const [name, pod] of pods) {
      store.set(podKey(pod), pod);
      keyOf.set(name, podKey(pod));
    }
    send();
    return true;
  };
  /** Every name but hidden ones; what is gone is deleted, all else is read again. */
  const event = (directory: string, name: string | null): void => {
    if (ended || name === null || name.startsWith('.')) return;
    if (statSync(join(directory, name), { throwIfNoEntry: false }) === undefined) {
      const key = keyOf.get(name);
      keyOf.delete(name);
      if (key !== undefined && store.delete(key)) send();
      return;
    }
    const file = join(path, name);
    const [pod, complaint] = tryFile(machine.root, file, identity());
    if (pod === undefined) {
      log(
        'E',
        'file.go:109',
        'Unable to process watch event',
        `err="can't process config file \\"${file}\\": ${complaint.replaceAll('"', '\\"')}"`,
      );
      return;
    }
    store.set(podKey(pod), pod);
    keyOf.set(name, podKey(pod));
    send();
  };
  /** A missing directory is tried again each second, one that cannot be read ever more rarely (file_linux.go, startWatch). */
  let retryMs = RETRY_MS;
  const startWatch = (): void => {
    const found = kubeletFault(machine.faults, 'kubelet-blind', path) === undefined ? findInside(machine.root, path) : undefined;
    if (found === undefined || !statSync(found).isDirectory()) {
      if (!list()) retryMs = Math.min(retryMs * 2, MOST_RETRY_MS);
      timers.after(retryMs, startWatch);
      return;
    }
    const directory = resolveInside(machine.root, path);
    watcher = watch(directory, (_type, name) => event(directory, name));
    watcher.on('error', () => {});
    onWatch(statSync(directory, { bigint: true }).ino);
  };

  list();
  startWatch();
  timers.every(LIST_MS, () => void list());
  return () => {
    ended = true;
    watcher?.close();
    onWatch(undefined);
  };
}
