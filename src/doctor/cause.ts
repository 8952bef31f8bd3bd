/** What a rule concludes: a finding that also says which part of the node it takes down, how sure it is, and what mends it. */
import type { Finding } from '../kubelet/rules/finding.ts';
import type { Edit } from '../plan/step.ts';
import type { Evidence } from './evidence.ts';

/** Of the node: 'host', 'runtime', 'kubelet', or the name of a static pod such as 'kube-apiserver'. */
export type Component = string;

/** Causes are told in this order: what stands above takes down what stands below. */
export const LAYERS = ['host', 'unit', 'runtime', 'kubelet', 'manifests', 'etcd', 'kube-apiserver', 'controllers', 'others'] as const;
export type Layer = (typeof LAYERS)[number];

export interface Cause extends Finding {
  component: Component;
  layer: Layer;
  /** Half a sentence that ends the verdict: 'its manifest has a flag that it does not know'. */
  verdict: string;
  /** 'likely': told as such, and mended only when asked for by name. */
  sure: 'certain' | 'likely';
  /** It is so now, and takes its component down. False: it waits for the next start, and is told after those that are. */
  now: boolean;
  /** Told in one line below the cause of that id, where there is one: one of several of its kind. */
  under?: string;
  /** What was seen: the kubelet's or the container's own words, times, counts. */
  evidence: string[];
  fix?: Fix;
}

export type Fix =
  /** Bytes of one file: kcfg recover applies it. */
  | { kind: 'edit'; file: string; sha256: string; edits: Edit[]; /** Pods that have to start anew with it, though their manifests stay. */ renews?: readonly string[] }
  /** A file that is to go: it is kept in the change's folder. */
  | { kind: 'set-aside'; file: string; sha256: string; why: string }
  /** A file that is not there: as another one has it. */
  | { kind: 'copy'; file: string; from: string }
  /** The manifest must come from elsewhere: kcfg recover looks for it. */
  | { kind: 'restore'; pod: string }
  /** One more start of the kubelet. */
  | { kind: 'restart-kubelet' }
  /** An orphan that holds what the new one needs. */
  | { kind: 'stop-container'; id: string; pod: string }
  /** For a person to type; a line each, the first ones first. */
  | { kind: 'commands'; commands: string[] };

/** The cause that this one is told under: of its own part, or of the kubelet, which reads all of them. */
export function parentOf(cause: Cause, causes: readonly Cause[]): Cause | undefined {
  return causes.find(({ id, component }) => id === cause.under && (component === cause.component || component === 'kubelet'));
}

export interface Rule {
  /** What holds where it finds nothing, in a few words: for those who read the list. */
  about: string;
  find(evidence: Evidence): Cause[];
}
