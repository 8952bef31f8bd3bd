/** A static pod directory as the kubelet reads it: every name, what it is, and why a name gives no pod. */
import { createHash } from 'node:crypto';
import { KcfgError } from '../errors.ts';
import type { Host } from '../host/host.ts';
import { readManifest } from '../manifests/manifest.ts';
import type { Directory, Entry } from './observed.ts';

/** kubelet common.go:51: a file of this size or more is an error. */
const TOO_LARGE = 10 * 1024 * 1024;

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Never throws for what lies in the directory; a bad file becomes an entry that says so. */
export async function observeDirectory(host: Host, path: string): Promise<Directory> {
  const info = path === '' ? undefined : await host.files.info(path);
  const real = info === undefined ? undefined : await host.files.resolve(path).catch(() => undefined);
  const names = real === undefined ? [] : ((await host.files.list(path)) ?? []);
  const entries: Entry[] = [];
  for (const name of names) {
    const entry = await observeEntry(host, path, name);
    if (entry !== undefined) entries.push(entry);
  }
  return { path, ...(info === undefined ? {} : { info }), ...(real === undefined ? {} : { real }), entries };
}

async function observeEntry(host: Host, directory: string, name: string): Promise<Entry | undefined> {
  const path = `${directory}/${name}`;
  const info = await host.files.info(path);
  if (info === undefined) return undefined;
  const entry: Entry = { name, path, info };
  const kind = info.kind === 'link' ? (await host.files.target(path))?.kind : info.kind;
  if (kind === 'directory') return { ...entry, skipped: { why: 'directory', detail: 'the kubelet does not read directories below' } };
  if (kind !== 'file') return { ...entry, skipped: { why: 'not-a-file', detail: kind === undefined ? 'a link to nothing' : 'not a regular file' } };
  if (info.size >= TOO_LARGE) return { ...entry, skipped: { why: 'too-large', detail: 'the kubelet reads no manifest of 10 MiB or more' } };
  const bytes = await host.files.read(path);
  if (bytes === undefined) return undefined;
  const hashed = { ...entry, sha256: sha256(bytes) };
  if (name.startsWith('.')) return { ...hashed, skipped: { why: 'hidden', detail: 'the kubelet skips names with a leading dot' } };
  try {
    return { ...hashed, manifest: readManifest(path, bytes) };
  } catch (error) {
    if (!(error instanceof KcfgError)) throw error;
    const where = error.where[0];
    return { ...hashed, skipped: { why: 'invalid', detail: error.message, ...(where === undefined ? {} : { where }) } };
  }
}
