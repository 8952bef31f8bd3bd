/** A static pod directory as the kubelet reads it: every name, what it is, and why a name gives no pod. */
import { createHash } from 'node:crypto';
import { KcfgError } from '../errors.ts';
import type { Host } from '../host/host.ts';
import { entryProblem } from '../manifests/directory.ts';
import { readManifest } from '../manifests/manifest.ts';
import type { Directory, Entry } from './observed.ts';

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
  const target = info.kind === 'link' ? await host.files.target(path) : info;
  const skipped = entryProblem(name, target);
  if (target?.kind !== 'file' || skipped?.why === 'too-large') return { ...entry, ...(skipped === undefined ? {} : { skipped }) };
  const bytes = await host.files.read(path);
  if (bytes === undefined) return undefined;
  const hashed = { ...entry, sha256: sha256(bytes) };
  if (skipped !== undefined) return { ...hashed, skipped };
  try {
    return { ...hashed, manifest: readManifest(path, bytes) };
  } catch (error) {
    if (!(error instanceof KcfgError)) throw error;
    const where = error.where[0];
    return { ...hashed, skipped: { why: 'invalid', detail: error.message, ...(where === undefined ? {} : { where }) } };
  }
}
