/**
 * Which pinned manifests were edited since their pod was made, and what of that waits: the kubelet keeps the pod as it runs.
 * The pod's first text comes from kcfg's records; where they are gone, the running process says what it was started with.
 */
import { basename } from 'node:path/posix';
import { KcfgError } from '../errors.ts';
import type { Host } from '../host/host.ts';
import { applyEdits } from '../kubelet/edits.ts';
import { argumentLines, changedFields, isTakenUp, lines, type FieldChange } from '../manifests/edited.ts';
import { unpinEdits } from '../manifests/pin.ts';
import { sha256 } from './directory.ts';
import type { Entry, Observed, PodContainer, StaticPod } from './observed.ts';

/** The text that a pod was made from: its hash, and where it was kept, the text. */
export interface Born {
  sha256: string;
  bytes?: Uint8Array;
}

export interface Edited {
  /** ISO. */
  at: string;
  /** Of the manifest as it is, those that wait. Empty where they cannot be told. */
  lines: number[];
  /** Absent: the first text is gone, and the process has the arguments of the manifest. What else was edited cannot be told. */
  waits?: true;
}

/** What is asked of a node. */
export type Pinned = Pick<Observed, 'pods' | 'directory'> & { node: Pick<Observed['node'], 'name'>; kubelet: Pick<Observed['kubelet'], 'version'> };

/** By full name. `born`: by UID. A pod whose edits are in force, or changed nothing, is not in it. */
export async function editedSince(host: Pick<Host, 'files' | 'processes' | 'live'>, observed: Pinned, born: ReadonlyMap<string, Born>): Promise<Map<string, Edited>> {
  const found = new Map<string, Edited>();
  if (!host.live) return found;
  for (const pod of observed.pods) {
    const entry = observed.directory.entries.find((each) => each.name === pod.manifest);
    if (pod.pin === undefined || entry === undefined || pod.uid === undefined || pod.containers.length === 0) continue;
    const edited = await look(host, pod, entry, born.get(pod.uid), minorOf(observed.kubelet.version)).catch((error: unknown) => {
      // a text that is no manifest any more is another trouble, and told as such
      if (error instanceof KcfgError) return undefined;
      throw error;
    });
    if (edited !== undefined) found.set(pod.fullName, edited);
  }
  return found;
}

async function look({ files, processes }: Pick<Host, 'files' | 'processes'>, pod: StaticPod, entry: Entry, born: Born | undefined, minor: number): Promise<Edited | undefined> {
  const bytes = await files.read(entry.path);
  if (bytes === undefined) return undefined;
  if (born !== undefined && sha256(applyEdits(bytes, unpinEdits(entry.path, bytes))) === born.sha256) return undefined;
  const info = (await files.target(entry.path)) ?? entry.info;
  const youngest = pod.containers.reduce((a, b) => (BigInt(a.startedAt) > BigInt(b.startedAt) ? a : b));
  // a time that was set by hand, or kept by a copy, can be older than the pod itself
  const at = new Date(Number(BigInt(after(info.mtimeNs, youngest) ? info.mtimeNs : info.ctimeNs) / 1_000_000n)).toISOString();

  const arguments_ = new Map<string, number[]>();
  for (const container of pod.containers) {
    const argv = container.pid === undefined ? undefined : await processes.argv(container.pid);
    const command = entry.manifest?.containers.find((each) => each.name === container.name)?.command ?? [];
    if (comparable(command, argv)) arguments_.set(container.name, argumentLines(entry.path, bytes, container.name, argv));
  }
  if (born?.bytes === undefined) {
    // up to 1.30 another argument makes another container, at once
    const waiting = minor <= 30 ? [] : lines([...arguments_.values()].flat());
    if (waiting.length > 0) return { at, lines: waiting, waits: true };
    return born === undefined ? undefined : { at, lines: [] };
  }
  const changes = changedFields(entry.path, born.bytes, bytes).filter((change) => !isTakenUp(change, minor) && !isInForce(change, pod, info.mtimeNs, arguments_));
  return changes.length === 0 ? undefined : { at, lines: lines(changes.map((change) => change.line)), waits: true };
}

/** In the container as it runs: it was started with it. */
function isInForce(change: FieldChange, pod: StaticPod, editedNs: string, known: ReadonlyMap<string, number[]>): boolean {
  const container = pod.containers.find((each) => each.name === change.container);
  const missing = container === undefined || (change.field !== 'command' && change.field !== 'args') ? undefined : known.get(container.name);
  if (missing !== undefined) return !missing.includes(change.line);
  const concerned = container === undefined ? pod.containers : [container];
  // the first container was made with the pod, from its first text, whatever the times of files say
  return concerned.every((each) => each.attempt !== 0 && !after(editedNs, each));
}

function after(ns: string, { startedAt }: PodContainer): boolean {
  return BigInt(ns) > BigInt(startedAt);
}

/** The manifest names the program, that program still runs, and no variable is filled in. */
function comparable(command: readonly string[], argv: readonly string[] | undefined): argv is readonly string[] {
  const [program = '', ...rest] = command;
  return argv !== undefined && program !== '' && basename(program) === basename(argv[0] ?? '') && !rest.some((word) => word.includes('$('));
}

function minorOf(version: string | undefined): number {
  return Number(/^v?1\.(\d+)/.exec(version ?? '')?.[1] ?? Infinity);
}
