/** One plain value against its type, as Go's JSON decoder and the kubelet's own types take it: nothing is converted. */
import type { FieldPath } from '../field-path.ts';
import type { FieldSet, FieldType } from '../fields/field-set.ts';
import type { Finding } from './finding.ts';
import { durationTrouble, parseDuration } from './go-duration.ts';
import { parseQuantity, quantityTrouble } from './go-quantity.ts';
import type { LayerFile } from './layer-file.ts';
import { misfit, unreadable } from './misfit.ts';
import { textAt } from './place.ts';

export interface Context {
  layer: LayerFile;
  fields: FieldSet;
  findings: Finding[];
}

export function fitScalar(value: unknown, type: FieldType, path: FieldPath, name: string, context: Context): unknown {
  if (/\bTime$/.test(type.go)) return time(value, type, path, name, context);
  switch (type.kind) {
    case 'bool':
      return value === null ? undefined : typeof value === 'boolean' ? value : misfit(value, type, path, name, context);
    case 'string':
      return value === null ? undefined : typeof value === 'string' ? value : misfit(value, type, path, name, context);
    case 'number':
      return value === null ? undefined : typeof value === 'number' ? value : misfit(value, type, path, name, context);
    case 'integer':
      return value === null ? undefined : integer(value, type, path, name, context);
    case 'duration':
      return duration(value, type, path, name, context);
    case 'time-or-duration':
      // component-base logs/api/v1/types.go TimeOrMetaDuration: null is 0
      if (typeof value === 'string') return duration(value, type, path, name, context);
      return value === null ? 0 : integer(value, { ...type, min: -(2 ** 63), max: 2 ** 63 }, path, name, context);
    case 'quantity':
      return quantity(value, type, path, name, context);
    default:
      return value;
  }
}

function integer(value: unknown, type: FieldType, path: FieldPath, name: string, context: Context): unknown {
  if (typeof value !== 'number') return misfit(value, type, path, name, context);
  const { min = -(2 ** 63), max = 2 ** 63 } = type;
  const { yaml } = context.layer;
  const written = textAt(yaml, path) ?? String(value);
  // JSON of a file is taken at its word, 1.0 and 1e3 are no whole numbers; what goes through JSON once more is 1 and 1000
  const literal = yaml.format === 'json' && context.layer.kind === 'file';
  const fraction = !Number.isInteger(value) || Math.abs(value) >= 1e21 || (literal && /[.eE]/.test(written));
  if (fraction) return misfit(value, type, path, name, context, literal ? written : String(value));
  const beyond = exact(written, value);
  if (beyond < BigInt(Math.max(min, -(2 ** 63))) || beyond > (max >= 2 ** 63 ? 2n ** 63n - 1n : BigInt(max))) {
    return misfit(value, type, path, name, context, String(beyond));
  }
  return value;
}

/** Digits beyond 2^53 are in the text alone. */
function exact(written: string, value: number): bigint {
  return Number.isSafeInteger(value) || !/^[+-]?\d+$/.test(written) ? BigInt(value) : BigInt(written.replace(/^\+/, ''));
}

/** apimachinery meta/v1/duration.go: always text; an empty one, and null where there is no pointer, is refused. */
function duration(value: unknown, type: FieldType, path: FieldPath, name: string, context: Context): unknown {
  if (value === null && type.go.startsWith('*')) return undefined;
  const text = value === null ? '' : value;
  if (typeof text !== 'string') return misfit(value, type, path, name, context);
  if (parseDuration(text) !== undefined) return text;
  return unreadable(value, type, path, context, durationTrouble(text));
}

function quantity(value: unknown, type: FieldType, path: FieldPath, _name: string, context: Context): unknown {
  if (value === null) return 0;
  const text = typeof value === 'string' ? value.trim() : typeof value === 'number' ? String(value) : undefined;
  if (text !== undefined && parseQuantity(text) !== undefined) return text;
  return unreadable(value, type, path, context, quantityTrouble(text ?? ''));
}

/** apimachinery meta/v1/time.go: RFC 3339, or null. */
function time(value: unknown, type: FieldType, path: FieldPath, name: string, context: Context): unknown {
  if (value === null) return undefined;
  if (typeof value !== 'string') return misfit(value, { ...type, kind: 'string' }, path, name, context);
  if (/^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d([.,]\d+)?([Zz]|[+-]\d\d:\d\d)$/.test(value)) return value;
  return unreadable(value, { ...type, kind: 'string' }, path, context, `parsing time ${JSON.stringify(value)} as "2006-01-02T15:04:05Z07:00"`);
}
