/**
 * Will staticPodPath outlive the next `kubeadm upgrade`, and will that find the control plane? Two things decide it: who keeps
 * the setting, and what lies at kubeadm's own directory (kubelet.md §6). Pure.
 */
import type { Observed } from '../../node/observed.ts';
import type { Finding } from '../../kubelet/rules/finding.ts';
import { INSTANCE_CONFIG, KUBEADM_DIRECTORY } from './instance-config.ts';

export interface KubeadmStanding {
  /** What keeps the path: 'instance-config.yaml:2', a drop-in or a flag; 'kubeadm' where the path is its own. Absent: nothing. */
  keptBy?: string;
  /** kubeadm's own directory is the one in force, or a link leads to it. Workers need none. */
  found: boolean;
  /** What the next upgrade would do, worst first; empty: it goes well. */
  findings: Finding[];
}

/** What of a node decides it. */
export type Standpoint = Pick<Observed, 'kubeadm' | 'staticPodPath'> & { node: Pick<Observed['node'], 'name' | 'role'>; kubelet: Pick<Observed['kubelet'], 'version' | 'configFile'> };

/** Undefined: kubeadm does not look after this node, or it has no static pods. */
export function kubeadmStanding(observed: Standpoint): KubeadmStanding | undefined {
  const { kubeadm, node, staticPodPath } = observed;
  if (kubeadm === undefined || staticPodPath.value === '') return undefined;
  const keptBy = keeper(observed);
  const found = node.role === 'worker' || kubeadm.directory.inForce;
  return { ...(keptBy === undefined ? {} : { keptBy }), found, findings: [...(found ? [] : [notFound(observed)]), ...(keptBy === undefined ? [notKept(observed)] : []), ...withoutEndpoint(observed)] };
}

function keeper({ kubeadm, kubelet, staticPodPath: { origin, value } }: Standpoint): string | undefined {
  // flags and drop-ins win over config.yaml, and kubeadm writes neither
  if (origin.layer === 'flag') return `--${origin.flag ?? 'pod-manifest-path'}`;
  if (origin.layer === 'drop-in') return place(origin.file, origin.line);
  const patch = patches(kubelet.version) ? kubeadm?.instanceConfig : undefined;
  if (patch?.path !== undefined) return patch.path === value ? place(INSTANCE_CONFIG, patch.line) : undefined;
  return value === KUBEADM_DIRECTORY ? 'kubeadm' : undefined;
}

/** kubeadm 1.34 and later patch with instance-config.yaml unasked. Unknown: it is taken to be a recent one. */
function patches(version: string | undefined): boolean {
  return version === undefined || Number(version.replace(/^v/, '').split('.')[1]) >= 34;
}

function notFound({ kubeadm, node, staticPodPath }: Standpoint): Finding {
  const { kind, target, names } = kubeadm?.directory ?? { kind: 'missing' as const, target: undefined, names: [] as string[] };
  const stale = names.includes('kube-apiserver.yaml');
  const at = kind === 'missing' ? 'nothing is there' : kind === 'link' ? `-> ${target ?? ''}` : stale ? 'other manifests' : 'no manifests';
  return {
    id: 'kubeadm-directory',
    severity: 'warning',
    message: stale ? `kubeadm upgrade would write its manifests where no kubelet looks` : `kubeadm upgrade would take ${node.name} for a worker`,
    where: [{ file: KUBEADM_DIRECTORY, label: at }],
    notes: [`kubeadm has that directory built in, and the static pods are in ${staticPodPath.value}`, ...(stale ? ['it would wait 5 min for pods that nobody starts, and give up'] : ['it would upgrade no static pod, and say that all went well'])],
    help: stale || kind === 'other' ? ['look at what lies there; take it away, then:', `  kcfg set staticPodPath ${staticPodPath.value}`] : ['leave a link there:', `  kcfg set staticPodPath ${staticPodPath.value}`],
  };
}

function notKept({ kubeadm, kubelet, node, staticPodPath }: Standpoint): Finding {
  const patch = kubeadm?.instanceConfig;
  const other = patches(kubelet.version) ? patch?.path : undefined;
  const becomes = other === undefined ? KUBEADM_DIRECTORY : other === '' ? 'none' : other;
  const ends = other === '' || kubeadm?.directory.inForce !== true;
  return {
    id: 'kubeadm-path',
    severity: 'warning',
    message: `kubeadm upgrade would set staticPodPath to ${becomes}`,
    where: [other === undefined ? { file: kubelet.configFile } : { file: INSTANCE_CONFIG, ...(patch?.line === undefined ? {} : { line: patch.line }) }],
    notes: [
      `it writes config.yaml anew${other === undefined ? ', and nothing keeps the path' : ', and patches it with this'}`,
      ends ? `the next restart of the kubelet would ${node.role === 'control plane' ? 'end the control plane' : 'stop the static pods'}` : 'the next restart of the kubelet would re-create each static pod that has no pin',
    ],
    help: ['keep it:', `  kcfg set staticPodPath ${staticPodPath.value}`],
  };
}

/** From 1.34 on kubeadm takes the runtime's endpoint from there (kubeadm util/config/cluster.go:204-224). */
function withoutEndpoint({ kubeadm, kubelet }: Standpoint): Finding[] {
  if (kubeadm?.instanceConfig?.endpoint !== false || !patches(kubelet.version)) return [];
  return [
    {
      id: 'kubeadm-endpoint',
      severity: 'warning',
      message: 'instance-config.yaml has no containerRuntimeEndpoint',
      where: [{ file: INSTANCE_CONFIG }],
      notes: ['kubeadm reads the address of the container runtime from there'],
      help: ['add it, as crictl has it: containerRuntimeEndpoint: unix:///run/containerd/containerd.sock'],
    },
  ];
}

function place(file: string | undefined, line: number | undefined): string {
  const path = file ?? '';
  return `${path.slice(path.lastIndexOf('/') + 1)}${line === undefined ? '' : `:${line}`}`;
}
