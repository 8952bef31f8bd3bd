/**
 * What an edit of a manifest changes in its pod, and what of that waits: a kubelet that keeps a pod by its UID takes up
 * little of a new text. Comments, the order of keys, and kcfg's pin change nothing.
 */
import { isDeepStrictEqual } from 'node:util';
import { diffArrays } from 'diff';
import { isMap, isNode, type Node, type Pair } from 'yaml';
import { positionOf } from '../kubelet/source.ts';
import { rangeOf } from '../kubelet/yaml.ts';
import type { Path } from './fields.ts';
import { ANNOTATION } from './mark.ts';
import { readPodFile, type PodFile } from './pod-file.ts';

export interface FieldChange {
  path: Path;
  /** In the text as it is now; of what is gone, the line of what it stood in. */
  line: number;
  /** The container it is of, by name; absent: of the pod as a whole. */
  container?: string;
  /** The first name below the container, or below spec: 'command', 'volumes'. 'metadata' for all there. */
  field: string;
}

/** From the text of `born` to the text of `now`, in order of lines. Throws `invalid-manifest`. */
export function changedFields(file: string, born: Uint8Array, now: Uint8Array): FieldChange[] {
  const pod = readPodFile(file, now);
  const paths = differences(bare(readPodFile(file, born).yaml.value), bare(pod.yaml.value), []);
  return paths.map((path) => ({ path, line: lineOf(pod, path), ...placeOf(pod, path) })).sort((a, b) => a.line - b.line);
}

/** The lines of the arguments that a process does not have, and of those that it has and the manifest no longer. */
export function argumentLines(file: string, now: Uint8Array, container: string, argv: readonly string[]): number[] {
  const pod = readPodFile(file, now);
  const value = pod.yaml.value as { spec?: { containers?: Record<string, unknown>[] } };
  const index = value.spec?.containers?.findIndex((each) => each.name === container) ?? -1;
  const base = ['spec', 'containers', index];
  const texts = (name: string): string[] => ((value.spec?.containers?.[index]?.[name] ?? []) as unknown[]).map((text) => String(text ?? ''));
  const [command, args] = [texts('command'), texts('args')];
  const pathAt = (at: number): Path => (at < command.length ? [...base, 'command', at] : [...base, 'args', at - command.length]);
  return lines(listChanges(argv, [...command, ...args]).map((at) => lineOf(pod, pathAt(at))));
}

/**
 * Does a kubelet of this minor take the change up while the pod keeps its UID? Name and image make a new container, all of
 * its fields up to 1.30 (kubelet container/helpers.go HashContainer, kubernetes#124220); the host's network makes a new
 * sandbox (kuberuntime/util/util.go:31); resources are changed in place from 1.36 on; the grace is read when it is needed
 * (pod_workers.go:1032).
 */
export function isTakenUp({ container, field }: Pick<FieldChange, 'container' | 'field'>, minor: number): boolean {
  if (container === undefined) return field === 'hostNetwork' || field === 'terminationGracePeriodSeconds';
  if (minor <= 30) return true;
  return field === '' || field === 'name' || field === 'image' || (field === 'resources' && minor >= 36);
}

/** Each once, in order. */
export function lines(found: readonly number[]): number[] {
  return [...new Set(found)].sort((a, b) => a - b);
}

type Fields = Record<string, unknown>;

/** Without what a pin adds, and the status, which the kubelet sets itself. */
function bare(value: unknown): unknown {
  if (!isFields(value) || !isFields(value.metadata)) return value;
  const { metadata: full, status: _, ...rest } = value;
  const { uid: __, annotations, ...metadata } = full as Fields;
  const { [ANNOTATION]: ___, ...kept } = isFields(annotations) ? annotations : {};
  return { ...rest, metadata: { ...metadata, ...(Object.keys(kept).length === 0 ? {} : { annotations: kept }) } };
}

/** Paths in `now`; of what is gone, the path that it had, or would have in a list. */
function differences(born: unknown, now: unknown, path: Path): Path[] {
  if (isDeepStrictEqual(born ?? null, now ?? null)) return [];
  if (isFields(born) && isFields(now)) {
    return [...new Set([...Object.keys(now), ...Object.keys(born)])].flatMap((key) => differences(born[key], now[key], [...path, key]));
  }
  if (!Array.isArray(born) || !Array.isArray(now)) return [path];
  const named = [born, now].map((list) => byName(list));
  const [before, after] = named;
  if (before === undefined || after === undefined) return listChanges(born.map(text), now.map(text)).map((at) => [...path, at]);
  const changed = now.flatMap((item, at) => differences(before.get(nameOf(item) ?? ''), item, [...path, at]));
  return [...changed, ...[...before.keys()].filter((name) => !after.has(name)).map(() => path)];
}

/** Of a list that is known by names, such as containers, volumes and mounts: each item by its own; undefined for any other list. */
function byName(list: readonly unknown[]): Map<string, unknown> | undefined {
  const items = new Map(list.flatMap((item) => (nameOf(item) === undefined ? [] : [[nameOf(item) ?? '', item] as const])));
  return items.size === list.length ? items : undefined;
}
function nameOf(item: unknown): string | undefined {
  if (!isFields(item)) return undefined;
  // two mounts can be of one volume: a mount is known by its place
  const name = item.mountPath ?? item.name;
  return typeof name === 'string' ? name : undefined;
}

/** Places in `now` at which something came, or where something went. */
function listChanges(born: readonly string[], now: readonly string[]): number[] {
  let at = 0;
  return diffArrays([...born], [...now]).flatMap(({ added, removed, value }, index, all) => {
    if (removed) return all[index + 1]?.added ? [] : [Math.min(at, Math.max(0, now.length - 1))];
    const from = at;
    at += value.length;
    return added ? value.map((_, offset) => from + offset) : [];
  });
}

function placeOf({ yaml }: PodFile, path: Path): Pick<FieldChange, 'container' | 'field'> {
  const [top, list, index, field] = path;
  if (top !== 'spec') return { field: String(top ?? '') };
  if (list !== 'containers' || typeof index !== 'number') return { field: String(list ?? '') };
  const { spec } = yaml.value as { spec: { containers: Fields[] } };
  return { container: String(spec.containers[index]?.name ?? ''), field: String(field ?? '') };
}

/** Where the value at the path begins with its key, or the nearest above it that is there. */
function lineOf({ yaml, source }: PodFile, path: Path): number {
  for (let depth = path.length; depth > 0; depth--) {
    const above = depth === 1 ? yaml.root : yaml.first?.getIn(path.slice(0, depth - 1), true);
    const pair = isMap(above) ? (above.items as Pair<Node, Node | null>[]).findLast(({ key }) => isNode(key) && String(key) === String(path[depth - 1])) : undefined;
    const node = pair?.key ?? yaml.first?.getIn(path.slice(0, depth), true);
    if (isNode(node) && node.range) return positionOf(source, rangeOf(node)[0]).line;
  }
  return 1;
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? null);
}
function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
