/** What a node should be after each operation of a long run: a few settings, where its static pods are, and which changes were kept. */
import type { Plan } from '../../../src/plan/plan.ts';
import { HOME } from './changes.ts';

export interface Model {
  /** Of FIELDS alone; absent: by default. */
  settings: Record<string, number>;
  path: string;
  /** Comments that someone else wrote into the kubelet's file. */
  notes: string[];
  /** Changes that were kept, and not gone back from, oldest first: what each changed, and from what. */
  kept: { id: number; settings?: Record<string, number | undefined>; path?: string }[];
  /** Number of the newest change. */
  last: number;
}

export const FIELDS = ['maxPods', 'podPidsLimit', 'registryPullQPS', 'eventRecordQPS', 'imageGCHighThresholdPercent'] as const;
export type Field = (typeof FIELDS)[number];

export function newModel(): Model {
  return { settings: {}, path: HOME, notes: [], kept: [], last: 0 };
}

/** A change was made: what it was asked to do holds now. */
export function applied(model: Model, id: number, wish: Wish): void {
  if (wish.kind === 'rollback') {
    const undone = model.kept.pop();
    if (undone?.path !== undefined) model.path = undone.path;
    for (const [field, value] of Object.entries(undone?.settings ?? {})) assign(model.settings, field, value);
    return;
  }
  if (wish.kind === 'move') {
    model.kept.push({ id, path: model.path });
    model.path = wish.path;
  } else if (wish.kind === 'settings') {
    const before = Object.fromEntries(Object.keys(wish.settings).map((field) => [field, model.settings[field]]));
    for (const [field, value] of Object.entries(wish.settings)) assign(model.settings, field, value);
    model.kept.push({ id, settings: before });
  }
}

export type Wish = { kind: 'settings'; settings: Record<string, number | undefined> } | { kind: 'move'; path: string } | { kind: 'rollback' } | { kind: 'unpin' };

function assign(settings: Record<string, number>, field: string, value: number | undefined): void {
  if (value === undefined) delete settings[field];
  else settings[field] = value;
}

/** Files that changes wrote; all others are as they were. */
export function writtenBy(plan: Plan): string[] {
  return plan.steps.flatMap((step) => {
    if (step.kind === 'edit-config' || step.kind === 'set-aside' || step.kind === 'make-directory' || step.kind === 'link-directory' || step.kind === 'remove-directory') return [step.path];
    return step.kind === 'unpin-manifests' ? step.files.map(({ path }) => path) : [];
  });
}
