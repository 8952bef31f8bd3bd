/**
 * A piece of a KubeletConfiguration as wishes, value by value: maps merge with what is there, lists take its place,
 * null takes a value out, as the kubelet merges drop-ins (RFC 7386).
 */
import { KcfgError } from '../errors.ts';
import { type ConfigDocument, readConfig } from './document.ts';
import { type FieldPath, parseFieldPath, writeFieldPath } from './field-path.ts';
import type { FieldSet } from './fields/field-set.ts';
import { isMap } from './merge.ts';
import { placeOf } from './rules/place.ts';

export interface FragmentValue {
  field: string;
  path: FieldPath;
  /** Absent: taken out. */
  value?: unknown;
}

/** Throws what readConfig throws, and `unknown-field` with the line. */
export function readFragment(file: string, bytes: Uint8Array, fields: FieldSet): FragmentValue[] {
  const document = readConfig(file, bytes);
  const { apiVersion, kind, ...rest } = document.value;
  for (const [name, value, wanted] of [['apiVersion', apiVersion, 'kubelet.config.k8s.io/v1beta1'], ['kind', kind, 'KubeletConfiguration']] as const) {
    if (value === undefined || value === wanted) continue;
    const where = document.get(name)?.where;
    throw new KcfgError('invalid-settings', `${file} is no piece of a KubeletConfiguration: ${name} is ${JSON.stringify(value)}`, { ...(where && { where: [where] }), help: [`${name}: ${wanted}, or leave it out`] });
  }
  return Object.entries(rest).flatMap(([name, value]) => leaves(document, fields, [name], value));
}

function leaves(document: ConfigDocument, fields: FieldSet, path: FieldPath, value: unknown): FragmentValue[] {
  const field = fields.field(path);
  const text = writeFieldPath(path);
  if (field === undefined) throw located(document, fields, path, text);
  if (value === null) return [{ field: text, path }];
  const inner = field.type.kind === 'object' || field.type.kind === 'map';
  if (!inner || !isMap(value)) return [{ field: text, path, value }];
  // an empty map says something of its own: `evictionHard: {}` takes the default away
  if (Object.keys(value).length === 0) return field.type.kind === 'map' ? [{ field: text, path, value }] : [];
  return Object.entries(value).flatMap(([name, each]) => leaves(document, fields, [...path, name], each));
}

function located(document: ConfigDocument, fields: FieldSet, path: FieldPath, text: string): unknown {
  try {
    parseFieldPath(text, fields);
  } catch (error) {
    if (error instanceof KcfgError) return new KcfgError(error.code, error.message, { help: error.help, where: [placeOf(document.yaml, path, undefined, 'key')] });
    throw error;
  }
  return new KcfgError('unknown-field', `there is no field ${text}`);
}
