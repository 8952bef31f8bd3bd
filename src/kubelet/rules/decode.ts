/**
 * A file's data against the kubelet's types: what does not fit is an error, what has no field is a warning (the
 * kubelet decodes once more, leniently: kubeletconfig/util/codec/codec.go:74-103@1.37.2). What is left is the
 * configuration under its canonical names.
 *
 * In a drop-in names are matched regardless of capitals, and nobody says a word about the others: it is merged as
 * plain JSON, and read by Go's own decoder (cmd/kubelet/app/server.go:388@1.37.2).
 */
import { nearest } from '../../nearest.ts';
import type { FieldPath } from '../field-path.ts';
import type { Field, FieldSet, FieldType } from '../fields/field-set.ts';
import { isMap } from '../merge.ts';
import { type Context, fitScalar } from './decode-scalar.ts';
import { misfit } from './misfit.ts';
import { unknownField, wrongCase } from './unknown.ts';
import type { Finding } from './finding.ts';
import type { LayerFile } from './layer-file.ts';

export interface Decoded {
  value: Record<string, unknown>;
  findings: Finding[];
}

export function decode(layer: LayerFile, fields: FieldSet): Decoded {
  const findings: Finding[] = [];
  const context: Context = { layer, fields, findings };
  const value = structure(layer.data, fields.top, [], 'KubeletConfiguration', context);
  return { value, findings };
}

function structure(data: Record<string, unknown>, known: readonly Field[], path: FieldPath, name: string, context: Context): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const key of keysInOrder(data, context)) {
    const at = [...path, key];
    if (path.length === 0 && (key === 'apiVersion' || key === 'kind')) continue;
    const exact = known.find((field) => field.name === key);
    const field = exact ?? known.find((each) => each.name.toLowerCase() === key.toLowerCase());
    const yields = field !== undefined && !exact && yieldsTo(key, field, context);
    if (!exact && field) context.findings.push(wrongCase(at, field, yields, context));
    else if (!field && !(path.length === 0 && /^(apiversion|kind)$/i.test(key))) {
      const near = nearest(key, known.map((each) => each.name));
      context.findings.push(unknownField(at, near, context));
    }
    if (!field || (!exact && context.layer.kind === 'file')) continue;
    const value = fit(data[key], field.type, [...at], name, context);
    if (value === undefined || yields) continue;
    const before = result[field.name];
    result[field.name] = isMap(before) && isMap(value) ? { ...before, ...value } : value;
  }
  return result;
}

/**
 * All names of drop-ins and of what they are merged onto stand in one map, sorted, and the last of those that are read
 * as one field counts: the right name, when there is a default, comes behind one with more capitals.
 */
function yieldsTo(key: string, { name, default: filled }: Field, { layer, fields }: Context): boolean {
  if (layer.kind === 'file') return true;
  const own = Number(fields.minor.split('.')[1]) >= 32 ? name : `${name[0]?.toUpperCase() ?? ''}${name.slice(1)}`;
  return filled !== undefined && key < own;
}

/** In a drop-in two spellings of one field are read in the order of their letters, and the last counts. */
function keysInOrder(data: Record<string, unknown>, { layer }: Context): string[] {
  const keys = Object.keys(data);
  return layer.kind === 'drop-in' ? keys.sort() : keys;
}

/** Undefined where the value says nothing: null, or one that does not fit. */
export function fit(value: unknown, type: FieldType, path: FieldPath, name: string, context: Context): unknown {
  if (value === undefined) return undefined;
  switch (type.kind) {
    case 'object': {
      if (value === null) return nothing(context);
      if (!isMap(value)) return misfit(value, type, path, name, context);
      const of = type.structure ?? '';
      return structure(value, structureOf(of, path, context), path, of, context);
    }
    case 'list':
      if (value === null) return nothing(context);
      if (!Array.isArray(value)) return misfit(value, type, path, name, context);
      return value.map((item, i) => element(item, type, [...path, i], name, context));
    case 'map':
      if (value === null) return nothing(context);
      if (!isMap(value)) return misfit(value, type, path, name, context);
      return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, element(item, type, [...path, key], name, context)]).filter(([, item]) => item !== undefined));
    default:
      return value === null && context.layer.kind === 'drop-in' ? null : fitScalar(value, type, path, name, context);
  }
}

/** null is kept in a drop-in, where it may delete. */
function nothing({ layer }: Context): null | undefined {
  return layer.kind === 'drop-in' ? null : undefined;
}

function structureOf(name: string, path: FieldPath, { fields }: Context): readonly Field[] {
  return fields.structure(name, path.map((part) => (typeof part === 'number' ? '[]' : part)).join('.').replaceAll('.[]', '[]'));
}

/** An empty item is the zero of its type. */
function element(item: unknown, type: FieldType, path: FieldPath, name: string, context: Context): unknown {
  const of = type.element;
  if (!of) return item;
  if (item !== null) return fit(item, of, path, name, context);
  // of a map in a drop-in it takes the key away
  if (type.kind === 'map' && context.layer.kind === 'drop-in') return null;
  if (of.kind === 'duration') return fitScalar(item, of, path, name, context);
  return of.kind === 'string' ? '' : of.kind === 'bool' ? false : of.kind === 'integer' || of.kind === 'quantity' ? 0 : of.kind === 'object' ? {} : null;
}
