/**
 * A FieldSet over the plain data of one version. Nothing is built before it is asked for: a command that looks at one
 * field starts as fast as one that looks at none.
 */
import type { FieldData, FieldSetData, GateData } from './data-format.ts';
import type { Field, FieldSet, FieldType, Gate } from './field-set.ts';
import { typeFrom } from './type-from.ts';

const ROOT = 'KubeletConfiguration';

/** `exact`: the data is of the version that was asked for, not of the nearest known. */
export function fieldSetFrom(data: FieldSetData, oldest: string, exact: boolean): FieldSet {
  const structures = new Map<string, readonly Field[]>();
  const make = (name: string, path: string, from: FieldData): Field => ({
    path,
    name,
    type: typeFrom(from),
    since: from.since ?? oldest,
    ...(from.default !== undefined && { default: from.default }),
    ...(from.gate !== undefined && { gate: from.gate }),
    ...(from.flag !== undefined && { flag: from.flag }),
  });

  function structure(name: string, prefix: string): readonly Field[] {
    const key = `${prefix} ${name}`;
    let fields = structures.get(key);
    if (!fields) {
      const before = prefix === '' ? '' : `${prefix}.`;
      fields = Object.entries(data.structures[name] ?? {}).map(([own, from]) => make(own, before + own, from));
      structures.set(key, fields);
    }
    return fields;
  }

  function field(path: readonly (string | number)[]): Field | undefined {
    let at: Field | undefined;
    for (const part of path) {
      const type: FieldType | undefined = at?.type;
      if (at && type?.element) {
        if ((type.kind === 'list') !== (typeof part === 'number')) return undefined;
        const { path: parent, since, gate } = at;
        at = { path: parent + (type.kind === 'list' ? '[]' : '.*'), name: String(part), type: type.element, since, ...(gate !== undefined && { gate }) };
      } else {
        const name: string | undefined = at ? type?.structure : ROOT;
        const fields = name === undefined ? undefined : data.structures[name];
        if (typeof part !== 'string' || !fields || !Object.hasOwn(fields, part)) return undefined;
        at = make(part, at ? `${at.path}.${part}` : part, fields[part] as FieldData);
      }
    }
    return at;
  }

  let leaves: readonly Field[] | undefined;
  const allLeaves = (): readonly Field[] => (leaves ??= within(structure(ROOT, '')));
  const within = (fields: readonly Field[]): Field[] =>
    fields.flatMap((one) => (one.type.structure === undefined ? [one] : within(structure(one.type.structure, one.path))));

  let flags: Map<string, Field> | undefined;
  let gates: readonly Gate[] | undefined;
  const gateOf = (name: string, { stage, default: on, locked, needs }: GateData): Gate => ({ name, stage, default: on, locked: locked === true, ...(needs && { needs }) });

  return {
    minor: data.minor,
    version: data.version,
    exact,
    get top() {
      return structure(ROOT, '');
    },
    field,
    structure,
    leaves: allLeaves,
    gate(name) {
      const from = Object.hasOwn(data.gates, name) ? data.gates[name] : undefined;
      return from && gateOf(name, from);
    },
    gates: () => (gates ??= Object.entries(data.gates).map(([name, from]) => gateOf(name, from))),
    byFlag(flag) {
      flags ??= new Map(allLeaves().flatMap((one) => (one.flag === undefined ? [] : [[one.flag, one]])));
      // the kubelet takes _ for - (component-base cli/flag/flags.go:30@v0.37.2)
      return flags.get(flag.replaceAll('_', '-'));
    },
  };
}
