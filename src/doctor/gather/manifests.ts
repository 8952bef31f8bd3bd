/** The directory of static pods as the kubelet reads it, and each manifest before the strict check. */
import type { Host } from '../../host/host.ts';
import { judgeManifest, readManifestText } from '../../manifests/rules/judge-manifest.ts';
import { unpinEdits } from '../../manifests/pin.ts';
import { valueAt } from '../../manifests/rules/case.ts';
import { applyEdits } from '../../kubelet/edits.ts';
import { observeDirectory } from '../../node/directory.ts';
import { observeManifest, type Surroundings } from '../../node/manifest-facts.ts';
import type { Directory, Entry } from '../../node/observed.ts';
import type { DirectoryFacts, EntryFacts, Evidence } from '../evidence.ts';
import { holdsControlPlane, meantDirectory } from '../meant-directory.ts';
import type { Yaml } from '../../kubelet/yaml.ts';
import { findElsewhere } from './elsewhere.ts';
import { mendsOf, probeHosts } from './manifest-mends.ts';
import { proxiesOf } from './proxies.ts';

/** What manifests are judged by, beside the node's files. */
export interface Around extends Surroundings {
  /** Tags and digests in the runtime's store; absent: not known. */
  images?: readonly string[] | undefined;
}

export async function gatherManifests(host: Host, directory: Directory, around: Around): Promise<DirectoryFacts> {
  const entries = await Promise.all(directory.entries.map((entry) => entryFacts(host, entry, around)));
  return {
    path: directory.path,
    ...(directory.info === undefined ? {} : { kind: directory.info.kind }),
    ...(directory.info?.target === undefined ? {} : { link: directory.info.target }),
    readable: directory.real !== undefined && (await host.files.target(directory.path).catch(() => undefined))?.kind === 'directory',
    entries,
    ...(await findElsewhere(host, directory)),
  };
}

/** Its manifests count as soon as the path is mended: what is wrong with them is told with it. */
export async function gatherMeant(host: Host, directory: DirectoryFacts, kubelet: Evidence['kubelet'], around: Around): Promise<DirectoryFacts | undefined> {
  const other = holdsControlPlane(directory) ? undefined : meantDirectory({ directory, kubelet });
  const listed = other === undefined ? undefined : await observeDirectory(host, other.path).catch(() => undefined);
  if (listed === undefined) return undefined;
  const { others: _, ...facts } = await gatherManifests(host, listed, { ...around, directory: listed });
  return facts;
}

async function entryFacts(host: Host, entry: Entry, around: Around): Promise<EntryFacts> {
  const { name, path, info, manifest, skipped, sha256 } = entry;
  const bytes = sha256 === undefined || skipped?.why === 'hidden' ? undefined : await host.files.read(path);
  const pin = manifest?.pin;
  const text = bytes === undefined || manifest === undefined ? undefined : readManifestText(path, bytes);
  const yaml = text === undefined || 'id' in text ? undefined : text;
  const hosts = yaml === undefined ? [] : probeHosts(yaml);
  const mends = yaml === undefined ? undefined : mendsOf(yaml, around.images);
  return {
    name,
    path,
    kind: info.kind,
    size: info.size,
    changedAt: new Date(Number(BigInt(info.mtimeNs) / 1_000_000n)).toISOString(),
    ...(skipped === undefined ? {} : { skipped: { why: skipped.why, detail: skipped.detail } }),
    ...(manifest === undefined ? {} : { pod: { name: manifest.name, namespace: manifest.namespace, ...(manifest.uid === undefined ? {} : { uid: manifest.uid }), ...(pin === undefined ? {} : { pinned: true as const }), hostNetwork: manifest.hostNetwork, ...priorityOf(yaml) } }),
    ...(info.target === undefined ? {} : { link: info.target }),
    ...proxiesOf(yaml),
    ...(mends === undefined ? {} : { mends }),
    ...(hosts.length === 0 ? {} : { probeHosts: hosts }),
    containers: manifest?.containers.map(({ name: container, image, command }) => ({ name: container, image, command })) ?? [],
    findings: bytes === undefined ? [] : await judged(host, entry, bytes, around),
    ...(sha256 === undefined ? {} : { sha256 }),
  };
}

function priorityOf(yaml: Yaml | undefined): { priorityClassName?: string; priority?: number } {
  const [name, priority] = ['priorityClassName', 'priority'].map((field) => (yaml === undefined ? undefined : valueAt(yaml.value, ['spec', field])));
  return { ...(typeof name === 'string' ? { priorityClassName: name } : {}), ...(typeof priority === 'number' ? { priority } : {}) };
}

const OF_FLAGS: ReadonlySet<string> = new Set(['unknown-flag', 'flag-value']);

/** In place, a pin included: lines are those of the file. */
async function judged(host: Host, entry: Entry, bytes: Buffer, around: Around): Promise<EntryFacts['findings']> {
  const first = judgeManifest(entry.path, bytes, await observeManifest(host, around, bytes, entry, 'where not known'));
  // what a version is said to refuse the program itself may know: that one is asked
  const findings = first.some(({ id }) => OF_FLAGS.has(id)) ? judgeManifest(entry.path, bytes, await observeManifest(host, around, bytes, entry)) : first;
  const pinned = entry.manifest?.pin !== undefined && !applyEdits(bytes, unpinEdits(entry.path, bytes)).equals(bytes);
  return findings.filter(({ id }) => id !== 'foreign-uid' || !pinned);
}
