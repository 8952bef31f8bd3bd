/** The type of a field from its data, with the bounds of Go's integers. */
import type { TypeData } from './data-format.ts';
import type { FieldType } from './field-set.ts';

/** As far as a number in JavaScript goes: the ends of int64 are off by one. */
const BOUNDS: Readonly<Record<string, readonly [number, number]>> = {
  int32: [-(2 ** 31), 2 ** 31 - 1],
  int64: [-(2 ** 63), 2 ** 63 - 1],
  uint32: [0, 2 ** 32 - 1],
};

export function typeFrom({ kind, go = kind, integer, structure, element, values, named }: TypeData): FieldType {
  const bounds = kind === 'integer' ? BOUNDS[integer ?? go.replace(/^\*/, '')] : undefined;
  return {
    kind,
    go,
    ...(bounds && { min: bounds[0], max: bounds[1] }),
    ...(element && { element: typeFrom(element) }),
    ...(structure !== undefined && { structure }),
    ...(values && { values }),
    ...(named && { named }),
  };
}
