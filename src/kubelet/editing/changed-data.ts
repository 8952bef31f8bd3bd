/** The same changes on plain data: what a document must say once it was edited. Nothing is changed in place. */
import type { FieldPath } from '../field-path.ts';

export interface Change {
  path: FieldPath;
  /** Any value of JSON. Absent: the entry or item is taken out. */
  value?: unknown;
}

type Data = Record<string | number, unknown>;

/** With that value at that place; what is missing on the way there is made. */
export function withValue(data: unknown, path: FieldPath, value: unknown): unknown {
  const [part, ...rest] = path;
  if (part === undefined) return value;
  const copy = copyOf(data, part);
  return assign(copy, part, withValue(Object.hasOwn(copy, part) ? copy[part] : undefined, rest, value));
}

/** Without the entry or item at that place. */
export function withoutValue(data: unknown, path: FieldPath): unknown {
  const [part, ...rest] = path;
  if (part === undefined) return undefined;
  const copy = copyOf(data, part);
  if (rest.length > 0) return assign(copy, part, withoutValue(copy[part], rest));
  if (Array.isArray(copy)) copy.splice(Number(part), 1);
  else delete copy[part];
  return copy;
}

/** The value of a new entry: what stands at the end of the path, wrapped in what is missing on the way. */
export function nested(path: FieldPath, value: unknown): unknown {
  return withValue(undefined, path, value);
}

function copyOf(data: unknown, part: string | number): Data {
  if (Array.isArray(data)) return [...data] as unknown as Data;
  if (typeof data === 'object' && data !== null) return { ...data } as Data;
  return (typeof part === 'number' ? [] : {}) as Data;
}

/** `__proto__` is a key like any other. */
function assign(copy: Data, part: string | number, value: unknown): Data {
  Object.defineProperty(copy, part, { value, enumerable: true, configurable: true, writable: true });
  return copy;
}
