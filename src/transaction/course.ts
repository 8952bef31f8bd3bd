/**
 * The course of a change: what became of each step, when, and how long it took, added up from its journal. The journal is
 * written before each deed, so it knows also of a change that was cut off and told no one.
 */
import { describe } from '../plan/describe.ts';
import type { Plan } from '../plan/plan.ts';
import type { Event } from '../report/event.ts';
import type { Record } from './journal.ts';

export type StepFate = 'done' | 'failed' | 'cut off' | 'running' | 'not begun';

export interface CourseStep {
  /** Counts from 1, as in the plan. */
  id: number;
  title: string;
  state: StepFate;
  /** ISO time at which it began. */
  at?: string;
  seconds?: number;
  /** Why it failed, where it said so. */
  detail?: string;
}
export interface BackStep {
  id: number;
  title: string;
  state: 'undone' | 'failed';
  at: string;
  seconds?: number;
  detail?: string;
}
export interface Course {
  steps: CourseStep[];
  /** Why it went back; absent where it did not. */
  reason?: string;
  /** When going back began. */
  backAt?: string;
  /** In the order in which they were undone. */
  back: BackStep[];
}

export interface Known {
  /** What it said, as far as that is kept. */
  events?: readonly Event[];
  /** It is at work, or waits for something. */
  goesOn?: boolean;
  /** Number of the step at which it was cut off. */
  cutOffAt?: number | undefined;
}

export function courseOf(plan: Plan, records: readonly Record[], { events = [], goesOn = false, cutOffAt }: Known = {}): Course {
  const began = new Map<number, string>();
  const ended = new Map<number, string>();
  const undoing = new Map<number, string>();
  const undone = new Map<number, string>();
  let reason: string | undefined;
  let backAt: string | undefined;
  for (const record of records) {
    // a change that was concluded later takes a step up again: the last time counts
    if (record.type === 'intent') began.set(record.step, record.at);
    if (record.type === 'done') ended.set(record.step, record.at);
    if (record.type === 'undoing-step' && !undoing.has(record.step)) undoing.set(record.step, record.at);
    if (record.type === 'undone') undone.set(record.step, record.at);
    if (record.type !== 'undoing') continue;
    reason ??= record.reason;
    backAt ??= record.at;
  }
  const said = events.filter((event) => event.event === 'step');
  const failure = (id: number): { detail?: string } => {
    const detail = said.findLast((event) => event.id === id && event.state === 'failed')?.detail;
    return detail === undefined ? {} : { detail };
  };
  // with nothing after the last intent no one saw it fail: it was cut off there
  const open: StepFate = goesOn ? 'running' : backAt === undefined ? 'cut off' : 'failed';
  const steps = plan.steps.map((step, index): CourseStep => {
    const [from, to] = [began.get(index), ended.get(index)];
    const id = index + 1;
    const state: StepFate = to !== undefined ? 'done' : from === undefined ? 'not begun' : id === cutOffAt ? 'cut off' : open;
    return { id, title: describe(step, plan).title, state, ...(from === undefined ? {} : { at: from }), ...timeBetween(from, to), ...(state === 'failed' ? failure(id) : {}) };
  });
  const back = [...undoing].flatMap(([index, at]): BackStep[] => {
    const step = plan.steps[index];
    const title = step === undefined ? '' : describe(step, plan).undo;
    if (title === '' || step?.kind === 'arm') return [];
    const id = index + 1;
    // behind one that failed no other gets its record, whatever became of it
    const done = undone.has(index) || said.some((event) => event.id === id && event.state === 'undone' && event.title === title);
    return [{ id, title, state: done ? 'undone' : 'failed', at, ...timeBetween(at, undone.get(index)), ...(done ? {} : failure(id)) }];
  });
  return { steps, back, ...(reason === undefined ? {} : { reason }), ...(backAt === undefined ? {} : { backAt }) };
}

function timeBetween(from: string | undefined, to: string | undefined): { seconds?: number } {
  if (from === undefined || to === undefined) return {};
  const seconds = (Date.parse(to) - Date.parse(from)) / 1000;
  // the clock may have been set meanwhile
  return seconds >= 0 ? { seconds: Number(seconds.toFixed(2)) } : {};
}
