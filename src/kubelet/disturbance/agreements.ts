/**
 * Fields that cost a restart of the kubelet, with what else is worth knowing before: only new pods see them, or the
 * other side must agree. Lines are of 1.37.2 below pkg/kubelet unless a path says otherwise.
 */
import type { Rule } from './change.ts';

const restart = (why: string): Rule => ({ class: 'restart', why });
/** Written into the sandbox or the container when it is made. */
const newPods = restart('pods that run keep the old value; only new pods have the new one');
const newContainers = restart('containers that run keep the old value; each has the new one from its next start');
const unreachable = restart('there the kubelet is reached: by kubectl logs and exec, by scrapers of metrics, and by kcfg');
const credentials = restart('where the API server can no longer log in to the kubelet, kubectl logs and exec stop working');

export const AGREEMENTS: Readonly<Record<string, Rule>> = {
  clusterDNS: newPods,
  clusterDomain: newPods,
  resolvConf: newPods,
  defaultPodSysctls: newPods,
  /** cm/pod_container_manager_linux.go:79-105: only when the pod's cgroup is created. */
  podPidsLimit: newPods,
  cpuCFSQuota: newContainers,
  cpuCFSQuotaPeriod: newContainers,
  memorySwap: newContainers,
  singleProcessOOMKill: newContainers,
  seccompDefault: restart('containers that run keep theirs; one that makes a forbidden system call can fail at its next start'),
  podLogsDir: restart('containers that run go on writing to the old directory; what collects logs must look in both'),

  /** kubelet_node_status.go:90-142 and 361: only when the Node object is created. */
  registerWithTaints: restart('a node that is registered keeps its taints: kubectl taint changes those'),
  providerID: restart('a node that is registered keeps its provider ID'),
  registerNode: restart('a node that is registered stays so'),
  /** kubelet.go:904: the node's own CIDR replaces it. */
  podCIDR: restart('in a cluster the API server gives the range, and this one is replaced'),

  address: unreachable,
  port: restart('the API server learns the port from the status of the node; firewalls and scrapers of metrics do not'),
  enableServer: restart('without its server nothing reaches the kubelet: no kubectl logs or exec, and kcfg cannot verify'),
  enableDebuggingHandlers: restart('without them there is no kubectl logs or exec, and kcfg cannot ask the kubelet for its configuration'),
  readOnlyPort: restart('whoever reads metrics or pods from the read-only port loses or finds it'),
  healthzPort: restart('at 127.0.0.1:10248 kubeadm waits for an answer'),
  healthzBindAddress: restart('at 127.0.0.1:10248 kubeadm waits for an answer'),
  authentication: credentials,
  authorization: restart('where the kubelet no longer permits it to the API server, kubectl logs and exec stop working'),
  tlsCertFile: restart('clients of port 10250 see another certificate'),
  tlsPrivateKeyFile: restart('clients of port 10250 see another certificate'),
  tlsCipherSuites: restart('clients that know none of the suites lose port 10250'),
  tlsMinVersion: restart('clients that speak only older versions lose port 10250'),
  tlsCurvePreferences: restart('clients that know none of the curves lose port 10250'),
  rotateCertificates: restart('without rotation the kubelet is locked out of the API server when its certificate ends'),
  serverTLSBootstrap: restart('until its certificate request is approved, port 10250 has no certificate and refuses each connection'),

  failSwapOn: restart('with swap in use and the value true the kubelet does not start'),
  failCgroupV1: restart('on a machine with cgroup v1 and the value true the kubelet does not start'),
  protectKernelDefaults: restart('where settings of the kernel differ and the value is true, the kubelet does not start'),
  kubeReservedCgroup: restart('enforced on a cgroup that is not there, the kubelet does not start'),
  systemReservedCgroup: restart('enforced on a cgroup that is not there, the kubelet does not start'),
  imageGCHighThresholdPercent: restart('unused images can be deleted soon after'),
  imageGCLowThresholdPercent: restart('unused images can be deleted soon after'),
  imageMaximumGCAge: restart('unused images that are older are deleted'),
  imageServiceEndpoint: restart('images are pulled and counted there from then on'),
};
