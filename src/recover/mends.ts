/** From the causes that were found to what becomes of each file. Several fixes of one file are one edit of it. */
import type { Cause } from '../doctor/cause.ts';
import type { Evidence } from '../doctor/evidence.ts';
import { KcfgError } from '../errors.ts';
import { applyEdits } from '../kubelet/edits.ts';
import { readManifest } from '../manifests/manifest.ts';
import { unpinEdits } from '../manifests/pin.ts';
import type { Mend } from '../plan/make-recover-plan.ts';
import { hash } from '../plan/copy-manifests.ts';
import { lineEdits } from '../plan/settings/line-edits.ts';
import type { Edit } from '../plan/step.ts';

export type Read = (path: string) => Promise<Buffer | undefined>;

/** Throws `changed-meanwhile` where a file is not as it was diagnosed. */
export async function mendsOf(evidence: Evidence, causes: readonly Cause[], read: Read): Promise<Mend[]> {
  const mends: Mend[] = [];
  const edits = new Map<string, { sha256: string; edits: Edit[]; why: string[] }>();
  for (const { fix, message } of causes) {
    if (fix?.kind === 'set-aside') mends.push(await setAside(evidence, fix, read));
    if (fix?.kind === 'copy') mends.push({ path: fix.file, after: await copied(fix, read), why: message, mode: 0o644 });
    if (fix?.kind !== 'edit') continue;
    const known = edits.get(fix.file);
    if (known === undefined) edits.set(fix.file, { sha256: fix.sha256, edits: [...fix.edits], why: [message] });
    else {
      // what goes as a part of more needs no edit of its own
      known.edits = known.edits.filter((other) => !fix.edits.some((edit) => holds(edit, other)));
      if (fix.edits.some((edit) => known.edits.some((other) => overlap(edit, other)))) continue;
      known.edits.push(...fix.edits);
      known.why.push(message);
    }
  }
  for (const [path, { sha256, edits: all, why }] of edits) {
    if (mends.some((mend) => mend.path === path)) continue;
    const before = await asDiagnosed(path, sha256, read);
    mends.push(mendOf(evidence, path, before, applyEdits(before, all.sort((a, b) => a.offset - b.offset)), why.join('; ')));
  }
  return mends;
}

/** A file with other bytes. A manifest's pin goes: the kubelet would ignore most of the edit (from 1.31 on). */
export function mendOf(evidence: Evidence, path: string, before: Buffer | undefined, text: Buffer, why: string): Mend {
  const dangling = before === undefined && evidence.directory.entries.some((each) => each.path === path && each.kind === 'link');
  const entry = evidence.directory.entries.find((each) => each.path === path);
  const inDirectory = entry !== undefined || path.slice(0, path.lastIndexOf('/')) === evidence.directory.path;
  const after = inDirectory ? unpinned(path, text) : text;
  const name = path.slice(path.lastIndexOf('/') + 1).replace(/\.(ya?ml|json)$/, '');
  return {
    path,
    ...(before === undefined ? {} : { before, edits: lineEdits(before, after) }),
    after,
    why,
    ...(dangling ? { replaces: true as const } : {}),
    ...(inDirectory ? { pod: podOf(path, after) ?? { name: entry?.pod?.name ?? name, namespace: entry?.pod?.namespace ?? 'kube-system' } } : {}),
  };
}

/** The evidence with what the mended manifests say: what comes anew beside them is made by that. */
export function asMended(evidence: Evidence, mends: readonly Mend[]): Evidence {
  const after = new Map(mends.flatMap(({ path, after: text }) => (text === undefined ? [] : [[path, text] as const])));
  const entries = evidence.directory.entries.map((entry) => {
    const text = after.get(entry.path);
    const manifest = text === undefined ? undefined : readable(entry.path, text);
    return manifest === undefined ? entry : { ...entry, pod: { ...entry.pod, name: manifest.name, namespace: manifest.namespace, hostNetwork: manifest.hostNetwork }, containers: manifest.containers.map(({ name, image, command }) => ({ name, image, command })) };
  });
  return { ...evidence, directory: { ...evidence.directory, entries } };
}

/** Of the text as it will be: a slip may have been in its name. */
function podOf(path: string, text: Buffer): Mend['pod'] {
  const manifest = readable(path, text);
  return manifest === undefined ? undefined : { name: manifest.name, namespace: manifest.namespace };
}

function readable(path: string, text: Buffer): ReturnType<typeof readManifest> | undefined {
  try {
    return readManifest(path, text);
  } catch (error) {
    if (error instanceof KcfgError) return undefined;
    throw error;
  }
}

function unpinned(path: string, text: Buffer): Buffer {
  try {
    return applyEdits(text, unpinEdits(path, text));
  } catch (error) {
    // what cannot be read has no pin that can be taken out
    if (error instanceof KcfgError) return text;
    throw error;
  }
}

async function setAside({ directory }: Evidence, fix: { file: string; sha256: string; why: string }, read: Read): Promise<Mend> {
  const pod = directory.entries.find(({ path }) => path === fix.file)?.pod;
  return { ...(pod === undefined ? {} : { pod: { name: pod.name, namespace: pod.namespace } }), path: fix.file, before: await asDiagnosed(fix.file, fix.sha256, read), why: fix.why };
}

/** Of the kubelet's configuration; 0644 is kubeadm's (kubelet/config.go). */
async function copied({ file, from }: { file: string; from: string }, read: Read): Promise<Buffer> {
  const [there, bytes] = [await read(file), await read(from)];
  if (there === undefined && bytes !== undefined) return bytes;
  throw movedOn(bytes === undefined ? from : file);
}

async function asDiagnosed(path: string, sha256: string, read: Read): Promise<Buffer> {
  const bytes = await read(path);
  if (bytes !== undefined && hash(bytes) === sha256) return bytes;
  throw movedOn(path);
}

function movedOn(path: string): KcfgError {
  return new KcfgError('changed-meanwhile', `${path} was changed since it was looked at`, { where: [{ file: path }], help: ['look again: kcfg doctor'] });
}

/** All that `part` takes away, and more. */
function holds(edit: Edit, part: Edit): boolean {
  return edit.remove > part.remove && edit.offset <= part.offset && part.offset + part.remove <= edit.offset + edit.remove;
}

function overlap(one: Edit, other: Edit): boolean {
  return one.offset < other.offset + Math.max(1, other.remove) && other.offset < one.offset + Math.max(1, one.remove);
}
