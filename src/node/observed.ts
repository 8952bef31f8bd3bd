/**
 * What kcfg found on a node: plain data, made by observe.ts, read by the plan, `status` and `verify`.
 * Nothing in here is a guess; what could not be read is absent.
 */
import type { Where } from '../errors.ts';
import type { FileInfo } from '../host/host.ts';
import type { Layer } from '../kubelet/layered.ts';
import type { Manifest } from '../manifests/manifest.ts';
import type { Basis } from './basis.ts';
import type { EtcdView } from './etcd.ts';
import type { KubeadmFiles } from './kubeadm.ts';

export interface Observed {
  node: {
    /** The Node object's name as the kubelet registers it: --hostname-override, else the lower-cased host name. */
    name: string;
    role: 'control plane' | 'worker';
    /** 'kubeadm' where kubeadm's files are found, else 'other'. Managed distributions are refused before. */
    flavour: 'kubeadm' | 'other';
    bootId: string;
  };
  kubelet: Kubelet;
  staticPodPath: StaticPodPath;
  runtime?: { name: string; version: string; endpoint: string };
  /** The directory in force, as the kubelet reads it. */
  directory: Directory;
  /** Every static pod that runs or has a manifest. */
  pods: StaticPod[];
  /** What a change relies on beyond the files that it edits. */
  basis: Basis;
  /** Absent where kubeadm does not look after this node. */
  kubeadm?: KubeadmFiles;
  /** The members of etcd, where a plan needs them (etcd.ts). */
  etcd?: EtcdView;
  api?: ApiServerAccess;
  /** False: the API server did not answer when it was asked. Absent: it was not asked. */
  apiAnswers?: boolean;
}

export interface Kubelet {
  version?: string;
  unit: string;
  active: boolean;
  pid?: number;
  startedAt?: string;
  /** argv of the next start: that of the running process, or what its unit would run now. */
  argv: string[];
  configFile: string;
  configDir?: string;
  binary?: string;
  /** The running one was started from a file that is gone: an upgrade that the next restart brings. */
  replaced?: true;
  /** unit file and drop-ins changed on disk since systemd read them (systemctl show NeedDaemonReload). */
  needsReload: boolean;
  /** Where to reach it, from the settings in force. */
  healthz: { address: string; port: number };
  secure: { address: string; port: number };
  runtimeEndpoint: string;
  podsDirectory: string;
}

export interface StaticPodPath {
  /** In force on disk; '' = no static pods. */
  value: string;
  origin: Layer;
  /** All layers that say something, the winner first. */
  layers: Layer[];
  /** What the running kubelet has, by /configz, where it could be asked. */
  running?: string;
}

/** One entry of a static pod directory. */
export interface Entry {
  name: string;
  path: string;
  info: FileInfo;
  sha256?: string;
  manifest?: Manifest;
  /** Why the kubelet takes no pod from it. */
  skipped?: { why: 'hidden' | 'directory' | 'not-a-file' | 'too-large' | 'invalid'; detail: string; where?: Where };
}
export interface Directory {
  path: string;
  /** lstat of the path itself, absent when it is missing. */
  info?: FileInfo;
  /** The path with links resolved. */
  real?: string;
  entries: Entry[];
}

export type PodState = 'running' | 'starting' | 'stopped' | 'no manifest';
export interface StaticPod {
  /** Full name: pod name in the manifest + '-' + node name, as `kubectl get pods` lists it. */
  fullName: string;
  name: string;
  namespace: string;
  /** Entry name in the directory. */
  manifest?: string;
  uid?: string;
  state: PodState;
  ready: boolean;
  /** metadata.uid stands in the manifest. 'kcfg': with kcfg's comment; 'foreign': someone else's. */
  pin?: 'kcfg' | 'foreign';
  sandboxId?: string;
  /** READY sandboxes under this name; more than one only in the middle of a replacement. */
  sandboxes: number;
  containers: PodContainer[];
}
export interface PodContainer {
  name: string;
  id: string;
  startedAt: string;
  pid?: number;
  running: boolean;
  /** How many of this name the kubelet made before it, for the same pod; 0: it was made with the pod. */
  attempt?: number;
}

/** How to ask this node's API server: a control plane's own, on a worker the one of its kubeconfig. */
export interface ApiServerAccess {
  url: string;
  local: boolean;
  /** Its credentials are read from here at each use. */
  kubeconfig: string;
}
