/**
 * Who holds a port: the process that has the listening socket open, by inode, and its container. A walk over every process's
 * descriptors takes a tenth of a second on a busy node, and is made only where something complains of a port that is taken.
 */
import type { Host } from '../../host/host.ts';
import type { Listener } from '../machine-evidence.ts';

const MOST_PROCESSES = 5000;

/** The listeners of these ports, each with its process. `table`: /proc/net/tcp and tcp6. */
export async function findHolders(host: Host, listening: readonly Listener[], tables: readonly string[], ports: ReadonlySet<number>): Promise<Listener[]> {
  const wanted = new Map<string, number>();
  for (const line of tables.flatMap((table) => table.split('\n').slice(1))) {
    const fields = line.trim().split(/\s+/);
    const port = Number.parseInt(fields[1]?.split(':')[1] ?? '', 16);
    const inode = fields[9];
    if (fields[3] === '0A' && ports.has(port) && inode !== undefined) wanted.set(`socket:[${inode}]`, port);
  }
  if (wanted.size === 0) return [...listening];
  const holders = new Map<number, Pick<Listener, 'pid' | 'program' | 'container'>>();
  const pids = ((await host.files.list('/proc').catch(() => undefined)) ?? []).filter((name) => /^\d+$/.test(name)).slice(0, MOST_PROCESSES);
  for (const pid of pids) {
    for (const name of (await host.files.list(`/proc/${pid}/fd`).catch(() => undefined)) ?? []) {
      const port = wanted.get((await host.files.info(`/proc/${pid}/fd/${name}`).catch(() => undefined))?.target ?? '');
      if (port !== undefined && !holders.has(port)) holders.set(port, await processOf(host, pid));
    }
    if (holders.size === new Set(wanted.values()).size) break;
  }
  return listening.map((listener) => ({ ...listener, ...holders.get(listener.port) }));
}

/** The container's ID stands in the name of its cgroup (…/cri-containerd-ID.scope, …/podUID/ID). */
async function processOf(host: Host, pid: string): Promise<Pick<Listener, 'pid' | 'program' | 'container'>> {
  const argv = await host.processes.argv(Number(pid)).catch(() => undefined);
  const cgroup = (await host.files.read(`/proc/${pid}/cgroup`).catch(() => undefined))?.toString() ?? '';
  const container = /([0-9a-f]{64})/.exec(cgroup)?.[1];
  return { pid: Number(pid), ...(argv?.[0] === undefined ? {} : { program: argv[0] }), ...(container === undefined ? {} : { container }) };
}
