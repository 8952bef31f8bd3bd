/** The machine itself: addresses, ports that are listened on, disks, swap. From /proc and /sys, nothing is asked. */
import type { Host } from '../../host/host.ts';
import { observeFacts } from '../../node/facts.ts';
import type { HostFacts, Listener } from '../machine-evidence.ts';
import { gatherDisks } from './disks.ts';
import { findHolders } from './holders.ts';
import { gatherNames } from './names.ts';

/** What pods and their networks need of the kernel (kubeadm preflight/checks_linux.go). */
const SYSCTLS = ['net/ipv4/ip_forward', 'net/ipv6/conf/all/forwarding', 'net/bridge/bridge-nf-call-iptables'];

export async function gatherHost(host: Host, kubeconfig: string): Promise<HostFacts> {
  const facts = await observeFacts(host, '/var/lib/kubelet', [], new Map());
  const text = async (path: string): Promise<string> => ((host.live ? await host.files.read(path).catch(() => undefined) : undefined) ?? '').toString();
  const bootedAt = /^btime (\d+)$/m.exec(await text('/proc/stat'))?.[1];
  const sysctls: Record<string, string> = {};
  for (const name of host.sandbox ? [] : SYSCTLS) {
    const value = (await text(`/proc/sys/${name}`)).trim();
    if (value !== '') sysctls[name] = value;
  }
  return {
    addresses: [...(facts.addresses ?? []), ...ipv6(await text('/proc/net/if_inet6'))],
    listening: [...listeners(await text('/proc/net/tcp')), ...listeners(await text('/proc/net/tcp6'))],
    disks: await gatherDisks(host),
    ...(facts.swap === undefined ? {} : { swap: facts.swap }),
    ...(facts.cgroup === undefined ? {} : { cgroup: facts.cgroup }),
    ...(bootedAt === undefined ? {} : { bootedAt: new Date(Number(bootedAt) * 1000).toISOString() }),
    ...(host.live && !host.sandbox ? { names: await gatherNames(host, kubeconfig) } : {}),
    sysctls,
  };
}

/** The same with the processes behind the ports that something finds taken. */
export async function withHolders(host: Host, facts: HostFacts, ports: ReadonlySet<number>): Promise<HostFacts> {
  if (ports.size === 0) return facts;
  const text = async (path: string): Promise<string> => ((await host.files.read(path).catch(() => undefined)) ?? '').toString();
  return { ...facts, listening: await findHolders(host, facts.listening, [await text('/proc/net/tcp'), await text('/proc/net/tcp6')], ports) };
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
