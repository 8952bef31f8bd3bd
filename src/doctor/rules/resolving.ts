/** Names of API servers that this machine's resolver does not know: an entry of /etc/hosts that cloud-init wrote over, a dead DNS server. */
import type { Rule } from '../cause.ts';
import { cause, commands } from './said.ts';

/** kubeadm writes one address into these: that of the whole control plane. The controllers ask their own API server. */
const SHARED = /\/(kubelet|admin)\.conf$/;

export const resolving: Rule = {
  about: 'the names of API servers resolve',
  find(evidence) {
    const { host, node, kubeconfigs, kubelet } = evidence;
    return Object.entries(host.names ?? {}).flatMap(([name, addresses]) => {
      if (addresses.length > 0) return [];
      // one that others do not name is a slip in that file, and told of it
      const shared = kubeconfigs.filter(({ file, server }) => server !== undefined && SHARED.test(file));
      if (shared.length < 2 || !shared.every(({ server }) => server?.includes(`//${name}`) === true)) return [];
      const from = kubeconfigs.filter(({ server }) => server?.includes(`//${name}`) === true);
      // one kubeconfig alone, and the others lead elsewhere: it is wrong, not the resolver (kubeconfig-server.ts)
      if (from.length === 1 && kubeconfigs.some(({ server }) => server !== undefined && !server.includes(`//${name}`))) return [];
      const where = from.length === 0 ? [{ file: kubelet.kubeconfig }] : from.map(({ file, line }) => ({ file, ...(line === undefined ? {} : { line }) }));
      const said = evidence.journal.findLast(({ message }) => message.includes(`lookup ${name}`))?.message;
      const hosts = evidence.texts['/etc/hosts'];
      return [cause({ id: 'no-such-host', component: 'host', layer: 'host', now: node.live, message: `nothing here knows the name ${name}, and kubeconfigs reach the API server by it`, verdict: `the name ${name} does not resolve`, where, notes: [hosts?.includes(name) === true ? `/etc/hosts has it, and the resolver does not take it: look at /etc/nsswitch.conf` : 'it is not in /etc/hosts, and DNS has no answer'], kubelet: `dial tcp: lookup ${name}: no such host`, evidence: said === undefined ? [] : [said.slice(0, 300)], ...commands(`echo 'ADDRESS ${name}' >> /etc/hosts`) })];
    });
  },
};
