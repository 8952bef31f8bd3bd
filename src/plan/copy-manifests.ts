/** The copies in the new directory: bare, pinned, or home again; and where each running pod's UID comes from. */
import { createHash } from 'node:crypto';
import { KcfgError } from '../errors.ts';
import { applyEdits } from '../kubelet/edits.ts';
import { pinEdits, unpinEdits } from '../manifests/pin.ts';
import type { Destination } from '../node/destination.ts';
import type { Entry, StaticPod } from '../node/observed.ts';
import { day } from '../report/format.ts';
import type { PlanInput } from './make-plan.ts';
import type { Birth, Strategy } from './plan.ts';
import type { Edit, FileCopy } from './step.ts';

/** Each manifest's copy: at home unpinned, else pinned to its pod's UID, else (recreate, not running) bare. */
export function copyManifests(input: PlanInput): { copies: FileCopy[]; births: Birth[]; strategy: Strategy } {
  const { observed, target, destination } = input;
  const births: Birth[] = [];
  const copies: FileCopy[] = [];
  let atHome = 0;
  for (const entry of observed.directory.entries) {
    if (entry.info.kind !== 'file') continue;
    const bytes = need(input.sources, entry.path);
    const pod = observed.pods.find((p) => p.manifest === entry.name);
    const bare = entry.manifest === undefined ? [] : unpinEdits(entry.path, bytes);
    const birth = birthOf(input, entry, pod, hash(applyEdits(bytes, bare)));
    if (birth !== undefined) births.push(birth);
    let edits = bare;
    let pin: string | undefined;
    const home = birth !== undefined && birth.path === `${destination.path}/${entry.name}` && hash(applyEdits(bytes, bare)) === birth.sha256;
    if (pod?.uid !== undefined && target.strategy !== 'recreate' && !home) {
      // A pin that stands already is the same pin: its comment keeps the change that made it.
      edits = entry.manifest?.uid === pod.uid ? [] : pinEdits(entry.path, bytes, { change: input.id, uid: pod.uid, node: observed.node.name, date: input.pinDate ?? day(new Date(input.madeAt)) });
      pin = pod.uid;
    }
    if (home) atHome++;
    copies.push(copyOf(entry, bytes, edits, pin, destination));
  }
  const running = observed.pods.filter((pod) => pod.uid !== undefined).length;
  const strategy: Strategy =
    !input.live || running === 0 ? 'none' : target.strategy === 'recreate' ? 'recreate' : atHome === running ? 'home' : 'adopt';
  return { copies, births, strategy };
}

/** The one other directory in which every pod that runs was born, with its manifest as it was: there no pin is needed. */
export function homeOf(input: Pick<PlanInput, 'observed' | 'births' | 'sources'>): string | undefined {
  const { observed, sources } = input;
  const places = new Set<string>();
  for (const pod of observed.pods) {
    const entry = observed.directory.entries.find((each) => each.name === pod.manifest);
    if (entry === undefined || pod.uid === undefined) return undefined;
    const bytes = need(sources, entry.path);
    const bare = hash(applyEdits(bytes, unpinEdits(entry.path, bytes)));
    const birth = birthOf(input, entry, pod, bare);
    if (birth === undefined || birth.sha256 !== bare || !birth.path.endsWith(`/${entry.name}`)) return undefined;
    places.add(birth.path.slice(0, -entry.name.length - 1));
  }
  const [place, ...others] = places;
  return others.length > 0 || place === observed.staticPodPath.value ? undefined : place;
}

function copyOf(entry: Entry, bytes: Uint8Array, edits: Edit[], pin: string | undefined, destination: Destination): FileCopy {
  const { mode, uid, gid, mtimeNs } = entry.info;
  const result = hash(applyEdits(bytes, edits));
  const exists = destination.info?.kind === 'directory' && destination.directory.entries.some((e) => e.name === entry.name && e.sha256 === result);
  return {
    name: entry.name,
    from: entry.path,
    sha256: hash(bytes),
    edits,
    result,
    mode,
    uid,
    gid,
    mtimeNs,
    ...(pin === undefined ? {} : { pin }),
    ...(exists ? { exists } : {}),
  };
}

/** An unpinned running pod was born where it lies; a pinned one where an earlier change noted it. */
function birthOf(input: Pick<PlanInput, 'observed' | 'births'>, entry: Entry, pod: StaticPod | undefined, bareHash: string): Birth | undefined {
  const version = input.observed.kubelet.version;
  if (pod?.uid === undefined || version === undefined) return undefined;
  if (pod.pin === undefined) {
    return { uid: pod.uid, path: entry.path, sha256: bareHash, node: input.observed.node.name, kubeletVersion: version };
  }
  return input.births.find((b) => b.uid === pod.uid && b.node === input.observed.node.name && b.kubeletVersion === version);
}

/** SHA-256 as hex. */
export function hash(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** The bytes of a file that was there a moment ago. Throws `changed-meanwhile`. */
export function need(sources: ReadonlyMap<string, Uint8Array>, path: string): Uint8Array {
  const bytes = sources.get(path);
  if (bytes === undefined) throw new KcfgError('changed-meanwhile', `${path} is gone`, { where: [{ file: path }], outcome: 'Nothing was changed.' });
  return bytes;
}
