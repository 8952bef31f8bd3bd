/** The kubelet's configuration file: each is followed by a restart, for only then does it count. */
import { type Case, CONFIG, RESTART, type Step } from '../case.ts';

const INVALID = { class: 'kubelet config invalid', on: 'both', repair: 'recover', settle: { kubelet: 'down' } } as const;
const to = (from: string | RegExp, text: string): Step[] => [{ edit: CONFIG, from, to: text }, RESTART];
const add = (text: string): Step[] => [{ append: CONFIG, text }, RESTART];
const expect = (ids: readonly string[], line: string): Pick<Case, 'expect'> => ({ expect: { ids, component: 'kubelet', file: CONFIG, line } });

export const kubeletConfig: readonly Case[] = [
  { ...INVALID, on: 'lab', id: 'B091', name: 'config.yaml is not there', break: [{ remove: CONFIG }, RESTART], expect: { ids: ['no-config'], component: 'kubelet', file: CONFIG }, repair: 'command' },
  { ...INVALID, id: 'B092', name: 'no colon behind a key', break: to('clusterDNS:', 'clusterDNS'), ...expect(['invalid-yaml'], 'clusterDNS') },
  { ...INVALID, id: 'B093', name: 'a misspelt key, which is not fatal: the path of static pods is lost', break: to('staticPodPath:', 'staticPodPaths:'), settle: { down: ['kube-scheduler', 'kube-apiserver'] }, ...expect(['unknown-field', 'static-pod-path', 'no-static-pod-path'], 'staticPodPaths') },
  { ...INVALID, on: 'lab', id: 'B097', name: 'clientCAFile names a file that is not there', break: to('clientCAFile: /etc/kubernetes/pki/ca.crt', 'clientCAFile: /etc/kubernetes/pki/WRONG-CA-FILE.crt'), ...expect(['no-such-file', 'path'], 'clientCAFile') },
  { ...INVALID, id: 'B098', name: 'a feature gate that is gone', break: add('featureGates:\n  KubeletCredentialProviders: true\n'), ...expect(['unknown-gate'], 'KubeletCredentialProviders') },
  { ...INVALID, id: 'B099', name: "another CPU manager's policy, with the state of the one before", break: add('cpuManagerPolicy: static\nreservedSystemCPUs: "0"\n'), ...expect(['state-file'], 'cpuManagerPolicy'), repair: 'command' },
  { ...INVALID, on: 'lab', id: 'B100', name: 'resolvConf of a resolver that is not here', break: [{ append: CONFIG, text: 'resolvConf: /run/systemd/resolve/resolv.conf\n' }, { run: ['systemctl', 'stop', 'kubelet'] }, { run: ['sh', '-c', 'pkill -KILL -x kube-scheduler; pkill -KILL -x pause; true'] }, RESTART], settle: { down: ['kube-scheduler'] }, ...expect(['resolv-conf'], 'resolvConf') },
  { ...INVALID, on: 'lab', id: 'B101', name: 'a cgroup for reserved resources that there is not', break: add('enforceNodeAllocatable: [pods, kube-reserved]\nkubeReservedCgroup: /kube\nkubeReserved: {cpu: 100m}\n'), ...expect(['reserved-cgroup'], 'kubeReservedCgroup') },
  { ...INVALID, on: 'both', id: 'B102', name: "another address than the cluster's DNS: nothing of the control plane is down", break: to('- 10.96.0.10', '- 10.96.0.1'), settle: { seconds: 10 }, expect: { ids: [] }, repair: 'nothing' },
];
