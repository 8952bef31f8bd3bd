/** A configuration from which kubeadm renders this node's manifests again: v1beta4, and v1beta3 for those before 1.31. Pure. */
import { stringify } from 'yaml';
import { inUrl, minorOf, type Parameters, partsOfImage } from './parameters.ts';

/** Only what the manifests show: names in certificates and the address of a balancer are not in it. `version`: kubeadm's. */
export function kubeadmConfig(p: Parameters, version: string): string {
  const old = minorOf(version) < 31;
  const apiVersion = `kubeadm.k8s.io/${old ? 'v1beta3' : 'v1beta4'}`;
  const { repository, tag } = partsOfImage(p.etcd.image);
  // as they are by default they stay out: kubeadm puts what is said here behind its own flags (util/arguments.go)
  const flags = {
    ...(p.etcd.name === p.nodeName ? {} : { name: p.etcd.name }),
    ...(p.etcd.initialCluster === `${p.nodeName}=https://${inUrl(p.address)}:2380` ? {} : { 'initial-cluster': p.etcd.initialCluster }),
    ...(p.etcd.initialState === undefined ? {} : { 'initial-cluster-state': p.etcd.initialState }),
    ...(p.etcd.metricsUrls === undefined ? {} : { 'listen-metrics-urls': p.etcd.metricsUrls }),
  };
  const extraArgs = old ? flags : Object.entries(flags).map(([name, value]) => ({ name, value }));
  const init = {
    apiVersion,
    kind: 'InitConfiguration',
    localAPIEndpoint: { advertiseAddress: p.address, bindPort: p.port },
    nodeRegistration: { name: p.nodeName, criSocket: p.criSocket },
  };
  const cluster = {
    apiVersion,
    kind: 'ClusterConfiguration',
    kubernetesVersion: `v${p.version}`,
    imageRepository: p.repository,
    certificatesDir: p.certificatesDir,
    clusterName: p.clusterName,
    networking: { serviceSubnet: p.serviceSubnet, dnsDomain: p.dnsDomain, ...(p.podSubnet === undefined ? {} : { podSubnet: p.podSubnet }) },
    etcd: { local: { imageRepository: repository, imageTag: tag, dataDir: p.etcd.dataDir, ...(Object.keys(flags).length === 0 ? {} : { extraArgs }) } },
  };
  return `${stringify(init)}---\n${stringify(cluster)}`;
}
