/** Settings that the kubelet takes, and that fail later, with pods: a resolv.conf or a cgroup that is not there, DNS of another cluster. */
import type { Cause, Rule } from '../cause.ts';
import type { Evidence } from '../evidence.ts';
import { parseFlags } from '../../kubelet/flags.ts';
import { kubeletDown } from './kubelet-down.ts';
import { cause, commands, setting, warning } from './said.ts';

const PART = { component: 'kubelet', layer: 'kubelet' } as const;

export const kubeletSettings: Rule = {
  about: 'what the settings of the kubelet name is there',
  find: (evidence) => (evidence.kubelet.settings === undefined ? [] : [...resolvConf(evidence), ...reservedCgroups(evidence), ...clusterDns(evidence)]),
};

/** Each pod sandbox needs it, of static pods too (kubelet network/dns/dns.go getHostDNSConfig). */
function resolvConf(evidence: Evidence): Cause[] {
  const { kubelet, paths, pods, node } = evidence;
  const named = kubelet.settings?.resolvConf;
  const file = typeof named?.value === 'string' && named.value !== '' ? named.value : '/etc/resolv.conf';
  // a pretend node has none of its own
  if (paths[file] !== null || (node.sandbox && named?.where === undefined)) return [];
  const down = pods.some(({ state }) => state !== 'up');
  const other = file === '/etc/resolv.conf' ? undefined : '/etc/resolv.conf';
  return [cause({ ...PART, id: 'resolv-conf', now: node.live && down, message: `there is no ${file}, and the kubelet makes no pod without it`, verdict: `resolvConf is ${file}, which is not there`, where: named?.where === undefined ? [{ file }] : [named.where], notes: ['containers that run go on; new ones are not made, of static pods too', ...(file.includes('/systemd/resolve/') ? ['systemd-resolved writes it, and does not run here'] : [])], kubelet: `open ${file}: no such file or directory`, ...(other === undefined ? commands('systemctl restart systemd-resolved') : setting(evidence, 'resolvConf', other)) })];
}

/** kubelet cm/node_container_manager_linux.go enforceExistingCgroup: it makes only the one of pods. */
function reservedCgroups(evidence: Evidence): Cause[] {
  const { kubelet, paths, host } = evidence;
  const enforced = kubelet.settings?.enforceNodeAllocatable?.value;
  if (!Array.isArray(enforced) || host.cgroup === undefined) return [];
  return (['kube', 'system'] as const).flatMap((who) => {
    const name = `${who}ReservedCgroup`;
    const named = kubelet.settings?.[name];
    if (!enforced.some((word) => String(word).startsWith(`${who}-reserved`)) || typeof named?.value !== 'string' || named.value === '') return [];
    if (paths[cgroupPath(named.value, host.cgroup)] !== null) return [];
    return [cause({ ...PART, id: 'reserved-cgroup', now: kubeletDown(evidence), message: `${name} is ${named.value}, and there is no such cgroup`, where: named.where === undefined ? [] : [named.where], kubelet: `Failed to enforce ${who === 'kube' ? 'Kube' : 'System'} Reserved Cgroup Limits on "${named.value}": "${named.value}" cgroup does not exist`, ...withoutReserved(evidence) })];
  });
}

/** The reservation stays; it is only not enforced any more. */
function withoutReserved(evidence: Evidence): Pick<Cause, 'fix' | 'help'> {
  const { bytes } = evidence.kubelet.settings?.enforceNodeAllocatable ?? {};
  return bytes === undefined ? commands('kcfg set enforceNodeAllocatable pods') : setting(evidence, 'enforceNodeAllocatable', '[pods]');
}

/** Of cgroup v1 the kubelet looks in each controller it uses; cpu stands for them. */
export function cgroupPath(name: string, version: 1 | 2 | undefined): string {
  return `/sys/fs/cgroup${version === 1 ? '/cpu' : ''}/${name.replace(/^\//, '')}`;
}

/** kubeadm gives DNS the tenth address of the services' range (kubeadm constants GetDNSIP). */
function clusterDns({ kubelet, directory }: Evidence): Cause[] {
  const setting = kubelet.settings?.clusterDNS;
  const apiServer = directory.entries.find(({ pod }) => pod?.name === 'kube-apiserver');
  const range = parseFlags(apiServer?.containers[0]?.command.slice(1) ?? []).get('service-cluster-ip-range')?.split(',')[0];
  if (!Array.isArray(setting?.value) || range === undefined || !/^[\d.]+\/\d+$/.test(range)) return [];
  const first = String(setting.value[0] ?? '');
  if (!/^[\d.]+$/.test(first)) return [];
  const [base = '', bits = '32'] = range.split('/');
  const tenth = address((number(base) & mask(Number(bits))) + 10);
  const own = address((number(base) & mask(Number(bits))) + 1);
  // node-local DNS has an address of its own, and it is of no range of services
  if (first === tenth || first.startsWith('169.254.') || ((number(first) & mask(Number(bits))) === (number(base) & mask(Number(bits))) && first !== own)) return [];
  return [warning({ ...PART, id: 'cluster-dns', message: first === own ? `clusterDNS is ${first}, the address of the API server's service` : `clusterDNS is ${first}, and services are in ${range}`, where: setting.where === undefined ? [] : [setting.where], notes: ['new pods resolve no name', `kubeadm gives DNS the address ${tenth}`], ...commands(`kcfg set clusterDNS ${tenth}`) })];
}

function number(text: string): number {
  return text.split('.').reduce((sum, part) => (sum << 8) | Number(part), 0);
}
function mask(bits: number): number {
  return bits === 0 ? 0 : -1 << (32 - bits);
}
function address(value: number): string {
  return [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join('.');
}
