/**
 * The changes that were kept, as the way back needs them: which of them another one has gone back from, and which later one
 * has touched the same things.
 */
import type { Host } from '../host/host.ts';
import type { FieldPath } from '../kubelet/field-path.ts';
import type { Plan } from '../plan/plan.ts';
import { readChanges, type Change } from './records.ts';

export interface Kept extends Change {
  plan: Plan;
  /** Number of the change that went back from it, and was not gone back from itself. */
  undoneBy?: string;
}

/** The newest first. */
export async function keptChanges(host: Host): Promise<Kept[]> {
  return markUndone(await readChanges(host));
}

/** `changes`: the newest first. */
export function markUndone(changes: readonly Change[]): Kept[] {
  const undone = new Map<string, string>();
  return changes.flatMap((change): Kept[] => {
    const { id, plan, outcome } = change;
    if (plan === undefined || outcome?.result !== 'done') return [];
    const undoneBy = undone.get(id);
    const undoes = plan.target?.undoes?.id;
    // who goes back from a going back has the change from before again
    if (undoes !== undefined && undoneBy === undefined && !undone.has(undoes)) undone.set(undoes, id);
    return [{ ...change, plan, ...(undoneBy === undefined ? {} : { undoneBy }) }];
  });
}

/** The last change after `id` that set this, or a part of it, or what it is a part of. */
export function lastToTouch(changes: readonly Kept[], id: string, path: FieldPath): Kept | undefined {
  return changes.find((change) => Number(change.id) > Number(id) && pathsOf(change.plan).some((other) => overlap(other, path)));
}

/** Moves after `id` that stand, the newest first. */
export function laterMoves(changes: readonly Kept[], id: string): Kept[] {
  return changes.filter(({ id: other, plan, undoneBy }) => Number(other) > Number(id) && undoneBy === undefined && plan.target?.undoes === undefined && isMove(plan));
}

export function isMove({ settings, field, from, to }: Plan): boolean {
  return settings === undefined && field === 'staticPodPath' && from !== to;
}

function pathsOf(plan: Plan): FieldPath[] {
  return isMove(plan) ? [['staticPodPath']] : (plan.settings ?? []).map(({ path }) => path);
}

function overlap(one: FieldPath, other: FieldPath): boolean {
  const short = Math.min(one.length, other.length);
  return one.slice(0, short).every((part, index) => part === other[index]);
}
