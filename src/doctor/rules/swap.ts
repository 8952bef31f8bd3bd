/** Swap with failSwapOn, and cgroup v1 with failCgroupV1: the kubelet ends at its start (kubelet cm/container_manager_linux.go, app/server.go). */
import type { Rule } from '../cause.ts';
import { kubeletDown, minorOf } from './kubelet-down.ts';
import { cause, commands, setting } from './said.ts';

export const swap: Rule = {
  about: 'swap and cgroups are as the kubelet is set up for',
  find(evidence) {
    const { host, kubelet } = evidence;
    const now = kubeletDown(evidence);
    const fails = kubelet.settings?.failSwapOn;
    const found = [];
    // a kubelet that runs with swap on has started before it: the next start fails
    if (host.swap === true && fails?.value === true) {
      found.push(cause({ id: 'swap', component: 'host', layer: 'host', now, message: 'swap is on, and the kubelet does not start with swap', where: fails.where === undefined ? [{ file: '/proc/swaps' }] : [{ file: '/proc/swaps' }, { ...fails.where, label: 'failSwapOn' }], notes: ['failSwapOn is on by default; swap comes back at each boot from /etc/fstab, a .swap unit or zram'], kubelet: 'running with swap on is not supported, please disable swap or set --fail-swap-on flag to false', ...commands('swapoff -a', "sed -i.bak '/\\sswap\\s/s/^/#/' /etc/fstab", 'systemctl restart kubelet') }));
    }
    const cgroup = kubelet.settings?.failCgroupV1;
    const told = kubelet.findings.some(({ id }) => id === 'cgroup-v1');
    if (host.cgroup === 1 && !told && cgroup?.value === true && (minorOf(kubelet.version) ?? 0) >= 31) {
      found.push(cause({ id: 'cgroup-v1', component: 'host', layer: 'host', now, message: 'this machine has cgroup v1, and the kubelet does not start with it', where: cgroup.where === undefined ? [{ file: kubelet.configFile }] : [cgroup.where], notes: ['failCgroupV1 is on by default from 1.35'], kubelet: 'kubelet is configured to not run on a host using cgroup v1', ...setting(evidence, 'failCgroupV1', 'false') }));
    }
    return found;
  },
};
