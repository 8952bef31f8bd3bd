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
/**
 * Holds for some of the jobs that systemd is asked to do with the kubelet (start, stop, restart), counted from 1 since the
 * fault was set: from the first of them, to the last. Absent: always, or for ever.
 */
export interface AtJobs {
  from?: number;
  to?: number;
}
export interface FaultArguments {
  /** The kubelet stops right after each start, with these words; a rehearsal does not see it. */
  'kubelet-refuses': true | (When & { words?: string });
  /** The kubelet cannot read its directory of static pods: a looped link, or nothing there. */
  'kubelet-blind': true | (When & { how?: 'loop' | 'missing' });
  /** The kubelet gives every pod a UID of its own, whatever metadata.uid says. */
  'kubelet-ignores-pins': true | When;
  /** On a busy machine the kubelet answers, and takes up pods only so many seconds later: it waits for its runtime. */
  'kubelet-slow': number;
  /** On a busy machine the kubelet answers, and comes to its directory of static pods only so many seconds later. */
  'kubelet-watches-late': number;
  /** `systemctl start kubelet` does not return. */
  'kubelet-start-hangs': true | When;
  /** Nothing reaches systemd, by none of its programs. */
  'bus-down': true | AtJobs;
  /** systemctl mask kubelet: it runs on, and nothing starts it. */
  'unit-masked': true | AtJobs;
  /** Its ExecStartPre= fails. */
  'unit-fails': true | AtJobs;
  /** It was started too often (StartLimitBurst=), until systemctl reset-failed. */
  'start-limit': true | AtJobs;
  /** The kubelet ignores SIGTERM: systemd kills it when TimeoutStopSec= is over. */
  'kubelet-stop-hangs': true | AtJobs;
  /** The job never comes to an end: it waits for another one. */
  'job-hangs': true | AtJobs;
  /** systemd-run answers with these words, and starts nothing. */
  'systemd-run-fails': string;
  /** The API server's container runs, and answers nothing. */
  'api-down': true;
  /** The runtime's socket is gone; containers run on. */
  'containerd-down': true;
  /** The runtime is of this version from now on, or as soon as the path `when` exists; containers run on. */
  'runtime-upgraded': { version: string; when?: string };
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
  'kubelet-slow',
  'kubelet-watches-late',
  'kubelet-start-hangs',
  'bus-down',
  'unit-masked',
  'unit-fails',
  'start-limit',
  'kubelet-stop-hangs',
  'job-hangs',
  'systemd-run-fails',
  'api-down',
  'containerd-down',
  'runtime-upgraded',
  'container-restarts',
  'config-rewritten',
  'file-touched',
];

export type JobFaultName = 'bus-down' | 'unit-masked' | 'unit-fails' | 'start-limit' | 'kubelet-stop-hangs' | 'job-hangs';

export interface Faults {
  get<K extends FaultName>(name: K): FaultArguments[K] | undefined;
  set<K extends FaultName>(name: K, argument: FaultArguments[K]): void;
  clear(name: FaultName): void;
  /** systemd is asked for a job with the kubelet. */
  countJob(): void;
  /** Does it hold for the job at hand? */
  holds(name: JobFaultName): boolean;
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
  /** Number of jobs when the fault was set. */
  const since = new Map<FaultName, number>();
  let jobs = 0;
  const watchers = new Set<() => void>();
  const changed = (): void => {
    for (const call of [...watchers]) call();
  };
  return {
    get: <K extends FaultName>(name: K) => faults.get(name) as FaultArguments[K] | undefined,
    set(name, argument) {
      faults.set(name, argument);
      since.set(name, jobs);
      changed();
    },
    clear(name) {
      faults.delete(name);
      changed();
    },
    countJob: () => void jobs++,
    holds(name) {
      const argument = faults.get(name) as true | AtJobs | undefined;
      if (argument === undefined || argument === true) return argument === true;
      const job = jobs - (since.get(name) ?? 0);
      return job >= (argument.from ?? 0) && job <= (argument.to ?? Number.POSITIVE_INFINITY);
    },
    watch(call) {
      watchers.add(call);
      return () => void watchers.delete(call);
    },
  };
}
