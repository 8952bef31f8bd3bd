/** Of the evidence (evidence.ts) what is about the machine, the kubelet's service and the container runtime. */
import type { UnitText } from '../kubelet/unit.ts';

export interface HostFacts {
  /** Of interfaces: IPv4 and IPv6. */
  addresses: string[];
  /** TCP ports that are listened on. */
  listening: Listener[];
  disks: DiskFacts[];
  swap?: boolean;
  cgroup?: 1 | 2;
  /** ISO. */
  bootedAt?: string;
  /** Names of API servers in kubeconfigs → what the machine's resolver says; none: it knows no such name. */
  names?: Record<string, string[]>;
  /** 'net/ipv4/ip_forward' → '1'. */
  sysctls?: Record<string, string>;
}
export interface DiskFacts {
  /** What is written there: '/var/lib/kubelet'. */
  path: string;
  freeBytes: number;
  totalBytes?: number;
  freeInodes?: number;
  totalInodes?: number;
}
export interface Listener {
  address: string;
  port: number;
  /** Its process, where it was looked for and found. */
  pid?: number;
  program?: string;
  /** Of the runtime, where the process is of one. */
  container?: string;
}

export interface UnitFacts {
  name: string;
  /** systemd's own words: 'loaded', 'masked', 'not-found'; 'active', 'activating', 'failed', 'inactive'. */
  load: string;
  active: string;
  sub: string;
  result: string;
  /** 'enabled', 'disabled', 'masked'. */
  file: string;
  needsReload: boolean;
  /** Of its main process, last time: 'exited' with a status, 'killed' by a signal. */
  exitStatus?: number;
  /** How often systemd started it anew. */
  restarts: number;
  pid?: number;
  startedAt?: string;
  /** The next start's. */
  argv: string[];
  /** Unit, drop-ins and environment files, in the order of systemd. */
  sources: UnitText[];
  /** The program of ExecStart= is there and may be run. */
  program?: 'runs' | 'missing' | 'not executable';
  /** Where another one of that name is: '/usr/bin/kubelet'. */
  otherPrograms?: string[];
  environmentFiles?: { file: string; there: boolean }[];
}

export interface RuntimeFacts {
  endpoint: string;
  answers: boolean;
  /** Why not, in its own words. */
  words?: string;
  name?: string;
  version?: string;
  unit?: Pick<UnitFacts, 'name' | 'load' | 'active' | 'sub' | 'result' | 'file' | 'needsReload' | 'exitStatus' | 'restarts' | 'program'>;
  /** What is at the path of the endpoint; 'none': it has no unix:// in front, or is no path. */
  socket?: 'socket' | 'missing' | 'other' | 'none';
  /** Sockets of runtimes that are there. */
  sockets?: string[];
  /** What its service said last, where it does not answer. */
  journal?: string[];
  /** The program that makes containers: 'runc', and whether it may be run. */
  runc?: { path: string; program: 'runs' | 'missing' | 'not executable' };
  /** Files of /etc/cni/net.d, or of the directory that config.toml names. Absent: it cannot be read. */
  networks?: { directory: string; files: string[] };
  /** Tags and digests in its store. */
  images?: string[];
}
