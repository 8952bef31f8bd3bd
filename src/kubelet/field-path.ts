/**
 * The way to one value of a configuration: names, and numbers for items of lists. As people type it:
 * `maxPods`, `authentication.webhook.cacheTTL`, `evictionHard.memory.available`, `registerWithTaints[0].key`.
 * A key of a map may hold dots: what stands behind the map's own name is one key.
 */
import { KcfgError } from '../errors.ts';
import { nearest } from '../nearest.ts';
import type { Field, FieldSet } from './fields/field-set.ts';

export type FieldPath = readonly (string | number)[];

export interface Addressed {
  path: FieldPath;
  /** What stands there. */
  field: Field;
}

/** Throws `unknown-field`, with the nearest name that there is. */
export function parseFieldPath(text: string, fields: FieldSet): Addressed {
  const path: (string | number)[] = [];
  let rest = text;
  let field: Field | undefined;
  let known = fields.top;
  while (rest !== '' || field === undefined) {
    if (field?.type.kind === 'map') {
      const [whole, quoted, key = quoted] = /^(?:\[["']?([^\]"']+)["']?\]|\.(.+))$/.exec(rest) ?? [];
      if (whole === undefined || key === undefined) throw unknown(text, fields, known);
      return address([...path, key], text, fields);
    }
    if (field?.type.kind === 'list') {
      const index = /^\[(\d+)\]/.exec(rest);
      if (!index) throw unknown(text, fields, known);
      path.push(Number(index[1]));
      rest = rest.slice(index[0].length);
    } else {
      const name = /^\.?([A-Za-z]\w*)/.exec(rest);
      if (!name || (field !== undefined) !== rest.startsWith('.')) throw unknown(text, fields, known);
      path.push(name[1] ?? '');
      rest = rest.slice(name[0].length);
    }
    const next = fields.field(path);
    if (next === undefined) throw unknown(text, fields, known);
    field = next;
    known = field.type.structure === undefined ? [] : fields.structure(field.type.structure, field.path);
  }
  return { path, field };
}

function address(path: FieldPath, text: string, fields: FieldSet): Addressed {
  const field = fields.field(path);
  if (field === undefined) throw unknown(text, fields, []);
  return { path, field };
}

/** As it is typed. */
export function writeFieldPath(path: FieldPath): string {
  return path.map((part, i) => (typeof part === 'number' ? `[${part}]` : i === 0 ? part : `.${part}`)).join('');
}

/** What is at that place; undefined where there is nothing. null counts. */
export function valueAt(data: unknown, path: FieldPath): unknown {
  let at = data;
  for (const part of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, part)) return undefined;
    at = (at as Record<string | number, unknown>)[part];
  }
  return at;
}

function unknown(text: string, fields: FieldSet, known: readonly Field[]): KcfgError {
  const near = nearestField(text, fields, known);
  return new KcfgError('unknown-field', `kubelet ${fields.minor} has no field ${text}`, {
    help: [near === undefined ? 'all of them: kcfg explain' : `did you mean ${near}?   All of them: kcfg explain`],
  });
}

/** By spelling, small letters and capitals alike, among the fields at that level first and then all. */
function nearestField(text: string, fields: FieldSet, known: readonly Field[]): string | undefined {
  const all = [...known, ...fields.leaves(), ...fields.top].map((field) => field.path);
  const same = all.find((path) => path.toLowerCase() === text.toLowerCase());
  const [head = ''] = text.split(/[.[]/, 1);
  const top = nearest(head, fields.top.map((field) => field.path));
  // a wrong name in front of a right key
  return same ?? nearest(text, all) ?? (top === undefined ? undefined : `${top}${text.slice(head.length)}`);
}
