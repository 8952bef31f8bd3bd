/**
 * A breakage as data: what is done to a healthy control plane, when it shows, what `kcfg doctor` has to name, and what brings
 * the node back. Numbers are those of the collection of described breakages that the book was made from; where a real node
 * does something else than was described, `seen` says it, and the case is as the node does it.
 */

/** Where it can be shown: on a pretend node, because files decide, or on a real one alone, because the runtime does. */
export type Place = 'both' | 'lab';

/** Paths are the node's. */
export type Step =
  /** As an editor does it: a hidden file beside it, renamed over it. It must change something. */
  | { edit: string; from: string | RegExp; to: string }
  | { write: string; text: string; mode?: number }
  | { append: string; text: string }
  | { remove: string }
  | { move: string; to: string }
  | { copy: string; to: string }
  | { link: string; to: string }
  | { chmod: string; mode: number }
  /** The same certificate, signed anew by an authority's key; of a kubeconfig, the one inside. */
  | { reissue: string; signer: string; /** Days from now; negative: it is over. */ until?: number; /** Another IPv4 address in its names. */ address?: [from: string, to: string] }
  /** An authority of the same name with a key of its own. */
  | { authority: string }
  | { run: readonly string[] }
  /** SIGKILL for the process of a component's container: it starts anew. */
  | { kill: string }
  | { wait: Settle };

/** When it shows. Each waits at most two minutes. */
export type Settle =
  /** Components that do not answer any more. */
  | { down: readonly string[] }
  /** A component whose new container ended at least twice. */
  | { restarts: string }
  /** The kubelet's service does not run, or is started over and over. */
  | { kubelet: 'down' }
  /** By the node's clock. */
  | { seconds: number };

export interface Expected {
  /** Findings of doctor, any of which names the cause. None: nothing is broken, and no error may be told. */
  ids: readonly string[];
  component?: string;
  /** The file that it has to point at. */
  file?: string;
  /** A part of the line that it has to point at, as the file is after the break. */
  line?: string;
}

export interface Case {
  id: string;
  name: string;
  /** As in the table of docs/cases.md. */
  class: string;
  on: Place;
  break: readonly Step[];
  settle: Settle;
  expect: Expected;
  /** What brings the node back: `kcfg recover --yes`, the commands that doctor prints, or a person who is told what to do. */
  repair: 'recover' | 'command' | 'person' | 'nothing';
  /** For a person: what doctor has to say. */
  says?: RegExp;
  /** What a real node did where the description says otherwise. */
  seen?: string;
}

/** One that no node of this project can show, and why. */
export interface NotShown {
  id: string;
  name: string;
  class: string;
  why: string;
}

/** Where kubeadm has things. */
export const MANIFESTS = '/etc/kubernetes/manifests';
export const PKI = '/etc/kubernetes/pki';
export const API = `${MANIFESTS}/kube-apiserver.yaml`;
export const ETCD = `${MANIFESTS}/etcd.yaml`;
export const MANAGER = `${MANIFESTS}/kube-controller-manager.yaml`;
export const SCHEDULER = `${MANIFESTS}/kube-scheduler.yaml`;
export const CONFIG = '/var/lib/kubelet/config.yaml';
export const FLAGS = '/var/lib/kubelet/kubeadm-flags.env';
export const KUBELET_CONF = '/etc/kubernetes/kubelet.conf';
export const CONTAINERD = '/etc/containerd/config.toml';
export const DROP_INS = '/etc/systemd/system/kubelet.service.d';

export const RESTART: Step = { run: ['systemctl', 'restart', '--no-block', 'kubelet'] };
export const RELOAD: Step = { run: ['systemctl', 'daemon-reload'] };

/** One more flag of a component, before the one that is named first in its manifest. */
export function flag(file: string, text: string): Step {
  return { edit: file, from: /^( +)- (etcd|kube-[a-z-]+)\n/m, to: `$1- $2\n$1- ${text}\n` };
}
