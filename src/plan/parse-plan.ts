/**
 * A plan from a file. Its steps are never done as they stand there: the plan is made again from what it was asked for,
 * and must come out the same. So a file can do nothing that `kcfg set` would not do, and a stale one is found out.
 */
import { KcfgError } from '../errors.ts';
import { describe } from './describe.ts';
import type { SettingsTarget, Target } from '../node/target.ts';
import type { Plan } from './plan.ts';

/** Throws `bad-plan`. */
export function parsePlan(file: string, text: string): Plan & { target: Target | SettingsTarget } {
  const bad = (message: string): never => {
    throw new KcfgError('bad-plan', message, { where: [{ file }], help: ['make one: kcfg plan set FIELD VALUE --out FILE'] });
  };
  let plan: Partial<Plan> | null;
  try {
    plan = JSON.parse(text) as Partial<Plan> | null;
  } catch (error) {
    return bad(`${file} is not a plan: ${error instanceof Error ? error.message : 'not JSON'}`);
  }
  if (tooDeep(plan)) return bad(`${file} is not a plan of this kcfg`);
  if (plan === null || typeof plan !== 'object' || plan.format !== 1) return bad(`${file} is not a plan of this kcfg`);
  const { target, steps, ground } = plan;
  if (!isTarget(target)) return bad(`${file} does not say what was asked for`);
  if (!Array.isArray(steps) || ground === undefined || typeof plan.id !== 'string') return bad('a part of the plan is missing');
  return { ...(plan as Plan), target };
}

/** Deeper than the stack: what compares it would end there. */
function tooDeep(value: unknown): boolean {
  try {
    JSON.stringify(value);
    return false;
  } catch {
    return true;
  }
}

function isTarget(target: Plan['target']): target is Target | SettingsTarget {
  if (typeof target !== 'object' || target === null || !Array.isArray(target.force)) return false;
  // bytes of files, and what is to be removed, never come from a plan: only what `set` and `unset` could be asked for
  if (target.files !== undefined || target.removes !== undefined) return false;
  if (target.field === 'staticPodPath') return typeof target.value === 'string';
  return target.field === 'settings' && target.undoes === undefined && Array.isArray(target.wishes) && target.wishes.every((wish) => typeof wish.field === 'string' && isPath(wish.path));
}

function isPath(path: unknown): boolean {
  return Array.isArray(path) && path.every((part) => typeof part === 'string' || Number.isSafeInteger(part));
}

/** What differs between the plan in the file and the one that this node would get now, in words, or undefined. */
export function findDifference(old: Plan, now: Plan): string | undefined {
  if (old.node !== now.node) return `it is for ${old.node}, and this node is ${now.node}`;
  if (old.ground.kubeletVersion !== now.ground.kubeletVersion) return `the kubelet was ${old.ground.kubeletVersion ?? 'unknown'} then, and is ${now.ground.kubeletVersion ?? 'unknown'} now`;
  if (old.id !== now.id) return `change ${old.id} was made since`;
  if (old.strategy !== now.strategy) return `the pods would now be handled by ${now.strategy}, not ${old.strategy}`;
  for (const [index, step] of now.steps.entries()) {
    const before = old.steps[index];
    if (JSON.stringify(before) === JSON.stringify(step)) continue;
    return `step ${index + 1} would now be another one: ${describe(step, now).title}`;
  }
  return old.steps.length === now.steps.length ? undefined : 'it has more steps than are needed now';
}
