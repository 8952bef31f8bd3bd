/**
 * What a rule looks at: the configuration in force with this version's defaults, the gates, what is known of the node,
 * and the way from a field to the place that decides it.
 */
import type { Where } from '../../errors.ts';
import { type FieldPath, parseFieldPath, valueAt } from '../field-path.ts';
import type { FieldSet } from '../fields/field-set.ts';
import type { FlagSetting } from '../layered.ts';
import type { Data } from '../merge.ts';
import type { Facts } from './facts.ts';
import type { Finding } from './finding.ts';
import { parseDuration } from './go-duration.ts';
import type { LayerFile } from './layer-file.ts';
import { placeOf } from './place.ts';

export interface Layer extends LayerFile {
  /** Under canonical names. */
  value: Data;
}

export interface Case {
  fields: FieldSet;
  /** 37 of 1.37. */
  minor: number;
  facts: Facts;
  /** In the order in which they are merged: the file, then the drop-ins. */
  layers: readonly Layer[];
  flags: readonly FlagSetting[];
  /** What the kubelet ends up with, defaults filled in. */
  value: Data;
  gate(name: string): boolean;
}
export type Rule = (c: Case) => Finding[];

export function integer(c: Case, path: string): number {
  const value = valueAt(c.value, path.split('.'));
  return typeof value === 'number' ? value : 0;
}

export function text(c: Case, path: string): string {
  const value = valueAt(c.value, path.split('.'));
  return typeof value === 'string' ? value : '';
}

/** Nanoseconds; undefined where nothing is set. */
export function duration(c: Case, path: string): number | undefined {
  const value = valueAt(c.value, path.split('.'));
  return typeof value === 'string' ? parseDuration(value) : typeof value === 'number' ? value : undefined;
}

export function list(c: Case, path: string): readonly unknown[] {
  const value = valueAt(c.value, path.split('.'));
  return Array.isArray(value) ? value : [];
}

export function texts(c: Case, path: string): readonly string[] {
  return list(c, path).filter((item): item is string => typeof item === 'string');
}

/** Of a map from text to text. */
export function entries(c: Case, path: string): readonly (readonly [string, string])[] {
  const value = valueAt(c.value, path.split('.'));
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
  return Object.entries(value).flatMap(([key, item]) => (typeof item === 'string' ? [[key, item] as const] : []));
}

export function flag(c: Case, path: string): boolean {
  return valueAt(c.value, path.split('.')) === true;
}

/** The place that decides the value, undefined for a default. */
export function placed(c: Case, path: FieldPath, label?: string, what: 'value' | 'key' = 'value'): Where | undefined {
  const setting = c.flags.findLast(({ field, name, value }) => {
    const own = parseFieldPath(field.path.replaceAll('[]', ''), c.fields).path;
    if (!own.every((part, i) => part === path[i])) return false;
    // of gates each counts for itself
    return name !== 'feature-gates' || valueAt(value, path.slice(own.length)) !== undefined;
  });
  if (setting) {
    const { file = `flag --${setting.name}`, line } = setting;
    return { file, ...(line !== undefined && { line }), label: label ?? `--${setting.name}` };
  }
  const layer = c.layers.findLast(({ value }) => valueAt(value, path) !== undefined);
  return layer && placeOf(layer.yaml, path, label, what);
}

/** Where nothing is written: the file that would hold it. */
export function somewhere(c: Case): Where[] {
  const file = c.layers[0]?.yaml.source.file;
  return file === undefined ? [] : [{ file }];
}
