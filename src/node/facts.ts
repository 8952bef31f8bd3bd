/** What the rules may know of this node: its state files, processors, memory, swap, cgroups, and which paths are there. */
import { posix } from 'node:path';
import type { Host } from '../host/host.ts';
import type { Facts } from '../kubelet/rules/facts.ts';

/** Policies of managers leave these below the kubelet's root directory (kubelet cm/cpumanager, cm/memorymanager). */
const STATE_FILES = ['cpu_manager_state', 'memory_manager_state'];

/** `values`: configurations whose paths are looked for. */
export async function observeFacts(host: Host, rootDirectory: string, values: readonly unknown[], flags: ReadonlyMap<string, string>): Promise<Facts> {
  const text = async (path: string): Promise<string | undefined> => (await host.files.read(path).catch(() => undefined))?.toString('utf8');
  const stateFiles: { file: string; bytes: Uint8Array }[] = [];
  for (const name of STATE_FILES) {
    const file = posix.join(rootDirectory, name);
    const bytes = await host.files.read(file);
    if (bytes !== undefined) stateFiles.push({ file, bytes });
  }
  const there = new Map<string, boolean>();
  for (const path of new Set(values.flatMap(pathsIn))) there.set(path, (await host.files.target(path).catch(() => undefined)) !== undefined);
  const facts: Facts = { stateFiles, exists: (path) => there.get(path), ...(host.live ? { standalone: !flags.has('kubeconfig') && !flags.has('bootstrap-kubeconfig') } : {}) };
  if (!host.live) return facts;
  const [cpus, nodes, memory, swaps, routes, controllers] = await Promise.all([
    text('/sys/devices/system/cpu/online'),
    text('/sys/devices/system/node/online'),
    text('/proc/meminfo'),
    text('/proc/swaps'),
    text('/proc/net/fib_trie'),
    host.files.info('/sys/fs/cgroup/cgroup.controllers').catch(() => undefined),
  ]);
  const kilobytes = /^MemTotal:\s+(\d+) kB$/m.exec(memory ?? '')?.[1];
  return {
    ...facts,
    ...(cpus === undefined ? {} : { cpus: listed(cpus).length }),
    ...(nodes === undefined ? {} : { numaNodes: listed(nodes) }),
    ...(routes === undefined ? {} : { addresses: localAddresses(routes) }),
    ...(kilobytes === undefined ? {} : { memoryBytes: Number(kilobytes) * 1024 }),
    ...(swaps === undefined ? {} : { swap: swaps.trim().split('\n').length > 1 }),
    ...(host.sandbox ? {} : { cgroup: controllers === undefined ? (1 as const) : (2 as const) }),
  };
}

/** '0-3,5': as the kernel lists processors and nodes of memory. */
function listed(text: string): number[] {
  return text.trim().split(',').flatMap((part) => {
    const [first = 0, last = first] = part.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, i) => first + i);
  });
}

/** Of the table of routes, those that lead to this machine itself: `|-- 10.0.0.5` and, in the next line, `/32 host LOCAL`. */
function localAddresses(routes: string): string[] {
  return [...new Set([...routes.matchAll(/\|-- (\S+)\n\s+\/32 host LOCAL/g)].map((found) => found[1] ?? ''))];
}

function pathsIn(value: unknown): string[] {
  if (typeof value === 'string') return value.startsWith('/') ? [value] : [];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(pathsIn) : [];
}
