/**
 * The members of etcd as this node's own one knows them, from its metrics: no certificate and no client is needed.
 * Seen in etcd 3.7 (membership/metrics.go, rafthttp/metrics.go, etcdserver/metrics.go); names are the same since 3.4.
 */
import type { Host } from '../host/host.ts';
import { parseFlags } from '../kubelet/flags.ts';
import type { Observed } from './observed.ts';

export interface EtcdView {
  /** Members that it knows, itself counted. */
  members: number;
  /** Others that it is connected with now. */
  connected: number;
  /** There is a leader: a quorum is up. */
  hasLeader: boolean;
  /** Its own number, in hex, as others know it; it stands in metrics once there are others. */
  id?: string;
  /** Numbers of others that it is not connected with. */
  away?: string[];
}

/** Where kubeadm's etcd serves its health and metrics without TLS, from its manifest. */
export function etcdMetrics(observed: Pick<Observed, 'directory'>): string | undefined {
  const command = observed.directory.entries.find((entry) => entry.manifest?.name === 'etcd')?.manifest?.containers[0]?.command;
  const urls = command === undefined ? undefined : parseFlags(command.slice(1)).get('listen-metrics-urls');
  return urls?.split(',').find((url) => url.startsWith('http://'));
}

/** Undefined where it does not say. */
export async function readEtcd(host: Pick<Host, 'http'>, metricsUrl: string): Promise<EtcdView | undefined> {
  const { status, body } = await host.http({ url: `${metricsUrl}/metrics`, timeout: 3000 });
  return status === 200 ? etcdIn(body) : undefined;
}

/** Prometheus' text format. */
export function etcdIn(metrics: string): EtcdView | undefined {
  const leader = /^etcd_server_has_leader (\S+)$/m.exec(metrics)?.[1];
  if (leader === undefined) return undefined;
  const others = (name: string): Set<string> => {
    const found = [...metrics.matchAll(new RegExp(`^etcd_network_${name}\\{Local="(\\w+)",Remote="(\\w+)"\\} (\\S+)$`, 'gm'))];
    // of itself too there is a line among those known, and a removed one stays with 0
    return new Set(found.flatMap(([, local, remote, value]) => (local !== remote && Number(value) > 0 ? [remote ?? ''] : [])));
  };
  const [known, active] = [others('known_peers'), others('active_peers')];
  const id = /^etcd_network_known_peers\{Local="(\w+)"/m.exec(metrics)?.[1];
  const away = [...known].filter((peer) => !active.has(peer)).sort();
  return { members: 1 + known.size, connected: known.size - away.length, hasLeader: Number(leader) === 1, ...(id === undefined ? {} : { id }), away };
}

/** How many of so many must be up. */
export function quorum(members: number): number {
  return Math.floor(members / 2) + 1;
}

/** With the members of etcd, for a plan that takes this one away for a moment. */
export async function withEtcd(host: Host, observed: Observed): Promise<Observed> {
  const url = host.live ? etcdMetrics(observed) : undefined;
  const etcd = url === undefined ? undefined : await readEtcd(host, url);
  return etcd === undefined ? observed : { ...observed, etcd };
}
