/**
 * Typed reading of a manifest's plain data, as Go's decoder does it: null and absent are one, and a value of another
 * type than the field's makes the kubelet refuse the whole file.
 */
import { isNode } from 'yaml';
import type { KcfgError } from '../errors.ts';
import { whereAt } from '../kubelet/source.ts';
import { rangeOf } from '../kubelet/yaml.ts';
import { invalid, type PodFile } from './pod-file.ts';

export type Path = readonly (string | number)[];
interface Types {
  string: string;
  number: number;
  boolean: boolean;
  map: Record<string, unknown>;
  list: unknown[];
}
const SAID: Record<keyof Types, string> = {
  string: 'text',
  number: 'a number',
  boolean: 'true or false',
  map: 'a list of fields',
  list: 'a list',
};

/** The value at the path. Undefined when it, or something above it, is absent or null. Throws `invalid-manifest`. */
export function getField<T extends keyof Types>(file: PodFile, path: Path, type: T): Types[T] | undefined {
  let value = file.yaml.value;
  for (const [depth, name] of path.entries()) {
    if (value === null || value === undefined) return undefined;
    const wanted = typeof name === 'number' ? 'list' : 'map';
    if (typeOf(value) !== wanted) throw wrongType(file, path.slice(0, depth), wanted);
    value = Object.hasOwn(value, name) ? (value as Record<string | number, unknown>)[name] : undefined;
  }
  if (value === null || value === undefined) return undefined;
  if (typeOf(value) !== type) throw wrongType(file, path, type);
  return value as Types[T];
}

/** A list of strings; null in it is '', as in Go. */
export function getTexts(file: PodFile, path: Path): string[] {
  const list = getField(file, path, 'list') ?? [];
  return list.map((_, index) => getField(file, [...path, index], 'string') ?? '');
}

/** A map of strings, such as annotations. */
export function getTextMap(file: PodFile, path: Path): Record<string, string> {
  const names = Object.keys(getField(file, path, 'map') ?? {});
  return Object.fromEntries(names.map((name) => [name, getField(file, [...path, name], 'string') ?? '']));
}

/** An error at the value's place, or at the nearest that is there. */
export function wrongField(file: PodFile, path: Path, problem: string): KcfgError {
  for (let depth = path.length; depth > 0; depth--) {
    const node = file.yaml.first?.getIn(path.slice(0, depth), true);
    if (isNode(node) && node.range) return invalid(whereAt(file.source, ...rangeOf(node)), problem);
  }
  return invalid({ file: file.source.file }, problem);
}

function wrongType(file: PodFile, path: Path, type: keyof Types): KcfgError {
  const name = path.length === 0 ? 'the manifest' : path.join('.').replace(/\.(\d+)/g, '[$1]');
  return wrongField(file, path, `is refused by the kubelet: ${name} is not ${SAID[type]}`);
}

function typeOf(value: unknown): keyof Types | undefined {
  if (Array.isArray(value)) return 'list';
  const type = typeof value;
  if (type === 'object') return 'map';
  return type === 'string' || type === 'number' || type === 'boolean' ? type : undefined;
}
