/** Are two values one to the kubelet? It writes durations and quantities its own way: 60s is 1m0s, 1024Ki is 1Mi. */
import type { Field, FieldSet, FieldType } from './fields/field-set.ts';
import { isMap } from './merge.ts';
import { parseDuration } from './rules/go-duration.ts';
import { parseQuantity } from './rules/go-quantity.ts';

/** Absent, null, an empty list or map and, where the kubelet takes it for left out, the zero of a type are one. */
export function sameValue(fields: FieldSet, field: Pick<Field, 'type' | 'path'>, a: unknown, b: unknown): boolean {
  return same(fields, field.type, field.path, a, b);
}

function same(fields: FieldSet, type: FieldType, path: string, a: unknown, b: unknown): boolean {
  // a key of a map or an item of a list is there or not, whatever its value
  const zero = !/(\.\*|\[\])$/.test(path) && !type.go.startsWith('*') && ((value: unknown) => isZero(type, value));
  const empty = (value: unknown): boolean => isEmpty(value) || (zero !== false && zero(value));
  if (empty(a) || empty(b)) return empty(a) && empty(b);
  if (type.kind === 'list' && Array.isArray(a) && Array.isArray(b)) {
    const element = type.element;
    return a.length === b.length && a.every((item, i) => element !== undefined && same(fields, element, `${path}[]`, item, b[i]));
  }
  if (isMap(a) && isMap(b)) {
    const names = [...new Set([...Object.keys(a), ...Object.keys(b)])];
    const known = type.structure === undefined ? [] : fields.structure(type.structure, path);
    return names.every((name) => {
      const inner = type.kind === 'map' ? type.element : known.find((field) => field.name === name)?.type;
      return inner === undefined ? String(a[name]) === String(b[name]) : same(fields, inner, type.kind === 'map' ? `${path}.*` : `${path}.${name}`, a[name], b[name]);
    });
  }
  return spelt(type, a) === spelt(type, b);
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || (typeof value === 'object' && Object.keys(value).length === 0);
}

/** What `omitempty` leaves out of /configz. */
function isZero({ kind }: FieldType, value: unknown): boolean {
  // a quantity is a structure in Go, which is never left out
  if (kind === 'quantity') return false;
  return value === 0 || value === '' || value === false || (kind === 'duration' && typeof value === 'string' && parseDuration(value) === 0);
}

/** One spelling of values that have several. */
function spelt(type: FieldType, value: unknown): unknown {
  const text = typeof value === 'string' ? value : undefined;
  if (type.kind === 'duration' && text !== undefined) return parseDuration(text) ?? text;
  if (type.kind === 'time-or-duration') return text === undefined ? value : (parseDuration(text) ?? text);
  if (type.kind === 'quantity') return parseQuantity(String(value)) ?? value;
  return value;
}
