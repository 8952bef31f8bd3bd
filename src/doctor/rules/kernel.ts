/** What pods' networks need of the kernel, and what is often set at run time only and gone after a boot (kubeadm preflight). */
import type { Rule } from '../cause.ts';
import { commands, warning } from './said.ts';

export const kernel: Rule = {
  about: 'the kernel forwards packets of pods',
  find: ({ host }) =>
    host.sysctls?.['net/ipv4/ip_forward'] === '0'
      ? [warning({ id: 'ip-forward', component: 'host', layer: 'host', message: 'the kernel forwards no IPv4 packets, and pods reach nothing beyond this node', where: [{ file: '/proc/sys/net/ipv4/ip_forward', label: '0' }], notes: ['the control plane, in the network of the node, works all the same'], ...commands('sysctl -w net.ipv4.ip_forward=1', "echo 'net.ipv4.ip_forward = 1' > /etc/sysctl.d/k8s.conf") })]
      : [],
};
