/** What the runtime needs beside itself: runc, a network for pods, and crictl for whoever looks. */
import type { Cause, Rule } from '../cause.ts';
import type { Evidence } from '../evidence.ts';
import { kubeletSaid } from './kubelet-down.ts';
import { cause, commands, warning } from './said.ts';

const PART = { component: 'runtime', layer: 'runtime' } as const;

export const runtimeParts: Rule = {
  about: 'runc and the networks of pods are there',
  find: (evidence) => (evidence.node.live && !evidence.node.sandbox ? [...runc(evidence), ...networks(evidence), ...crictl(evidence)] : []),
};

function runc(evidence: Evidence): Cause[] {
  const { runtime, pods } = evidence;
  if (runtime?.runc === undefined || runtime.runc.program === 'runs' || runtime.unit?.name !== 'containerd.service') return [];
  const { path, program } = runtime.runc;
  const config = evidence.texts['/etc/containerd/config.toml'] ?? '';
  // another program makes the containers
  if (/runtime_type\s*=\s*["'](?!io\.containerd\.runc\.v2)/.test(config) && !/io\.containerd\.runc\.v2/.test(config)) return [];
  const down = pods.some(({ state }) => state !== 'up');
  const what = program === 'missing' ? 'runc is missing' : `${path} may not be run`;
  const said = kubeletSaid(evidence, /runc/);
  return [cause({ ...PART, id: 'runc', now: down, message: `${what}, and containerd makes no container without it`, verdict: what, where: [{ file: path }], notes: ['containers that run go on'], evidence: said === undefined ? [] : [said], ...(program === 'missing' ? commands('apt-get install --reinstall runc') : commands(`chmod 755 ${path}`)) })];
}

/** The control plane is in the network of the node, and runs without; its node is NotReady (kubelet runtime network check). */
function networks({ runtime }: Evidence): Cause[] {
  if (runtime?.networks === undefined || runtime.networks.files.length > 0) return [];
  return [cause({ component: 'network', layer: 'others', id: 'no-network', now: true, verdict: `${runtime.networks.directory} has no file of one`, message: `${runtime.networks.directory} has no network for pods: the node is NotReady`, where: [{ file: runtime.networks.directory, label: 'no .conf, no .conflist' }], notes: ['the control plane runs without; other pods do not start'], kubelet: 'NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized', help: ["put the file of the cluster's network plugin back, or apply its manifest again"] })];
}

/** cri-tools: without an endpoint it tries several in turn, with a warning and a wait for each. A node without crictl's file is common. */
function crictl({ texts, runtime }: Evidence): Cause[] {
  const text = texts['/etc/crictl.yaml'];
  const endpoint = /^runtime-endpoint:\s*["']?(\S*?)["']?\s*$/m.exec(text ?? '')?.[1];
  if (text === undefined || runtime === undefined || endpoint === runtime.endpoint || (endpoint ?? '').replace('/var/run/', '/run/') === runtime.endpoint.replace('/var/run/', '/run/')) return [];
  return [warning({ ...PART, id: 'crictl', message: endpoint === undefined || endpoint === '' ? 'crictl has no address of the runtime' : `crictl asks ${endpoint}, and the kubelet ${runtime.endpoint}`, where: [{ file: '/etc/crictl.yaml' }], ...commands(`crictl config --set runtime-endpoint=${runtime.endpoint}`) })];
}
