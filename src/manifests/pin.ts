/**
 * A pin: `metadata.uid` written into a manifest, with kcfg's mark, so that the kubelet adopts the pod that runs
 * instead of starting a new one. A text edit: all other bytes stay, and unpinning gives the first bytes back.
 *
 * Where the text cannot be edited for certain it is refused; every edit is read back before it is handed out.
 */
import { isDeepStrictEqual } from 'node:util';
import { KcfgError } from '../errors.ts';
import { applyEdits } from '../kubelet/edits.ts';
import { oddLineEnd, whereAt } from '../kubelet/source.ts';
import { duplicateKeys, rangeOf } from '../kubelet/yaml.ts';
import type { Edit } from '../plan/step.ts';
import { type Manifest, type Pin, readManifest } from './manifest.ts';
import { ANNOTATION, markValue } from './mark.ts';
import { jsonPin, jsonUnpin } from './pin-json.ts';
import { yamlPin, yamlUnpin } from './pin-yaml.ts';
import { type PodFile, readPodFile } from './pod-file.ts';

/** What the kubelet itself makes (32 hex digits) or the API server (a UUID): it becomes a directory and cgroup name. */
const UID = /^([0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

/**
 * Edits that pin the manifest to the uid; none when it carries that uid already, with whatever mark.
 * An empty or null `uid` gives way, and unpinning does not bring that back.
 * Throws `cannot-pin` where another uid stands or the text is not safe to edit, `invalid-manifest` as readManifest.
 */
export function pinEdits(file: string, bytes: Uint8Array, pin: Pin): Edit[] {
  const manifest = readManifest(file, bytes);
  if (manifest.uid === pin.uid) return [];
  const pod = readPodFile(file, bytes);
  refuse(pod, manifest, pin);
  const attempts = pod.yaml.format === 'json' ? jsonPin(pod, pin) : yamlPin(pod, pin, manifest.name);
  for (const edits of attempts) {
    const after = reread(file, applyEdits(bytes, edits));
    if (isDeepStrictEqual(after?.manifest.pin, pin) && isDeepStrictEqual(after?.value, pinned(pod, pin))) return edits;
  }
  throw cannot(pod, 'metadata cannot be edited without touching the lines around it');
}

/**
 * Edits that take kcfg's pin out: to the bytes from before, or, where the file was reformatted since, the uid and
 * the mark alone. None without kcfg's mark: a uid of someone else stays. Throws `invalid-manifest` as readManifest.
 */
export function unpinEdits(file: string, bytes: Uint8Array): Edit[] {
  const pod = readPodFile(file, bytes);
  if (pod.source.encoding !== 'utf-8') return [];
  const edits = pod.yaml.format === 'json' ? jsonUnpin(pod) : yamlUnpin(pod);
  if (edits.length === 0) return [];
  const after = reread(file, applyEdits(bytes, edits));
  if (after && after.manifest.uid === undefined && isDeepStrictEqual(bare(after.value), bare(pod.yaml.value))) return edits;
  throw cannot(pod, 'the pin cannot be taken out without touching the lines around it');
}

function refuse(pod: PodFile, manifest: Manifest, pin: Pin): void {
  const odd = oddLineEnd(pod.source.text);
  const twice = duplicateKeys(pod.yaml).find(({ key }) => key === 'metadata' || key === 'uid');
  if (manifest.uid !== undefined) throw cannot(pod, 'it has a metadata.uid already, and not the one of the running pod');
  if (!UID.test(pin.uid)) throw cannot(pod, `the running pod has the UID ${pin.uid}, which no kubelet makes`);
  if (pod.source.encoding !== 'utf-8') throw cannot(pod, 'it is in UTF-16, and kcfg edits UTF-8 only');
  if (manifest.documents > 1) throw cannot(pod, 'it has several documents, and the kubelet reads only the first');
  if (manifest.anchoredMetadata) throw cannot(pod, 'metadata has an anchor, an alias or a merge key');
  if (odd >= 0) throw cannot(pod, 'a character that the kubelet takes for a line end stands inside a line', [odd, odd + 1]);
  if (twice) throw cannot(pod, `it has ${twice.key} twice`, rangeOf(twice.second));
}

function cannot(pod: PodFile, why: string, at?: [number, number]): KcfgError {
  const key = pod.uid.at(-1)?.key ?? pod.metadata.at(-1)?.key;
  const range = at ?? (key && rangeOf(key));
  return new KcfgError('cannot-pin', `${pod.source.file} cannot be pinned: ${why}`, {
    where: [range ? whereAt(pod.source, ...range) : { file: pod.source.file }],
    notes: ['without its uid in the manifest the kubelet stops the running pod and starts a new one'],
  });
}

function reread(file: string, bytes: Uint8Array): { manifest: Manifest; value: unknown } | undefined {
  try {
    return { manifest: readManifest(file, bytes), value: readPodFile(file, bytes).yaml.value };
  } catch (error) {
    if (error instanceof KcfgError) return undefined;
    throw error;
  }
}

interface PodValue {
  metadata: { uid?: unknown; annotations?: Record<string, unknown> | null };
}

/** What the pinned manifest must say: the same, and the uid; in JSON the annotation too. */
function pinned({ yaml }: PodFile, pin: Pin): unknown {
  const { metadata, ...rest } = yaml.value as PodValue;
  const annotations = { annotations: { ...metadata.annotations, [ANNOTATION]: markValue(pin) } };
  return { ...rest, metadata: { ...metadata, ...(yaml.format === 'json' && annotations), uid: pin.uid } };
}

/** What pinned and unpinned have in common. */
function bare(value: unknown): unknown {
  const { metadata, ...rest } = value as PodValue;
  const { uid: _, annotations, ...others } = metadata;
  const { [ANNOTATION]: __, ...kept } = annotations ?? {};
  return { ...rest, metadata: others, annotations: kept };
}
