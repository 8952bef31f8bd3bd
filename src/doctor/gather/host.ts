/** The machine itself: addresses, ports that are listened on, disks, swap. From /proc and /sys, nothing is asked. */
import type { Host } from '../../host/host.ts';
import { observeFacts } from '../../node/facts.ts';
import type { HostFacts, Listener } from '../evidence.ts';

/** Where kubelet, runtime, etcd and logs write. */
const WRITTEN = ['/', '/var/lib/kubelet', '/var/lib/etcd', '/var/lib/containerd', '/var/log', '/etc/kubernetes'];

export async function gatherHost(host: Host): Promise<HostFacts> {
  const facts = await observeFacts(host, '/var/lib/kubelet', [], new Map());
  const text = async (path: string): Promise<string> => ((host.live ? await host.files.read(path).catch(() => undefined) : undefined) ?? '').toString();
  const disks: HostFacts['disks'] = [];
  const seen = new Set<string>();
  for (const path of WRITTEN) {
    if ((await host.files.target(path).catch(() => undefined)) === undefined) continue;
    const mount = await host.files.mount(path).catch(() => undefined);
    if (mount !== undefined && seen.has(mount.point)) continue;
    if (mount !== undefined) seen.add(mount.point);
    const freeBytes = await host.files.free(path).catch(() => undefined);
    if (freeBytes !== undefined) disks.push({ path, freeBytes });
  }
  const bootedAt = /^btime (\d+)$/m.exec(await text('/proc/stat'))?.[1];
  return {
    addresses: [...(facts.addresses ?? []), ...ipv6(await text('/proc/net/if_inet6'))],
    listening: [...listeners(await text('/proc/net/tcp')), ...listeners(await text('/proc/net/tcp6'))],
    disks,
    ...(facts.swap === undefined ? {} : { swap: facts.swap }),
    ...(facts.cgroup === undefined ? {} : { cgroup: facts.cgroup }),
    ...(bootedAt === undefined ? {} : { bootedAt: new Date(Number(bootedAt) * 1000).toISOString() }),
  };
}

/** `/proc/net/tcp`: local address as hex words in the machine's own byte order, state 0A listens (proc(5)). */
export function listeners(table: string): Listener[] {
  return table.split('\n').slice(1).flatMap((line) => {
    const [, local = '', , state] = line.trim().split(/\s+/);
    const [address = '', port = ''] = local.split(':');
    return state === '0A' ? [{ address: address.length === 8 ? ipv4Of(address) : ipv6Of(address), port: Number.parseInt(port, 16) }] : [];
  });
}

function ipv4Of(hex: string): string {
  return (hex.match(/../g) ?? []).reverse().map((byte) => Number.parseInt(byte, 16)).join('.');
}

function ipv6Of(hex: string): string {
  const bytes = (hex.match(/.{8}/g) ?? []).flatMap((word) => (word.match(/../g) ?? []).reverse());
  const groups = (bytes.join('').toLowerCase().match(/.{4}/g) ?? []).map((group) => group.replace(/^0{1,3}/, ''));
  if (groups.every((group) => group === '0')) return '::';
  if (groups.slice(0, 5).every((group) => group === '0') && groups[5] === 'ffff') return ipv4Of(hex.slice(24));
  return groups.join(':').replace(/(^|:)0(:0)+(:|$)/, '::');
}

function ipv6(table: string): string[] {
  return table.split('\n').flatMap((line) => {
    const hex = /^([0-9a-f]{32}) /.exec(line)?.[1];
    return hex === undefined ? [] : [(hex.match(/.{4}/g) ?? []).map((group) => group.replace(/^0{1,3}/, '')).join(':').replace(/(^|:)0(:0)+(:|$)/, '::')];
  });
}
