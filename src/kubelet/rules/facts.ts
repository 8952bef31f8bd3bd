/** What is known of the node. All of it is optional: offline nothing is known, and the rules that need it stay silent. */
export interface Facts {
  /** cpu_manager_state, memory_manager_state, below the kubelet's root directory. */
  stateFiles?: readonly { file: string; bytes: Uint8Array }[];
  cpus?: number;
  memoryBytes?: number;
  /** Numbers of its NUMA nodes. */
  numaNodes?: readonly number[];
  /** Some swap is on. */
  swap?: boolean;
  cgroup?: 1 | 2;
  /** Undefined where it cannot be told. */
  exists?(path: string): boolean | undefined;
  /** IPv4 addresses of its interfaces. */
  addresses?: readonly string[];
  /** KUBELET_CONFIG_DROPIN_DIR_ALPHA is in its environment: without it 1.28 and 1.29 take no --config-dir. */
  dropInsAllowed?: boolean;
  /** The kubelet is started without a kubeconfig. */
  standalone?: boolean;
}
