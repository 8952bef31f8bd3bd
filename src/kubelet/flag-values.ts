/**
 * What the kubelet makes of a flag's text: a value of the field that the flag sets, as v1beta1 JSON
 * (cmd/kubelet/app/options/options.go AddKubeletConfigFlags, component-base cli/flag).
 */
import type { Field, FieldType } from './fields/field-set.ts';

/**
 * Every text that one flag was given, in order. Lists and maps add up, of the others the last counts.
 * Undefined: the kubelet's own parser would refuse it.
 */
export function flagValue(flag: string, field: Field, texts: readonly string[]): unknown {
  const { type } = field;
  if (flag === 'register-with-taints') return joined(texts.map(taints));
  if (flag === 'reserved-memory') return joined(texts.map(reservedMemory));
  if (flag === 'vmodule') return joined(texts.map((text) => pairs(text, '=').map(([filePattern, verbosity]) => ({ filePattern, verbosity: Number(verbosity) }))));
  if (type.kind === 'list') return texts.flatMap((text) => text.split(',').filter((item) => item !== ''));
  if (type.kind !== 'map') return scalar(type, texts.at(-1) ?? '');
  const map: Record<string, unknown> = {};
  for (const text of texts) {
    for (const [key, value] of pairs(text, separator(flag))) {
      if (value === undefined) return undefined;
      const before = map[key];
      if (type.element?.kind === 'list') map[key] = [...(Array.isArray(before) ? before : []), value];
      else map[key] = type.element === undefined ? value : scalar(type.element, value);
    }
  }
  return map;
}

/** How a value is written behind the flag, where that is one text; undefined where it is not. */
export function flagText(flag: string, field: Field, value: unknown): string | undefined {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (Array.isArray(value) && value.every((item) => typeof item === 'string' && !item.includes(','))) return value.join(',');
  if (field.type.kind !== 'map' || typeof value !== 'object' || value === null) return undefined;
  const entries = Object.entries(value);
  if (entries.some(([, each]) => typeof each === 'object' || String(each).includes(','))) return undefined;
  return entries.map(([key, each]) => `${key}${separator(flag)}${String(each)}`).join(',');
}

function separator(flag: string): string {
  if (flag === 'eviction-hard' || flag === 'eviction-soft') return '<'; // langle_separated_map_string_string.go
  return flag === 'manifest-url-header' ? ':' : '=';
}

function pairs(text: string, by: string): [string, string | undefined][] {
  return text
    .split(',')
    .filter((part) => part !== '')
    .map((part) => {
      const at = part.indexOf(by);
      return at < 0 ? [part.trim(), undefined] : [part.slice(0, at).trim(), part.slice(at + by.length).trim()];
    });
}

/** Go's strconv: ParseBool and ParseInt with base 0. */
function scalar(type: FieldType, text: string): unknown {
  switch (type.kind) {
    case 'bool':
      return /^(1|t|T|TRUE|true|True)$/.test(text) ? true : /^(0|f|F|FALSE|false|False)$/.test(text) ? false : undefined;
    case 'integer':
    case 'number':
      return /^[-+]?(0[xX][0-9a-fA-F]+|0[0-7]*|[1-9]\d*)$/.test(text) ? Number(text.replace(/^([-+]?)0(?=[0-7])/, '$10o')) : undefined;
    case 'time-or-duration':
      return /^\d+$/.test(text) ? Number(text) : text;
    default:
      return text;
  }
}

/** key=value:effect, value may be left out (kubelet util/flag.go RegisterWithTaintsVar). */
function taints(text: string): unknown[] | undefined {
  const found = text
    .split(',')
    .filter((part) => part !== '')
    .map((part) => /^([^=:]+)(?:=([^:]*))?:(.+)$/.exec(part));
  if (found.some((match) => match === null)) return undefined;
  return found.map((match) => ({ key: match?.[1], ...(match?.[2] ? { value: match[2] } : {}), effect: match?.[3] }));
}

/** 0:memory=1Gi,hugepages-1M=2Gi (kubelet util/flag.go ReservedMemoryVar). */
function reservedMemory(text: string): unknown[] | undefined {
  const [, node, limits = ''] = /^(\d+):(.+)$/.exec(text.replace(/;$/, '')) ?? [];
  return node === undefined ? undefined : [{ numaNode: Number(node), limits: Object.fromEntries(pairs(limits, '=')) }];
}

function joined(parts: readonly (readonly unknown[] | undefined)[]): unknown[] | undefined {
  return parts.includes(undefined) ? undefined : parts.flatMap((part) => part ?? []);
}
