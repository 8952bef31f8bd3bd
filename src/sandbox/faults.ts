/**
 * What can be made to go wrong on a pretend node, by name. Tests set them over the control socket, users by
 * `kcfg sandbox break`. A fault stays until it is cleared.
 */
/**
 * Holds only for a kubelet whose staticPodPath this is, or whose settings, as JSON, have this text: so that going back works
 * again. Absent: always.
 */
export interface When {
  path?: string;
  text?: string;
}
export interface FaultArguments {
  /** The kubelet stops right after each start, with these words; a rehearsal does not see it. */
  'kubelet-refuses': true | (When & { words?: string });
  /** The kubelet cannot read its directory of static pods: a looped link, or nothing there. */
  'kubelet-blind': true | (When & { how?: 'loop' | 'missing' });
  /** The kubelet gives every pod a UID of its own, whatever metadata.uid says. */
  'kubelet-ignores-pins': true | When;
  /** `systemctl start kubelet` does not return. */
  'kubelet-start-hangs': true | When;
  /** The API server's container runs, and answers nothing. */
  'api-down': true;
  /** The runtime's socket is gone; containers run on. */
  'containerd-down': true;
  /** A container ends by itself, once, `after` seconds of the node's time from now (default 0). */
  'container-restarts': { name: string; after?: number };
  /** Another program rewrites a file at every start of the kubelet, as an ExecStartPre= would. */
  'config-rewritten': { path: string; from: string; to: string };
  /** Another program appends to a file, once: `after` seconds from now, or as soon as the path `when` exists. */
  'file-touched': { path: string; append: string; after?: number; when?: string };
}
export type FaultName = keyof FaultArguments;

export const FAULT_NAMES: readonly FaultName[] = [
  'kubelet-refuses',
  'kubelet-blind',
  'kubelet-ignores-pins',
  'kubelet-start-hangs',
  'api-down',
  'containerd-down',
  'container-restarts',
  'config-rewritten',
  'file-touched',
];

export interface Faults {
  get<K extends FaultName>(name: K): FaultArguments[K] | undefined;
  set<K extends FaultName>(name: K, argument: FaultArguments[K]): void;
  clear(name: FaultName): void;
  /** Calls back after every change, until the returned function is called. */
  watch(call: () => void): () => void;
}

/** A fault of the kubelet, if it holds for one with this staticPodPath; `settings` are JSON. */
export function kubeletFault<K extends 'kubelet-refuses' | 'kubelet-blind' | 'kubelet-ignores-pins' | 'kubelet-start-hangs'>(
  faults: Faults,
  name: K,
  staticPodPath: string,
  settings = '',
): Exclude<FaultArguments[K], true> | undefined {
  const argument = faults.get(name);
  if (argument === undefined) return undefined;
  const when = (argument === true ? {} : argument) as Exclude<FaultArguments[K], true>;
  const holds = (when.path === undefined || when.path === staticPodPath) && (when.text === undefined || settings.includes(when.text));
  return holds ? when : undefined;
}

export function createFaults(): Faults {
  const faults = new Map<FaultName, unknown>();
  const watchers = new Set<() => void>();
  const changed = (): void => {
    for (const call of [...watchers]) call();
  };
  return {
    get: <K extends FaultName>(name: K) => faults.get(name) as FaultArguments[K] | undefined,
    set(name, argument) {
      faults.set(name, argument);
      changed();
    },
    clear(name) {
      faults.delete(name);
      changed();
    },
    watch(call) {
      watchers.add(call);
      return () => void watchers.delete(call);
    },
  };
}
