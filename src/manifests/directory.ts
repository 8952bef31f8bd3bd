/**
 * The static pod directory by the kubelet's rules (file.go, common.go): which names it takes, and where two files
 * meet in one pod.
 */
import type { FileInfo } from '../host/host.ts';
import type { Entry } from '../node/observed.ts';

/** Bytes from which on the kubelet refuses a manifest (common.go:51; ReadAtMost fails at the limit itself). */
export const TOO_LARGE = 10 * 1024 * 1024;

/**
 * Why the kubelet takes no pod from a name, before it reads the file; undefined when it reads it.
 * `target`: what the name leads to, links followed; undefined for a link to nothing.
 */
export function entryProblem(name: string, target: Pick<FileInfo, 'kind' | 'size'> | undefined): Entry['skipped'] {
  if (name.startsWith('.')) return { why: 'hidden', detail: 'the kubelet skips names with a leading dot' };
  if (!target) return { why: 'not-a-file', detail: 'a link to nothing' };
  if (target.kind === 'directory') return { why: 'directory', detail: 'the kubelet does not read directories below' };
  if (target.kind !== 'file') return { why: 'not-a-file', detail: 'not a regular file' };
  if (target.size >= TOO_LARGE) return { why: 'too-large', detail: 'the kubelet reads no manifest of 10 MiB or more' };
  return undefined;
}

/**
 * Pods that several files define, as `namespace/name`, with their files in byte order: the last wins (the kubelet's
 * store is keyed by that name and filled in the order of the listing).
 */
export function duplicates(entries: readonly Entry[]): { fullKey: string; entries: Entry[] }[] {
  const shared = sharing(entries, ({ manifest }) => manifest && `${manifest.namespace}/${manifest.name}`);
  return shared.map(([fullKey, files]) => ({ fullKey, entries: files }));
}

/** UIDs that several files carry, with their files in byte order. */
export function sameUid(entries: readonly Entry[]): { uid: string; entries: Entry[] }[] {
  return sharing(entries, ({ manifest }) => manifest?.uid).map(([uid, files]) => ({ uid, entries: files }));
}

/** Of the entries that the kubelet reads those that share a key, in byte order of their names. */
export function sharing<T extends { name: string; skipped?: unknown }>(entries: readonly T[], keyOf: (entry: T) => string | undefined): [string, T[]][] {
  const found = new Map<string, T[]>();
  for (const entry of [...entries].sort((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)))) {
    const key = entry.skipped ? undefined : keyOf(entry);
    if (key !== undefined) found.set(key, [...(found.get(key) ?? []), entry]);
  }
  return [...found].filter(([, files]) => files.length > 1);
}
