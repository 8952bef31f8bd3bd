/** The container runtime, as kcfg asks it: a part of what host.ts promises. */

/** A pod sandbox of the runtime. Times in nanoseconds since the epoch, as decimal text. */
export interface PodSandbox {
  id: string;
  name: string;
  namespace: string;
  uid: string;
  attempt: number;
  ready: boolean;
  createdAt: string;
  labels: Record<string, string>;
  annotations: Record<string, string>;
}
export type ContainerState = 'created' | 'running' | 'exited' | 'unknown';
export interface Container {
  id: string;
  sandboxId: string;
  name: string;
  podUid: string;
  podName: string;
  namespace: string;
  attempt: number;
  state: ContainerState;
  createdAt: string;
  image: string;
  annotations: Record<string, string>;
}
export interface ContainerStatus {
  state: ContainerState;
  startedAt: string;
  finishedAt: string;
  exitCode: number;
  reason: string;
  message: string;
  logPath: string;
  /** From the runtime's verbose info, where it gives one. */
  pid?: number;
}
/** What the kubelet asked the runtime to make (CRI ContainerConfig): the pod's text as it was when that container was made. */
export interface ContainerConfig {
  image: string;
  command: string[];
  args: string[];
  mounts: { hostPath: string; containerPath: string; readOnly: boolean }[];
  envs: { key: string; value: string }[];
}
/** CRI v1. Every call throws `runtime-down` when the socket does not answer, `host-command` when the runtime refuses. */
export interface Cri {
  readonly endpoint: string;
  version(): Promise<{ runtimeName: string; runtimeVersion: string }>;
  sandboxes(): Promise<PodSandbox[]>;
  containers(): Promise<Container[]>;
  status(containerId: string): Promise<ContainerStatus>;
  /** From the runtime's verbose info; undefined where it gives none. */
  config(containerId: string): Promise<ContainerConfig | undefined>;
  /** Tags and digests of every image in its store, as manifests name them. */
  images(): Promise<string[]>;
  /** SIGTERM, then SIGKILL after `seconds`; resolves when the container has stopped. Idempotent. */
  stop(containerId: string, seconds: number): Promise<void>;
}
