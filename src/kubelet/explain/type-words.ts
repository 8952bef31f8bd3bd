/** Types and values of fields as people write them, not as Go does. */
import type { FieldType } from '../fields/field-set.ts';

const KINDS: Record<FieldType['kind'], string> = {
  bool: 'true or false',
  integer: 'whole number',
  number: 'number',
  string: 'string',
  duration: 'duration',
  quantity: 'quantity',
  'time-or-duration': 'duration',
  object: 'structure',
  list: 'list',
  map: 'map',
};
const MANY: Partial<Record<FieldType['kind'], string>> = { bool: 'true or false', integer: 'whole numbers', object: 'structures', quantity: 'quantities', list: 'lists' };

export function kindWords(type: FieldType): string {
  return KINDS[type.kind];
}

/** 'list of strings', 'map of quantities'. */
export function typeWords(type: FieldType): string {
  const { element } = type;
  return element === undefined ? KINDS[type.kind] : `${KINDS[type.kind]} of ${MANY[element.kind] ?? `${KINDS[element.kind]}s`}`;
}

/** A value on one line, in YAML's short form. */
export function valueWords(value: unknown): string {
  if (value === undefined || value === null) return 'none';
  if (value === '') return 'empty';
  // Go writes 1m0s and 4h0m0s
  if (typeof value === 'string' && /^(\d+h)?(\d+m)?0s$/.test(value) && value !== '0s') return value.replace(/(?<=m)0s$/, '').replace(/(?<=h)0m$/, '');
  if (Array.isArray(value)) return `[${value.map(valueWords).join(', ')}]`;
  if (typeof value !== 'object') return String(value);
  const entries = Object.entries(value);
  return `{${entries.map(([key, each]) => `${key}: ${valueWords(each)}`).join(', ')}}`;
}
