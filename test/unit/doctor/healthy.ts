/** Evidence of a control plane that is well, for tests that change one thing in it. */
import type { Evidence, PodFacts } from '../../../src/doctor/evidence.ts';

const NAMES = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler'];
export const DIRECTORY = '/etc/kubernetes/manifests';

export function healthy(): Evidence {
  return {
    format: 1,
    kcfg: '0.1.0',
    at: '2026-11-28T01:00:00.000Z',
    seconds: 0.4,
    node: { hostname: 'cp1', name: 'cp1', live: true, sandbox: false },
    missing: {},
    host: { addresses: ['127.0.0.1', '10.0.0.1'], listening: [], disks: [] },
    unit: { name: 'kubelet.service', load: 'loaded', active: 'active', sub: 'running', result: 'success', file: 'enabled', needsReload: false, restarts: 0, pid: 42, startedAt: '2026-11-28T00:00:00.000Z', argv: ['/usr/bin/kubelet', '--config=/var/lib/kubelet/config.yaml'], sources: [], program: 'runs' },
    kubelet: {
      version: '1.37.2',
      configFile: '/var/lib/kubelet/config.yaml',
      config: true,
      staticPodPath: DIRECTORY,
      kubeconfig: '/etc/kubernetes/kubelet.conf',
      rootDirectory: '/var/lib/kubelet',
      reach: { healthz: { address: '127.0.0.1', port: 10248 }, secure: { address: '127.0.0.1', port: 10250 } },
      findings: [],
      healthy: true,
    },
    runtime: { endpoint: 'unix:///run/containerd/containerd.sock', answers: true, name: 'containerd', version: 'v2.4.2' },
    directory: {
      path: DIRECTORY,
      kind: 'directory',
      readable: true,
      entries: NAMES.map((name) => ({ name: `${name}.yaml`, path: `${DIRECTORY}/${name}.yaml`, kind: 'file', size: 1000, changedAt: '2026-11-27T00:00:00.000Z', pod: { name, namespace: 'kube-system', hostNetwork: true }, containers: [], findings: [], sha256: name })),
    },
    pods: NAMES.map(pod),
    certificates: [],
    keys: [],
    kubeconfigs: [],
    api: { url: 'https://10.0.0.1:6443', local: true, status: 200, ms: 5 },
    journal: [],
    paths: {},
    texts: {},
  };
}

function pod(name: string): PodFacts {
  return {
    name,
    namespace: 'kube-system',
    fullName: `${name}-cp1`,
    file: `${name}.yaml`,
    state: 'up',
    sandboxes: [{ id: `s-${name}`, uid: `u-${name}`, ready: true, createdAt: '2026-11-28T00:00:01.000Z' }],
    containers: [{ name, id: `c-${name}`, podUid: `u-${name}`, sandboxId: `s-${name}`, image: name, state: 'running', attempt: 0, startedAt: '2026-11-28T00:00:02.000Z', finishedAt: '', exitCode: 0, reason: '', message: '', words: '', log: [] }],
  };
}

/** One whose container ended: by itself, again and again. */
export function ended(evidence: Evidence, name: string, words: string): Evidence {
  return {
    ...evidence,
    ...(name === 'kube-apiserver' && evidence.api !== undefined ? { api: { ...evidence.api, status: 0, error: 'ECONNREFUSED' } } : {}),
    pods: evidence.pods.map((each) => (each.name === name ? { ...each, state: 'restarting', containers: each.containers.map((container) => ({ ...container, state: 'exited', attempt: 4, exitCode: 1, finishedAt: '2026-11-28T00:59:20.000Z', words, log: [words] })) } : each)),
  };
}

/** A finding of the strict check in a manifest. */
export function found(evidence: Evidence, name: string, id: string, line: number): Evidence {
  const file = `${DIRECTORY}/${name}.yaml`;
  return {
    ...evidence,
    directory: {
      ...evidence.directory,
      entries: evidence.directory.entries.map((entry) => (entry.path === file ? { ...entry, findings: [...entry.findings, { id, severity: 'error', message: `${name} has ${id}`, where: [{ file, line, column: 7 }], notes: [], help: [] }] } : entry)),
    },
  };
}
