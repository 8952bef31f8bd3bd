/** Keys that are no fields. The kubelet goes on without them: with a line in its log for a file, silently in a drop-in. */
import { type FieldPath, valueAt, writeFieldPath } from '../field-path.ts';
import type { Field } from '../fields/field-set.ts';
import type { Context } from './decode-scalar.ts';
import type { Finding } from './finding.ts';
import { placeOf } from './place.ts';

export function unknownField(path: FieldPath, near: string | undefined, { layer, fields }: Context): Finding {
  const drop = layer.kind === 'drop-in';
  const meant = near === undefined ? undefined : writeFieldPath([...path.slice(0, -1), near]);
  const standsToo = near !== undefined && valueAt(layer.data, [...path.slice(0, -1), near]) !== undefined;
  const notes = [drop ? 'in a drop-in the kubelet says nothing about it' : 'the kubelet logs one line, and goes on'];
  if (meant !== undefined && !standsToo && !drop) notes[0] = `the kubelet logs one line, and uses its default ${meant}`;
  return {
    ...{ id: 'unknown-field', severity: 'warning' },
    message: `kubelet ${fields.minor} has no field ${writeFieldPath(path)}, and ignores it`,
    where: [placeOf(layer.yaml, path, near === undefined ? undefined : `did you mean ${near}?`, 'key')],
    ...{ notes, help: [], field: writeFieldPath(path) },
    ...(drop ? {} : { kubelet: `unknown field ${JSON.stringify(writeFieldPath(path))}` }),
  };
}

/** In a file small letters and capitals count; in a drop-in the kubelet reads past them, and says nothing. */
export function wrongCase(path: FieldPath, field: Field, ignored: boolean, { layer }: Context): Finding {
  const drop = layer.kind === 'drop-in';
  return {
    ...{ id: 'wrong-case', severity: 'warning' },
    message: `${writeFieldPath(path)} is spelt ${field.name}, and ${ignored ? 'ignored as it is' : 'taken all the same, in a drop-in'}`,
    where: [placeOf(layer.yaml, path, field.name, 'key')],
    notes: drop ? [] : ['the kubelet logs one line, and goes on without it'],
    ...{ help: [], field: writeFieldPath([...path.slice(0, -1), field.name]) },
    ...(drop ? {} : { kubelet: `unknown field ${JSON.stringify(writeFieldPath(path))}` }),
  };
}
