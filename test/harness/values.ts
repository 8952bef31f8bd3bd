/** Values for a field of any type: legal ones, those at its limits, those of another type, and those that only look right. */
import type { FieldType } from '../../src/kubelet/fields/field-set.ts';
import type { Chance } from './random.ts';
import { Raw, type Value } from './written.ts';

const raw = (text: string): Raw => new Raw(text);

export const KINDS = ['legal', 'limit', 'type', 'look', 'empty'] as const;
export type ValueKind = (typeof KINDS)[number];

export function valueFor(type: FieldType, kind: ValueKind, by: Chance): Value {
  if (kind === 'empty') return by.pick<Value>([null, raw(''), '', raw('~'), [], {}]);
  if (kind === 'type') return by.pick<Value>(['text', 'true', '5', 5, -1, 1.5, true, [], ['a'], [1], {}, { a: 'b' }, { a: 1 }, '10s', null, raw('2020-01-01')]);
  switch (type.kind) {
    case 'bool':
      return kind === 'look' ? by.pick<Value>([raw('yes'), raw('no'), raw('on'), raw('y'), raw('True'), raw('FALSE'), 'true', 1, 0, raw('"yes"')]) : by.pick<Value>([true, false]);
    case 'integer':
    case 'number':
      return integer(type, kind, by);
    case 'string':
      return text(type, kind, by);
    case 'duration':
    case 'time-or-duration':
      return duration(kind, by);
    case 'quantity':
      return by.pick<Value>(kind === 'legal' ? ['100Mi', 5, '0.5', '1e3', '1Gi'] : ['', '-1', '0', '1Zi', '1 Mi', '1MB', '.5', '5.', '+5', '1E', 1.5, true, '١']);
    case 'list':
      return list(type, kind, by);
    case 'map':
      return map(type, kind, by);
    case 'object':
      return kind === 'legal' ? {} : by.pick<Value>([{ nothing: 1 }, [], [{}], 'x', null]);
  }
}

function integer(type: FieldType, kind: ValueKind, by: Chance): Value {
  const { min = 0, max = 100 } = type;
  if (kind === 'legal') return by.pick<Value>([1, 2, 5, 10, 50, 80, 100, 110, 1000, 10250]);
  if (kind === 'limit') return by.pick<Value>([0, -1, -2, 31, 32, 100, 101, 65535, 65536, 131072, 1001, -1001, 2147483647, 2147483648, -2147483648, raw(String(BigInt(max))), raw(String(BigInt(min))), raw('9223372036854775808')]);
  return by.pick<Value>([raw('1.0'), raw('1e2'), raw('0x1F'), raw('0777'), raw('1_000'), raw('+5'), raw('5.5'), '5', raw('0o17'), raw('1:30'), raw('.inf'), raw('.nan'), 0.9, 0.5, 1e21, raw('0b11')]);
}

function text(type: FieldType, kind: ValueKind, by: Chance): Value {
  if (kind === 'legal') return by.pick<Value>([...(type.values ?? ['text', '/etc/kubernetes/x', '0', 'none']), 'Static', '1.2.3.4']);
  if (kind === 'limit') return by.pick<Value>(['None', 'STATIC', 'static', 'NONE', ' none', 'x'.repeat(300), 'ä', 'a/b', '0-1', '/a//b', '/a/', 'a\nb']);
  return by.pick<Value>([raw('no'), raw('yes'), raw('1'), raw('null'), raw('0.5'), raw('none '), raw("'none'"), raw('!!str 1'), raw('none # c'), raw('2001-12-14')]);
}

function duration(kind: ValueKind, by: Chance): Value {
  if (kind === 'legal') return by.pick<Value>(['0s', '1s', '10s', '1m30s', '1h', '500ms', '3s', '2m0s', '1.5h', '100ms']);
  if (kind === 'limit') return by.pick<Value>(['-1s', '-5m', '0', '1ns', '999ms', '1001ms', '1ms', '999us', '2.9s', '5m1s', '300s', '2540400h', '2562048h', '+1s', '-0s']);
  return by.pick<Value>(['10', '10 s', '1d', 's', '', '1h 30m', '10S', '.5s', '5.s', '.s', '1e3s', 10, 0, 1000000000, raw('10s'), raw('1:30'), '1µs', '1μs']);
}

function list(type: FieldType, kind: ValueKind, by: Chance): Value {
  const of = type.element ?? { kind: 'string', go: 'string' };
  if (kind === 'legal') return by.pick([[], [valueFor(of, 'legal', by)], [valueFor(of, 'legal', by), valueFor(of, 'legal', by)]]);
  const one = valueFor(of, kind, by);
  return by.pick<Value>([[one], [one, one], [null], [valueFor(of, 'legal', by), one], 'a,b', { a: 'b' }]);
}

function map(type: FieldType, kind: ValueKind, by: Chance): Value {
  const of = type.element ?? { kind: 'string', go: 'string' };
  const keys = ['memory', 'cpu', 'memory.available', 'nodefs.available', 'a', 'pid', 'ephemeral-storage', 'X-A', 'net.ipv4.tcp_syncookies'];
  if (kind === 'legal') return by.pick<Value>([{}, { [by.pick(keys)]: valueFor(of, 'legal', by) }]);
  return by.pick<Value>([{ [by.pick(keys)]: valueFor(of, kind, by) }, { a: null }, [], [{ a: 'b' }], 'a=b']);
}
