/** A configuration as it is generated: fields in order, each written in flow style, so that any value can stand anywhere. */

/** A value as it is to be written, when it is not one that JSON can write: `yes`, `0777`, `1.0`. */
export class Raw {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}
export type Value = Raw | null | boolean | number | string | readonly Value[] | { readonly [key: string]: Value };
export interface Config {
  [key: string]: Value;
}

export interface Generated {
  /** What was done to the plain configuration. */
  what: string[];
  config: Uint8Array;
  dropIns: Uint8Array[];
  /** Without the kubelet's own places: `--max-pods=1`. */
  flags: string[];
  /** What its managers left in its root directory. */
  state: { name: string; text: string }[];
}

export function render(config: Config): string {
  return Object.entries(config).map(([key, value]) => `${key}: ${flow(value)}\n`).join('');
}

function flow(value: Value): string {
  if (value instanceof Raw) return value.text;
  if (Array.isArray(value)) return `[${(value as readonly Value[]).map(flow).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  return `{${Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}: ${flow(item)}`).join(', ')}}`;
}

/** The same with a value at the path; structures on the way are made. */
export function put(config: Config, [name = '', ...rest]: readonly string[], value: Value): Config {
  const before = config[name];
  const below = typeof before === 'object' && before !== null && !Array.isArray(before) && !(before instanceof Raw) ? (before as Config) : {};
  return { ...config, [name]: rest.length === 0 ? value : put(below, rest, value) };
}

/** As kubeadm writes it (kubeadm/app/componentconfigs/kubelet.go), without what a node alone can have. */
export function plain(minor: number): Config {
  return {
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    authentication: { anonymous: { enabled: false }, webhook: { cacheTTL: '0s', enabled: true }, x509: {} },
    authorization: { mode: 'Webhook', webhook: { cacheAuthorizedTTL: '0s', cacheUnauthorizedTTL: '0s' } },
    cgroupDriver: 'cgroupfs',
    clusterDNS: ['10.96.0.10'],
    clusterDomain: 'cluster.local',
    cpuManagerReconcilePeriod: '0s',
    evictionPressureTransitionPeriod: '0s',
    failSwapOn: false,
    ...(minor >= 31 && { failCgroupV1: false }),
    fileCheckFrequency: '0s',
    healthzBindAddress: '127.0.0.1',
    healthzPort: 10248,
    httpCheckFrequency: '0s',
    imageMinimumGCAge: '0s',
    logging: { flushFrequency: 0, options: { json: { infoBufferSize: '0' }, text: { infoBufferSize: '0' } }, verbosity: 0 },
    memorySwap: {},
    nodeStatusReportFrequency: '0s',
    nodeStatusUpdateFrequency: '0s',
    rotateCertificates: true,
    runtimeRequestTimeout: '0s',
    shutdownGracePeriod: '0s',
    shutdownGracePeriodCriticalPods: '0s',
    streamingConnectionIdleTimeout: '0s',
    syncFrequency: '0s',
    volumeStatsAggPeriod: '0s',
  };
}
