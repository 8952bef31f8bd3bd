/**
 * What one static pod manifest says, as the kubelet reads it: the first document, lenient about unknown and double
 * keys, strict about types. Refuses what the kubelet takes no pod from, as far as kcfg depends on it; the whole of
 * the pod's validation stays with the kubelet.
 */
import { positionOf } from '../kubelet/source.ts';
import { rangeOf } from '../kubelet/yaml.ts';
import { readContainers } from './containers.ts';
import { getField, getTextMap, wrongField } from './fields.ts';
import { ANNOTATION, type Mark, readMark, readMarkValue } from './mark.ts';
import { anchored, invalid, type PodFile, readPodFile } from './pod-file.ts';

export interface Manifest {
  format: 'yaml' | 'json';
  kind: string;
  name: string;
  /** 'default' when the manifest has none (kubelet common.go:85). */
  namespace: string;
  /** metadata.uid as text; '' and absent are the same to the kubelet (common.go:67). */
  uid?: string;
  uidLine?: number;
  /** kcfg's mark: which change pinned it, to which pod of which node. Absent when the pin is someone else's. */
  pin?: Pin;
  annotations: Record<string, string>;
  documents: number;
  hostNetwork: boolean;
  /** spec.terminationGracePeriodSeconds, 30 when absent (v1 defaults.go). */
  graceSeconds: number;
  /** `command` is command and args in a row; a probe's port is a number or the name of a port. */
  containers: { name: string; image: string; command: string[]; probePorts: (number | string)[] }[];
  /** Anchors or aliases on `metadata` or above: the text cannot be edited safely. */
  anchoredMetadata: boolean;
}

export interface Pin {
  change: string;
  uid: string;
  node: string;
  /** The day, by the node's clock: 2026-11-27. Pins of the first kcfg have none. */
  date?: string;
}

/** The manifest of these bytes. Throws `invalid-manifest`, with the place, for what the kubelet takes no pod from. */
export function readManifest(file: string, bytes: Uint8Array): Manifest {
  const pod = readPodFile(file, bytes);
  const kind = podKind(pod);
  const name = getField(pod, ['metadata', 'name'], 'string') ?? '';
  // ValidatePodName and ValidateNamespaceName; the kubelet appends '-' and the node's name to the pod's
  if (name === '') throw wrongField(pod, ['metadata'], 'has no metadata.name');
  if (!/^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)*[a-z0-9][a-z0-9-]*$/.test(name)) {
    throw wrongField(pod, ['metadata', 'name'], 'has a metadata.name that is no name for a pod');
  }
  const namespace = getField(pod, ['metadata', 'namespace'], 'string') || 'default';
  if (!/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(namespace)) {
    throw wrongField(pod, ['metadata', 'namespace'], 'has a metadata.namespace that is no namespace');
  }
  const uid = getField(pod, ['metadata', 'uid'], 'string') || undefined;
  const entry = pod.uid.at(-1);
  const annotations = getTextMap(pod, ['metadata', 'annotations']);
  const mark = uid === undefined ? undefined : findMark(pod, annotations);
  return {
    format: pod.yaml.format,
    kind,
    name,
    namespace,
    ...(uid !== undefined && { uid }),
    ...(uid !== undefined && entry && { uidLine: positionOf(pod.source, rangeOf(entry.key)[0]).line }),
    ...(uid !== undefined && mark && { pin: { ...mark, uid } }),
    annotations,
    documents: pod.yaml.documents,
    hostNetwork: getField(pod, ['spec', 'hostNetwork'], 'boolean') ?? false,
    graceSeconds: getField(pod, ['spec', 'terminationGracePeriodSeconds'], 'number') ?? 30,
    containers: readContainers(pod),
    anchoredMetadata: anchored(pod),
  };
}

function podKind(pod: PodFile): string {
  const { source, yaml } = pod;
  if (yaml.value === null) {
    const why = yaml.first && source.text.includes('---') ? ['the kubelet reads only the first document of a file'] : [];
    throw invalid({ file: source.file }, 'has no manifest in it', why);
  }
  const kind = getField(pod, ['kind'], 'string') ?? '';
  const version = getField(pod, ['apiVersion'], 'string') ?? '';
  if (kind === '' || version === '') throw invalid({ file: source.file }, `has no ${kind === '' ? 'kind' : 'apiVersion'}`);
  if (kind !== 'Pod') throw wrongField(pod, ['kind'], `is no Pod but a ${kind}`);
  if (version !== 'v1') throw wrongField(pod, ['apiVersion'], `has a Pod of ${version}, and the kubelet takes v1`);
  return kind;
}

function findMark({ yaml, marks }: PodFile, annotations: Record<string, string>): Mark | undefined {
  if (yaml.format === 'json') return readMarkValue(annotations[ANNOTATION] ?? '');
  return marks.map((m) => readMark(m.text)).find((mark) => mark !== undefined);
}
