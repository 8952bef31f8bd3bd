/**
 * What a diagnosis stands on: plain JSON, read only, gathered in a second or two without the API server (gather/). Each source
 * may be missing, and is then named in `missing`; a rule does not judge what it does not know. No key and no token is in it:
 * certificates and keys are told by their facts, so that a bundle of it can be given away.
 */
import type { Reach } from '../kubelet/reach.ts';
import type { Finding } from '../kubelet/rules/finding.ts';
import type { Edit } from '../plan/step.ts';
import type { Where } from '../errors.ts';
import type { Layer } from '../kubelet/layered.ts';
import type { HostFacts, RuntimeFacts, UnitFacts } from './machine-evidence.ts';
import type { Certificate, EtcdFacts, Key, Kubeconfig } from './pki/evidence.ts';

export interface Evidence {
  format: 1;
  /** Version of kcfg. */
  kcfg: string;
  /** ISO: when it was gathered. */
  at: string;
  /** Seconds that it took. */
  seconds: number;
  node: { hostname: string; name: string; live: boolean; sandbox: boolean };
  /** Source → why it could not be read. */
  missing: Record<string, string>;
  host: HostFacts;
  /** Absent: with `--root`, or systemd has no kubelet.service. */
  unit?: UnitFacts;
  kubelet: KubeletFacts;
  runtime?: RuntimeFacts;
  directory: DirectoryFacts;
  /** Static pods: of each manifest, and of each that runs without one. */
  pods: PodFacts[];
  certificates: Certificate[];
  keys: Key[];
  kubeconfigs: Kubeconfig[];
  etcd?: EtcdFacts;
  api?: ApiFacts;
  /** Newest last: the kubelet's since its last start, at most some hundred lines. */
  journal: JournalLine[];
  /** Paths that a rule may ask for: what manifests, flags and settings name on the node; null for nothing there. */
  paths: Record<string, PathFacts | null>;
  /** Texts of small files that rules read: containerd's config.toml, /etc/hosts. Without secrets. */
  texts: Record<string, string>;
}

export interface KubeletFacts {
  version?: string;
  configFile: string;
  /** The file is there. */
  config: boolean;
  staticPodPath: string;
  origin?: Layer;
  kubeconfig: string;
  rootDirectory: string;
  /** Where it answers. */
  reach: Reach;
  /** Of kcfg's own rules over flags, file and drop-ins. */
  findings: Finding[];
  /** The verdict of the node's own kubelet on all of it. */
  rehearsal?: { accepted: boolean; words: string };
  /** /healthz answers 'ok'. Absent: it was not asked. */
  healthy?: boolean;
  /** What rules ask for of the settings in force, defaults filled in, each with its place. Absent: they cannot be read. */
  settings?: Record<string, { value: unknown; where?: Where; /** Of a plain value in a file: where its bytes are. */ bytes?: { offset: number; length: number } }>;
  /** The configuration file and its drop-ins: SHA-256 of the bytes. */
  files?: Record<string, string>;
  /** Copies of the configuration file that kubeadm left, newest first. */
  backups?: string[];
}

export interface DirectoryFacts {
  path: string;
  /** What the path itself is; absent: nothing there. */
  kind?: 'file' | 'directory' | 'link' | 'other';
  /** Links lead to a directory that can be read. */
  readable: boolean;
  /** Of a link: where it leads. */
  link?: string;
  entries: EntryFacts[];
  /** Other directories with manifests of the control plane: kubeadm's own, or one that kcfg made. */
  others?: { path: string; pods: string[] }[];
  /** Where the kubelet reads none of the control plane: the directory that its path is meant to be, as it would be read. */
  meant?: DirectoryFacts;
  /** Manifests that lie elsewhere on the node, newest first of each pod: '/root/kube-scheduler.yaml'. */
  elsewhere?: { path: string; pod: string; changedAt: string }[];
  /** Pinned pods whose manifests were edited since they were made, and what of it is not in force. */
  waiting?: { pod: string; file: string; at: string; lines: number[] }[];
  /** What the next kubeadm upgrade would do to the directory. */
  upgrade?: Finding[];
}
export interface EntryFacts {
  name: string;
  path: string;
  kind: 'file' | 'directory' | 'link' | 'other';
  size: number;
  /** ISO. */
  changedAt: string;
  /** Why the kubelet takes no pod from it. */
  skipped?: { why: string; detail: string };
  /** metadata.name and so on, where it can be read as a pod. */
  pod?: { name: string; namespace: string; uid?: string; pinned?: true; hostNetwork: boolean; priorityClassName?: string; priority?: number };
  containers: { name: string; image: string; command: string[] }[];
  /** Of a link: where it leads. */
  link?: string;
  /** Names of proxy variables in env of a container, with NO_PROXY where it is there. */
  proxies?: { names: string[]; noProxy?: string; /** Of the first one. */ where?: Where; /** Where a variable may be added, behind the first one. */ behind?: { offset: number; indent: string; eol: string } };
  /** What would mend it, by what is wrong: kept here because rules see no bytes. */
  mends?: {
    hostNetwork?: Edit[];
    priority?: { where: Where; edits: Edit[] };
    namespace?: { where: Where; edits: Edit[] };
    /** The value of --secure-port, as it is written. */
    securePort?: { offset: number; length: number };
    /** Those that the runtime does not have, by the image as written. */
    images?: Record<string, { where: Where; to?: string; edits?: Edit[] }>;
  };
  /** Hosts that probes ask, each with its place. */
  probeHosts?: { host: string; where: Where; offset: number; length: number }[];
  /** Of the strict check (manifests/rules). */
  findings: Finding[];
  /** Of its text: SHA-256. */
  sha256?: string;
}

/** 'up': runs, and ready where that could be asked. 'restarting': ended, and will be started again. 'absent': no container was ever there. */
export type PodState = 'up' | 'starting' | 'restarting' | 'down' | 'absent';
export interface PodFacts {
  /** 'kube-apiserver' */
  name: string;
  namespace: string;
  fullName: string;
  /** Entry name in the directory. */
  file?: string;
  state: PodState;
  sandboxes: { id: string; uid: string; ready: boolean; createdAt: string }[];
  /** The newest container of each name. */
  containers: ContainerFacts[];
  /** Those that run beside a newer one of their name. */
  older?: { id: string; name: string; podUid: string; startedAt: string }[];
}
export interface ContainerFacts {
  name: string;
  id: string;
  podUid: string;
  sandboxId: string;
  image: string;
  state: 'created' | 'running' | 'exited' | 'unknown';
  attempt: number;
  /** Of its main process, while it runs. */
  pid?: number;
  /** ISO; '' for never. */
  startedAt: string;
  finishedAt: string;
  exitCode: number;
  reason: string;
  message: string;
  /** The telling line of its log, of this one or the one before. */
  words: string;
  /** Last lines of its log. */
  log: string[];
  /** ISO: when the runtime made it. */
  createdAt?: string;
  /** What it was made with, of a pod that is not up: command and args in a row. */
  made?: { image: string; command: string[] };
}

export interface ApiFacts {
  url: string;
  local: boolean;
  /** HTTP status of /readyz; 0: no answer. */
  status: number;
  error?: string;
  ms: number;
}
export interface JournalLine {
  at: number;
  unit: string;
  message: string;
}
export interface PathFacts {
  kind: 'file' | 'directory' | 'other';
  size: number;
  mode: number;
  uid: number;
}
