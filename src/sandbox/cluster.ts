/** What etcd holds of a pretend cluster, as far as kcfg asks: its nodes and the mirror pods of their static pods. */
export interface MirrorPod {
  namespace: string;
  name: string;
  node: string;
  /** UID of the static pod it mirrors. */
  hash: string;
  manifest: Record<string, unknown>;
  /** The pod's status now, as the kubelet would report it. */
  status(): object;
}

export interface Cluster {
  /** An API server of it answers, and is ready. */
  ready(): boolean;
  mirrors: Map<string, MirrorPod>;
  /** Node name → when its kubelet was last heard of, milliseconds since the epoch. */
  heartbeats: Map<string, number>;
}

export function createCluster(): Cluster {
  return { ready: () => false, mirrors: new Map(), heartbeats: new Map() };
}

/** Seconds until a silent node is not ready: --node-monitor-grace-period 40 s (seen so on the lab). */
const NODE_GRACE_MS = 40_000;

export function mirrorObject(mirror: MirrorPod): object {
  const manifest = mirror.manifest as { metadata?: Record<string, unknown>; spec?: object };
  const annotations = (manifest.metadata?.annotations ?? {}) as Record<string, string>;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...manifest.metadata,
      name: mirror.name,
      namespace: mirror.namespace,
      uid: `00000000-0000-4000-8000-${mirror.hash.slice(0, 12).padEnd(12, '0')}`,
      annotations: {
        ...annotations,
        'kubernetes.io/config.hash': mirror.hash,
        'kubernetes.io/config.mirror': mirror.hash,
        'kubernetes.io/config.source': 'file',
      },
      ownerReferences: [{ apiVersion: 'v1', controller: true, kind: 'Node', name: mirror.node }],
    },
    spec: { ...manifest.spec, nodeName: mirror.node },
    status: mirror.status(),
  };
}

export function nodeObject(cluster: Cluster, name: string, speed: number, version: string): object | undefined {
  const heard = cluster.heartbeats.get(name);
  if (heard === undefined) return undefined;
  const ready = Date.now() - heard < NODE_GRACE_MS / speed;
  const stamp = new Date(heard).toISOString();
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels: { 'kubernetes.io/hostname': name, 'kubernetes.io/os': 'linux' } },
    status: {
      conditions: [
        {
          type: 'Ready',
          status: ready ? 'True' : 'Unknown',
          reason: ready ? 'KubeletReady' : 'NodeStatusUnknown',
          message: ready ? 'kubelet is posting ready status' : 'Kubelet stopped posting node status.',
          lastHeartbeatTime: stamp,
        },
      ],
      nodeInfo: { kubeletVersion: `v${version}` },
    },
  };
}
