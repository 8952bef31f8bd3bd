/** A value of the wrong type, told to people and in the kubelet's words. */
import { type FieldPath, writeFieldPath } from '../field-path.ts';
import type { FieldType } from '../fields/field-set.ts';
import type { Context } from './decode-scalar.ts';
import type { Finding } from './finding.ts';
import { placeOf } from './place.ts';
import { given, goName, proposal, unmarshal, wanted } from './type-words.ts';

/** Undefined, for the value that is not there. `literal`: a number that is one, but not one of these. */
export function misfit(value: unknown, type: FieldType, path: FieldPath, name: string, context: Context, literal?: string): undefined {
  const beyond = literal !== undefined && type.kind === 'integer' && /^-?\d+$/.test(literal);
  const message = beyond
    ? `${writeFieldPath(path)} is a whole number from ${type.min} to ${type.max}, here it is ${literal}`
    : `${writeFieldPath(path)} is ${wanted(type)}, here it is ${given(value)}`;
  const words = unmarshal(value, namesOf(path, context), name, goName(type, name), literal);
  return say(context, 'type', message, path, proposal(type, value), words);
}

/** The way to a field as Go's decoder tells it: names of fields, without the places in lists and the keys of maps. */
function namesOf(path: FieldPath, { fields }: Context): string {
  const map = path.findIndex((_, i) => fields.field(path.slice(0, i + 1))?.type.kind === 'map');
  return (map < 0 ? path : path.slice(0, map + 1)).filter((part) => typeof part === 'string').join('.');
}

/** A text that the field's own reader refuses. */
export function unreadable(value: unknown, type: FieldType, path: FieldPath, context: Context, words: string): undefined {
  const here = value === null || value === '' ? 'empty' : typeof value === 'string' ? JSON.stringify(value) : given(value);
  const label = proposal(type, value) ?? (value === null || value === '' ? 'take the line out for the default' : undefined);
  return say(context, 'type', `${writeFieldPath(path)} is ${wanted(type)}, here it is ${here}`, path, label, words);
}

function say({ layer, fields, findings }: Context, id: string, message: string, path: FieldPath, label: string | undefined, words: string): undefined {
  // up to 1.31 a drop-in is read into the internal structure, whose names nobody knows
  const kubelet = layer.kind === 'drop-in' && Number(fields.minor.split('.')[1]) <= 31 ? undefined : words;
  const finding: Finding = {
    ...{ id, severity: 'error', message, where: [placeOf(layer.yaml, path, label)] },
    ...{ notes: kubelet === undefined ? [] : [`the kubelet says: ${kubelet}`], help: [], field: writeFieldPath(path), when: 'load' },
    ...(kubelet !== undefined && { kubelet }),
  };
  findings.push(finding);
  return undefined;
}
