/** A value as it is typed behind FIELD on a command line: text, read by the type of its field. */
import { parseDocument } from 'yaml';
import type { Field, FieldSet, FieldType } from './fields/field-set.ts';
import { isMap } from './merge.ts';

/**
 * `clusterDNS 10.96.0.10,10.96.0.11`, `featureGates A=true,B=false`; lists, maps and objects also as YAML in brackets
 * or braces. A text that is no such value stays text: the rules say what is wrong with it.
 */
export function parseValue(fields: FieldSet, field: Pick<Field, 'type' | 'path'>, text: string): unknown {
  const { type, path } = field;
  if (type.kind === 'list' && !text.startsWith('[')) {
    const element = type.element;
    const items = text === '' ? [] : text.split(',').map((item) => item.trim());
    return element === undefined ? items : items.map((item) => parseScalar(element, item));
  }
  if (type.kind === 'map' && /^[^{\s][^=]*=/.test(text)) {
    const element = type.element;
    return Object.fromEntries(text.split(',').map((pair) => {
      const at = pair.indexOf('=');
      const value = at < 0 ? '' : pair.slice(at + 1).trim();
      return [at < 0 ? pair.trim() : pair.slice(0, at).trim(), element === undefined ? value : parseScalar(element, value)];
    }));
  }
  if (type.kind === 'list' || type.kind === 'map' || type.kind === 'object') return typed(fields, type, path, readFlow(text));
  return parseScalar(type, text);
}

function parseScalar(type: FieldType, text: string): unknown {
  switch (type.kind) {
    case 'bool':
      return text === 'true' ? true : text === 'false' ? false : text;
    case 'integer':
    case 'number':
    case 'time-or-duration':
      return /^-?\d+(\.\d+)?$/.test(text) && Number.isSafeInteger(Math.trunc(Number(text))) ? Number(text) : text;
    default:
      return text;
  }
}

/** `{memory.available: 200Mi}`: YAML, with scalars as they are written, so that the type of the field decides. */
function readFlow(text: string): unknown {
  const document = parseDocument(text, { schema: 'failsafe', uniqueKeys: true });
  return document.errors.length > 0 ? text : (document.toJS() as unknown);
}

function typed(fields: FieldSet, type: FieldType, path: string, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => (type.element === undefined ? item : typed(fields, type.element, `${path}[]`, item)));
  if (isMap(value)) {
    const known = type.structure === undefined ? [] : fields.structure(type.structure, path);
    return Object.fromEntries(Object.entries(value).map(([name, each]) => {
      const inner = type.element ?? known.find((field) => field.name === name)?.type;
      return [name, inner === undefined ? each : typed(fields, inner, `${path}.${name}`, each)];
    }));
  }
  return typeof value === 'string' ? parseScalar(type, value) : value;
}
