/** The directory of static pods as the kubelet reads it, and each manifest before the strict check. */
import type { Host } from '../../host/host.ts';
import { judgeManifest } from '../../manifests/rules/judge-manifest.ts';
import { unpinEdits } from '../../manifests/pin.ts';
import { applyEdits } from '../../kubelet/edits.ts';
import { observeManifest, type Surroundings } from '../../node/manifest-facts.ts';
import type { Directory, Entry } from '../../node/observed.ts';
import type { DirectoryFacts, EntryFacts } from '../evidence.ts';

export async function gatherManifests(host: Host, directory: Directory, surroundings: Surroundings): Promise<DirectoryFacts> {
  const entries: EntryFacts[] = [];
  for (const entry of directory.entries) entries.push(await entryFacts(host, entry, surroundings));
  return {
    path: directory.path,
    ...(directory.info === undefined ? {} : { kind: directory.info.kind }),
    readable: directory.real !== undefined && (await host.files.target(directory.path).catch(() => undefined))?.kind === 'directory',
    entries,
  };
}

async function entryFacts(host: Host, entry: Entry, surroundings: Surroundings): Promise<EntryFacts> {
  const { name, path, info, manifest, skipped, sha256 } = entry;
  const bytes = sha256 === undefined || skipped?.why === 'hidden' ? undefined : await host.files.read(path);
  const pin = manifest?.pin;
  return {
    name,
    path,
    kind: info.kind,
    size: info.size,
    changedAt: new Date(Number(BigInt(info.mtimeNs) / 1_000_000n)).toISOString(),
    ...(skipped === undefined ? {} : { skipped: { why: skipped.why, detail: skipped.detail } }),
    ...(manifest === undefined ? {} : { pod: { name: manifest.name, namespace: manifest.namespace, ...(manifest.uid === undefined ? {} : { uid: manifest.uid }), ...(pin === undefined ? {} : { pinned: true as const }), hostNetwork: manifest.hostNetwork } }),
    containers: manifest?.containers.map(({ name: container, image, command }) => ({ name: container, image, command })) ?? [],
    findings: bytes === undefined ? [] : await judged(host, entry, bytes, surroundings),
    ...(sha256 === undefined ? {} : { sha256 }),
  };
}

/** In place, a pin included: lines are those of the file. */
async function judged(host: Host, entry: Entry, bytes: Buffer, surroundings: Surroundings): Promise<EntryFacts['findings']> {
  const facts = await observeManifest(host, surroundings, bytes, entry);
  const pinned = entry.manifest?.pin !== undefined && !applyEdits(bytes, unpinEdits(entry.path, bytes)).equals(bytes);
  return judgeManifest(entry.path, bytes, facts).filter(({ id }) => id !== 'foreign-uid' || !pinned);
}
