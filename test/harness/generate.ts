/**
 * Configurations of every kind from a seed: a plain one of kubeadm with one to three changes. The first change goes
 * round all fields, so that each gets its turn; where the change stands (file, drop-in, flag) is chance.
 */
import type { Field, FieldSet } from '../../src/kubelet/fields/field-set.ts';
import { FLAGS, PIECES } from './meant.ts';
import { type Chance, chance } from './random.ts';
import { KINDS, valueFor } from './values.ts';
import { WHOLES } from './whole.ts';
import { type Config, type Generated, plain, put, render, type Value } from './written.ts';

export function* generate(fields: FieldSet, seed: number, older: readonly string[]): Generator<Generated> {
  const by = chance(seed);
  const all = [...fields.top, ...fields.leaves().filter((leaf) => leaf.path.includes('.'))];
  for (let i = 0; ; i++) yield one(fields, all[i % all.length] ?? by.pick(all), by, older);
}

/** With their checksums, as kubelets 1.30.4 and 1.37.2 wrote them. */
const LEFT = [
  { name: 'cpu_manager_state', text: '{"policyName":"none","defaultCpuSet":"","checksum":1353318690}' },
  { name: 'memory_manager_state', text: '{"policyName":"None","machineState":{},"checksum":4236770233}' },
];

function left(draft: Draft, by: Chance): Generated['state'] {
  if (by.below(25) > 0) return [];
  const one = by.pick(LEFT);
  draft.what.push(`left behind: ${one.name}`);
  return [one];
}

interface Draft {
  what: string[];
  file: Config;
  /** One or two over the file, or none. */
  dropIns: Config[];
  flags: string[];
}

function one(fields: FieldSet, first: Field, by: Chance, older: readonly string[]): Generated {
  const minor = Number(fields.minor.split('.')[1]);
  const draft: Draft = { what: [], file: plain(minor), dropIns: [], flags: [] };
  const changes = by.pick([1, 1, 1, 2, 2, 3]);
  for (let i = 0; i < changes; i++) change(draft, fields, i === 0 ? first : by.pick(fields.top), by, older, i === 0);
  const encode = (text: string | Uint8Array): Uint8Array => (typeof text === 'string' ? Buffer.from(text) : text);
  let config: string | Uint8Array = render(draft.file);
  const dropIns: (string | Uint8Array)[] = draft.dropIns.map(render);
  if (by.below(14) === 0) {
    const [name, whole] = by.pick(Object.entries(WHOLES));
    const last = dropIns.length - 1;
    draft.what.push(`${last < 0 ? '' : 'drop-in: '}${name}`);
    if (last < 0) config = whole(config, by);
    else dropIns[last] = whole(dropIns[last] as string, by);
  }
  return { what: draft.what, config: encode(config), dropIns: dropIns.map(encode), flags: draft.flags, state: left(draft, by) };
}

function change(draft: Draft, fields: FieldSet, field: Field, by: Chance, older: readonly string[], own: boolean): void {
  const path = field.path.replace(/\[\].*$/, '').split('.');
  const choice = by.below(own ? 14 : 20);
  if (choice < 9) return set(draft, path, field, by, fields);
  if (choice === 9) return misspelt(draft, path, by);
  if (choice < 13 || choice >= 16) return piece(draft, by);
  return gates(draft, fields, by, older);
}

function set(draft: Draft, path: readonly string[], field: Field, by: Chance, fields: FieldSet): void {
  const kind = by.pick(KINDS);
  const top = fields.field(path) ?? field;
  const value = valueFor(top.type, kind, by);
  const flag = top.flag;
  // a flag's text is anything; most of them parse
  if (flag !== undefined && by.below(8) === 0 && (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')) {
    if (String(value).includes('\n')) return;
    draft.flags.push(`--${flag}=${String(value)}`);
    draft.what.push(`flag ${flag}: ${kind}`);
    return;
  }
  place(draft, put({}, path, value), `${path.join('.')}: ${kind}`, by);
}

function misspelt(draft: Draft, path: readonly string[], by: Chance): void {
  const name = path.at(-1) ?? '';
  const at = 1 + by.below(Math.max(1, name.length - 1));
  const other = by.pick([name.slice(0, at) + name.slice(at + 1), name.toLowerCase(), name.toUpperCase(), name[0]?.toUpperCase() + name.slice(1), `${name}s`, name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)]);
  place(draft, put({}, [...path.slice(0, -1), other], by.pick<Value>([1, 'x', true, {}, null, '10s'])), `${path.join('.')}: spelt ${other}`, by);
}

function piece(draft: Draft, by: Chance): void {
  if (by.below(12) === 0) {
    const flag = by.pick(FLAGS);
    draft.flags.push(flag);
    draft.what.push(flag);
    return;
  }
  const [name, make] = by.pick(Object.entries(PIECES));
  place(draft, make(by), name, by);
}

function gates(draft: Draft, fields: FieldSet, by: Chance, older: readonly string[]): void {
  const known = fields.gates();
  const name = by.below(5) === 0 ? by.pick([...older, 'NoSuchGate', 'nodeSwap', 'AllAlpha', 'AllBeta']) : by.pick(known).name;
  const value = by.pick<Value>([true, true, false, false, true, false, 'true', 1, null]);
  if (by.below(8) === 0) {
    draft.flags.push(`--feature-gates=${name}=${String(value)}`);
    draft.what.push(`flag of gate ${name}`);
    return;
  }
  place(draft, { featureGates: { [name]: value } }, `gate ${name}`, by);
}

/** Into the file, or a drop-in over it. */
function place(draft: Draft, config: Config, what: string, by: Chance): void {
  const dropIn = by.below(5) === 0;
  draft.what.push(dropIn ? `drop-in: ${what}` : what);
  if (!dropIn) {
    draft.file = merge(draft.file, config);
    return;
  }
  const head = by.below(8) === 0 ? {} : { apiVersion: 'kubelet.config.k8s.io/v1beta1', kind: 'KubeletConfiguration' };
  const at = draft.dropIns.length === 0 || (draft.dropIns.length === 1 && by.below(3) === 0) ? draft.dropIns.length : by.below(draft.dropIns.length);
  draft.dropIns[at] = merge(draft.dropIns[at] ?? head, config);
}

function merge(to: Config, from: Config): Config {
  const result = { ...to };
  for (const [key, value] of Object.entries(from)) {
    const before = result[key];
    result[key] = isConfig(before) && isConfig(value) ? merge(before, value) : value;
  }
  return result;
}

function isConfig(value: Value | undefined): value is Config {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
