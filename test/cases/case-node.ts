/** What a case needs of a node, pretend or real: files, programs, kcfg, and what is up. */
export interface Run {
  code: number;
  stdout: string;
  stderr: string;
}
export interface Files {
  /** Undefined where there is nothing. Follows no link. */
  read(path: string): Buffer | undefined;
  /** Whole or not at all: a hidden file, renamed. Keeps the mode of what was there. */
  write(path: string, data: Buffer | string, mode?: number): void;
  remove(path: string): void;
  move(path: string, to: string): void;
  link(path: string, to: string): void;
  chmod(path: string, mode: number): void;
}
export interface CaseNode extends Files {
  readonly kind: 'sandbox' | 'lab';
  run(argv: readonly string[]): Promise<Run>;
  kcfg(args: readonly string[]): Promise<Run>;
  /** Component → it answers now. kubelet and the four static pods, by their healthy ports. */
  up(): Promise<Record<string, boolean>>;
  /** How often the newest container of a component was started; the pods' log directories say it. */
  attempts(component: string): Promise<Attempts>;
  /** Ends the process of a component's container. */
  kill(component: string): Promise<void>;
  /** systemd's word: 'active', 'activating', 'failed', 'inactive'. */
  kubelet(): Promise<string>;
  /** The node's seconds. */
  sleep(seconds: number): Promise<void>;
  /** Everything is Ready, as the API server sees it; throws after so many of the node's seconds. */
  ready(seconds: number): Promise<void>;
  /** Path → hash, of what kcfg and cases can change. */
  tree(): Record<string, string>;
  /** The same as long as etcd has its own data. */
  etcdData(): Promise<string>;
}
export interface Attempts {
  /** Directory of its pod: another one is another pod. */
  pod: string;
  count: number;
}

export const COMPONENTS = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler'] as const;
