/**
 * What a change of a setting disturbs on a live node, known before it is made: nothing, the kubelet alone, containers,
 * or so much that the node is drained first. The knowledge stands in rules.ts and its neighbours; here it is looked up.
 */
import { isDeepStrictEqual } from 'node:util';
import { record, type Change, type Disturbance, type DisturbanceClass, type Rule } from './change.ts';
import { RULES } from './rules.ts';

export type { Change, Disturbance, DisturbanceClass } from './change.ts';

const ORDER: readonly DisturbanceClass[] = ['none', 'restart', 'containers', 'drain'];
const RESTART: Disturbance = { class: 'restart' };

/**
 * Of a change of the value at a path: 'maxPods', 'evictionHard.memory.available', 'registerWithTaints[0].key'.
 * A field without a rule costs a restart of the kubelet: it reads its configuration only when it starts.
 */
export function disturbanceOf(path: string, from: unknown, to: unknown, minor: string, config?: Change['config']): Disturbance {
  if (isDeepStrictEqual(from, to)) return { class: 'none' };
  const whole = path.replaceAll(/\[[^\]]*\]/g, '');
  const found = nearestRule(whole);
  if (found === undefined) return ofParts(whole, from, to, minor, config) ?? RESTART;
  const wrap = (value: unknown): unknown => (found.key === '' || value === undefined ? value : { [found.key]: value });
  const { rule } = found;
  return typeof rule === 'function' ? rule({ from: wrap(from), to: wrap(to), minor, config }) : rule;
}

/** What several changes in one restart disturb together: the worst class, every reason and state file. */
export function together(all: readonly Disturbance[]): Disturbance {
  const worst = ORDER[Math.max(0, ...all.map((each) => ORDER.indexOf(each.class)))] ?? 'none';
  const reasons = [...new Set(all.filter((each) => each.class === worst).flatMap((each) => each.why ?? []))];
  const stateFiles = [...new Set(all.flatMap((each) => each.stateFiles ?? []))];
  return {
    class: worst,
    ...(reasons.length > 0 ? { why: reasons.join('; ') } : {}),
    ...(stateFiles.length > 0 ? { stateFiles } : {}),
    ...(all.some((each) => each.reboot) ? { reboot: true as const } : {}),
  };
}

/** The rule of the path or of what it stands in; `key` is the rest of the path, the key where that is a map. */
function nearestRule(path: string): { rule: Rule; key: string } | undefined {
  for (let end = path.length; end > 0; end = path.lastIndexOf('.', end - 1)) {
    const rule = RULES[path.slice(0, end)];
    if (rule !== undefined) return { rule, key: path.slice(end + 1) };
  }
  return undefined;
}

/** A whole object with rules for fields inside it: what the fields that differ disturb together. */
function ofParts(path: string, from: unknown, to: unknown, minor: string, config: Change['config']): Disturbance | undefined {
  const parts = Object.keys(RULES).filter((name) => name.startsWith(`${path}.`));
  if (parts.length === 0) return undefined;
  const [old, fresh] = [record(from), record(to)];
  const names = new Set([...Object.keys(old), ...Object.keys(fresh)]);
  return together([...names].map((name) => disturbanceOf(`${path}.${name}`, old[name], fresh[name], minor, config)));
}
