/** Lines: pkg/kubelet of 1.37.2 where no other version is named. */
import type { WordsOfTopic } from '../words.ts';

export const WORDS: WordsOfTopic = {
  clusterDNS: {
    // network/dns/dns.go: GetPodDNS
    does: 'The DNS servers that pods get, by address. Without it they use those of the node.',
    needs: "the address of the cluster's DNS Service",
    example: "clusterDNS='[10.96.0.10]'",
  },
  clusterDomain: {
    does: 'The domain in which pods look for short names of Services.',
    needs: 'the domain that the DNS of the cluster answers for',
    example: 'clusterDomain=cluster.local',
  },
  resolvConf: {
    does: 'The file from which pods take search domains, and those with dnsPolicy Default their servers. Empty text is no DNS for those.',
    needs: 'on a machine with systemd-resolved /run/systemd/resolve/resolv.conf: the usual file names a server that pods do not reach',
    example: 'resolvConf=/run/systemd/resolve/resolv.conf',
  },
  podCIDR: { does: 'The range of pod addresses of a kubelet without API server. In a cluster the Node object has it.' },
  address: { does: "The address at which the kubelet's server listens. 0.0.0.0 is all.", example: 'address=0.0.0.0' },
  port: {
    does: "The port of the kubelet's server: the API server comes there for logs and exec, metrics are read there.",
    needs: '1 to 65535; firewalls and scrapers of metrics that know the new one',
    example: 'port=10250',
  },
  healthzBindAddress: { does: 'The address at which /healthz answers without asking who is there.', example: 'healthzBindAddress=127.0.0.1' },
  healthzPort: {
    does: 'The port at which /healthz answers without asking who is there. 0 closes it.',
    needs: 'open, where kubeadm runs: it waits for an answer there',
    example: 'healthzPort=10248',
  },
  enableServer: {
    does: "Decides whether the kubelet's server runs: without it there is no kubectl logs or exec, and there are no metrics.",
  },
  streamingConnectionIdleTimeout: {
    // stored and never read in 1.28.15 (kubelet.go:525) and 1.30.14 (538), not even stored in 1.37.2
    does: 'Was the longest time that an idle exec, attach or port-forward stays open. The kubelet reads it and does nothing with it: the runtime holds those connections. Security benchmarks ask for a value other than 0.',
    example: 'streamingConnectionIdleTimeout=4h',
  },
  makeIPTablesUtilChains: {
    // kubelet_network_linux.go:30-90
    does: 'Lets the kubelet make the iptables chain KUBE-IPTABLES-HINT, by which other programs see which iptables is in use.',
    example: 'makeIPTablesUtilChains=true',
  },
  iptablesMasqueradeBit: { does: 'Was the mark for addresses to be rewritten. The kubelet does nothing with it any more.' },
  iptablesDropBit: { does: 'Was the mark for packets to be dropped. The kubelet does nothing with it any more.' },
  hairpinMode: { does: 'Was how a pod reaches itself through its Service. The kubelet does nothing with it: the network plugin decides.' },
};
