/**
 * The fields of a Pod, by name and type. The kubelet drops a field that it does not know without a word, and takes no pod
 * from a file with a value of another type.
 */
import type { FieldPath } from '../../kubelet/field-path.ts';
import type { Finding } from '../../kubelet/rules/finding.ts';
import { textAt } from '../../kubelet/rules/place.ts';
import { duplicateKeys, rangeOf } from '../../kubelet/yaml.ts';
import { whereAt } from '../../kubelet/source.ts';
import { nearest } from '../../nearest.ts';
import POD from '../schema/pod.json' with { type: 'json' };
import { type Case, fieldName, finding, isMap, valueAt } from './case.ts';
import { replaceKey, replaceValue, splitItem } from './mend.ts';

const TYPES: Readonly<Record<string, Readonly<Record<string, string>>>> = POD;
const WORDS: Record<string, string> = { string: 'text', bool: 'true or false', int: 'a whole number', quantity: 'a quantity, such as 250m or 1Gi', intOrString: 'a number or a name' };

/** Dropped, one of these is missed by the program, its probes or the kubelet; another one by none of them. */
const MATTERS: ReadonlySet<string> = new Set(['command', 'args', 'env', 'hostNetwork', 'volumeMounts', 'volumes', 'mountPath', 'subPath', 'image', 'containers', 'host', 'port', 'scheme', 'path', 'httpGet', 'name', 'value', 'spec', 'metadata']);

/** Numbers of a Pod are int32, but for these (core/v1 types.go). */
const LIMIT = 2 ** 31;
const LONG: ReadonlySet<string> = new Set(['terminationGracePeriodSeconds', 'activeDeadlineSeconds', 'runAsUser', 'runAsGroup', 'fsGroup', 'supplementalGroups', 'tolerationSeconds', 'expirationSeconds', 'generation', 'deletionGracePeriodSeconds', 'observedGeneration']);

export function schema(subject: Case): Finding[] {
  return [...judge(subject, [], 'Pod'), ...required(subject), ...twice(subject)];
}

function judge(subject: Case, path: FieldPath, type: string): Finding[] {
  const value = path.length === 0 ? subject.yaml.value : valueAt(subject.yaml.value, path);
  // null and absent are one to Go
  if (value === undefined || value === null || type === 'any') return [];
  if (type.startsWith('[]')) {
    if (!Array.isArray(value)) return [wrongType(subject, path, 'a list')];
    return value.flatMap((_, index) => judge(subject, [...path, index], type.slice(2)));
  }
  const fields = TYPES[type];
  if (type.startsWith('{}') || fields !== undefined) {
    if (!isMap(value)) return [wrongType(subject, path, type.startsWith('{}') ? 'a map' : 'a list of fields')];
    return Object.keys(value).flatMap((name) => {
      const inner = [...path, name];
      if (fields === undefined) return judge(subject, inner, type.slice(2));
      const known = Object.hasOwn(fields, name) ? fields[name] : undefined;
      return known === undefined ? [unknown(subject, inner, name, Object.keys(fields))] : judge(subject, inner, known);
    });
  }
  return fits(value, type) && (type !== 'int' || typeof value !== 'number' || Math.abs(value) < LIMIT || LONG.has(String(path.findLast((part) => typeof part === 'string')))) ? [] : [wrongType(subject, path, WORDS[type] ?? type, type)];
}

function fits(value: unknown, type: string): boolean {
  switch (type) {
    case 'string':
      return typeof value === 'string';
    case 'bool':
      return typeof value === 'boolean';
    case 'int':
      return Number.isInteger(value);
    case 'quantity':
      return typeof value === 'number' || (typeof value === 'string' && /^[+-]?(\d+\.?\d*|\.\d+)([KMGTPE]i|[numkMGTPE]|[eE][+-]?\d+)?$/.test(value));
    default:
      return typeof value === 'string' || Number.isInteger(value);
  }
}

function unknown(subject: Case, path: FieldPath, name: string, fields: readonly string[]): Finding {
  const same = fields.find((field) => field.toLowerCase() === name.toLowerCase());
  const near = same ?? nearest(name, fields);
  const label = near === undefined ? {} : { label: same === undefined ? `did you mean ${near}?` : near };
  const message = same === undefined ? `a Pod has no field ${fieldName(path)}` : `${fieldName(path)} is spelt ${same}`;
  return finding(subject, { id: same === undefined ? 'unknown-field' : 'wrong-case', path, what: 'key', message, ...label, runs: !MATTERS.has(near ?? name), notes: ['the kubelet drops it, without a word'], edits: near === undefined ? undefined : replaceKey(subject.yaml, path, near) });
}

function wrongType(subject: Case, path: FieldPath, wanted: string, type = ''): Finding {
  return finding(subject, { id: 'type', path, message: `${fieldName(path) || 'the manifest'} must be ${wanted}`, notes: ['the kubelet takes no pod from the file'], edits: retyped(subject, path, type) });
}

/** `"true"` for true, 5 for `"5"`, `--flag: value` for `--flag=value`. */
function retyped({ yaml }: Case, path: FieldPath, type: string): Finding['edits'] | undefined {
  const value = valueAt(yaml.value, path);
  if (type === 'bool' && typeof value === 'string') return /^(true|false)$/i.test(value.trim()) ? replaceValue(yaml, path, value.trim().toLowerCase()) : undefined;
  if (type === 'int' && typeof value === 'string') return /^-?\d+$/.test(value.trim()) ? replaceValue(yaml, path, value.trim()) : undefined;
  if (type !== 'string') return undefined;
  const written = textAt(yaml, path);
  if (typeof value === 'boolean' || typeof value === 'number') return written === undefined ? undefined : replaceValue(yaml, path, JSON.stringify(written));
  const [pair, ...others] = isMap(value) ? Object.entries(value) : [];
  if (pair === undefined || others.length > 0 || !pair[0].startsWith('-') || isMap(pair[1]) || Array.isArray(pair[1])) return undefined;
  return splitItem(yaml, path, [pair[1] === null ? pair[0] : `${pair[0]}=${String(pair[1])}`]);
}

/** What the kubelet's validation asks of the pods of a control plane (core/validation ValidatePodCreate). */
function required(subject: Case): Finding[] {
  const found: Finding[] = [];
  const list = valueAt(subject.yaml.value, ['spec', 'containers']);
  if (list === undefined || (Array.isArray(list) && list.length === 0)) found.push(finding(subject, { id: 'required', path: ['spec'], what: 'key', message: 'it has no containers', notes: ['the kubelet takes no pod from the file'] }));
  for (const [index] of (Array.isArray(list) ? list : []).entries()) {
    for (const field of ['name', 'image']) {
      const path = ['spec', 'containers', index, field];
      const value = valueAt(subject.yaml.value, path);
      if (value === undefined || value === '') found.push(finding(subject, { id: 'required', path, message: `container ${index + 1} has no ${field}`, notes: ['the kubelet takes no pod from the file'] }));
    }
  }
  return found;
}

function twice({ yaml }: Case): Finding[] {
  return duplicateKeys(yaml).map(({ key, first, second }) => ({
    ...{ id: 'duplicate-key', severity: 'warning' as const, message: `${key} stands twice`, notes: ['the last one counts'], help: [] },
    where: [whereAt(yaml.source, ...rangeOf(second)), whereAt(yaml.source, ...rangeOf(first), 'the first')],
  }));
}
