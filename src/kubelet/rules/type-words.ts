/** What a value is and what it should be, in words: ours for people, and those of Go's JSON decoder for searching. */
import type { FieldType } from '../fields/field-set.ts';

/** 'a whole number', for "maxPods is …". */
export function wanted({ kind, min }: FieldType): string {
  switch (kind) {
    case 'bool':
      return 'true or false';
    case 'integer':
      return min === 0 ? 'a whole number, 0 or more' : 'a whole number';
    case 'number':
      return 'a number';
    case 'string':
      return 'text';
    case 'duration':
      return 'a duration, such as 30s or 1h30m';
    case 'time-or-duration':
      return 'a duration, such as 5s, or whole nanoseconds';
    case 'quantity':
      return 'a quantity, such as 200Mi or 0.5';
    case 'object':
      return 'a map of fields';
    case 'list':
      return 'a list';
    case 'map':
      return 'a map of keys and values';
  }
}

/** 'a string', for "here it is …". */
export function given(value: unknown): string {
  if (value === null) return 'empty';
  if (Array.isArray(value)) return 'a list';
  switch (typeof value) {
    case 'string':
      return 'a string';
    case 'number':
      return Number.isInteger(value) ? 'a number' : 'a number with a fraction';
    case 'boolean':
      return `${value}`;
    default:
      return 'a map';
  }
}

/** The label behind the carets: what to write instead, where that can be told. */
export function proposal(type: FieldType, value: unknown): string | undefined {
  if (type.kind === 'string' && (typeof value === 'number' || typeof value === 'boolean')) return `in quotes: "${value}"`;
  if (type.kind === 'duration' && typeof value === 'number') return `with a unit: ${value}s`;
  if (type.kind === 'list' && value !== null && typeof value !== 'object') return `as a list: [${value}]`;
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  if (type.kind === 'integer' && /^[+-]?\d+$/.test(text)) return `without the quotes: ${Number(text)}`;
  if (type.kind === 'number' && /^[+-]?\d*\.?\d+$/.test(text)) return `without the quotes: ${Number(text)}`;
  if (type.kind === 'bool' && /^(true|false|yes|no|on|off)$/i.test(text)) {
    return `without the quotes: ${/^(true|yes|on)$/i.test(text)}`;
  }
  if (type.kind === 'duration' && /^\d+(\.\d+)?$/.test(text)) return `with a unit: ${text}s`;
  return undefined;
}

/** As Go's decoder says it; `literal` is the number as written. */
export function unmarshal(value: unknown, names: string, structure: string, goType: string, literal?: string): string {
  const kind =
    typeof value === 'boolean' ? 'bool' : typeof value === 'number' ? 'number' : typeof value === 'string' ? 'string' : Array.isArray(value) ? 'array' : 'object';
  return `json: cannot unmarshal ${kind}${literal === undefined ? '' : ` ${literal}`} into Go struct field ${structure.replace(/^.*\./, '')}.${names} of type ${goType}`;
}

/** The type as the decoder names it: with the package of the structure that it stands in. */
export function goName(type: FieldType, structure: string): string {
  const bare = type.go.replace(/^\*/, '');
  if (type.kind === 'duration' || /Duration$/.test(bare)) return 'string';
  const owner = structure.includes('.') ? 'v1' : 'v1beta1';
  return bare.replace(/^(logsapi|tracingapi)\./, 'v1.').replace(/^((?:\[\]|map\[string\])*)([A-Z])/, `$1${owner}.$2`);
}
