import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Plan } from '../../../src/plan/plan.ts';
import type { Event } from '../../../src/report/event.ts';
import { courseOf } from '../../../src/transaction/course.ts';
import type { Entry, Record } from '../../../src/transaction/journal.ts';

const plan = {
  id: '3',
  settings: [],
  steps: [{ kind: 'arm' }, { kind: 'edit-config', path: '/etc/config.yaml', field: 'maxPods', line: 3 }, { kind: 'restart-kubelet' }, { kind: 'verify' }, { kind: 'disarm' }],
} as unknown as Plan;
/** A second between any two. */
const records = (...entries: Entry[]): Record[] => entries.map((entry, n): Record => ({ ...entry, n, at: new Date(Date.UTC(2026, 10, 23, 9, 0, n)).toISOString() }));
const did = (...steps: number[]): Entry[] => steps.flatMap((step): Entry[] => [{ type: 'intent', step }, { type: 'done', step }]);
const begin: Entry = { type: 'begin', version: 1, plan: '' };
const states = (...entries: Entry[]): string[] => courseOf(plan, records(begin, ...entries)).steps.map(({ state }) => state);

test('done: each step with its time', () => {
  const { steps, back } = courseOf(plan, records(begin, ...did(0, 1, 2, 3, 4), { type: 'decided', result: 'done' }));
  assert.deepEqual(steps.map(({ id, state, seconds }) => [id, state, seconds]), [1, 2, 3, 4, 5].map((id) => [id, 'done', 1]));
  assert.equal(steps[1]?.at, '2026-11-23T09:00:03.000Z');
  assert.deepEqual(back, []);
});

test('cut off: the step that was begun is the one; with nothing written none is', () => {
  assert.deepEqual(states(...did(0, 1), { type: 'intent', step: 2 }), ['done', 'done', 'cut off', 'not begun', 'not begun']);
  assert.deepEqual(states(), Array<string>(5).fill('not begun'));
  const running = courseOf(plan, records(begin, ...did(0), { type: 'intent', step: 1 }), { goesOn: true });
  assert.equal(running.steps[1]?.state, 'running');
});

test('gone back: what failed says why, and what was undone is in the order in which it was', () => {
  const events: Event[] = [
    { event: 'step', id: 4, title: 'Verify', state: 'failed', detail: 'path: still the old one' },
    { event: 'step', id: 2, title: 'Put back config.yaml', state: 'failed', detail: 'no space left' },
  ];
  const entries: Entry[] = [...did(0, 1, 2), { type: 'intent', step: 3 }, { type: 'undoing', reason: 'path: still the old one' }, { type: 'undoing-step', step: 3 }, { type: 'undone', step: 3 }, { type: 'undoing-step', step: 2 }, { type: 'undone', step: 2 }, { type: 'undoing-step', step: 1 }];
  const half = courseOf(plan, records(begin, ...entries), { events });
  assert.deepEqual(half.steps.map(({ state }) => state), ['done', 'done', 'done', 'failed', 'not begun']);
  assert.equal(half.steps[3]?.detail, 'path: still the old one');
  assert.deepEqual(half.back.map(({ title, state, detail }) => [title, state, detail]), [['Restart the kubelet', 'undone', undefined], ['Put back config.yaml', 'failed', 'no space left']]);
  const whole = courseOf(plan, records(begin, ...entries, { type: 'undone', step: 1 }), { events });
  assert.deepEqual(whole.back.at(-1)?.state, 'undone');
  assert.equal(whole.reason, 'path: still the old one');
  // killed there, and undone by its guard
  assert.equal(courseOf(plan, records(begin, ...entries), { cutOffAt: 4 }).steps[3]?.state, 'cut off');
});

test('a clock that was set back makes no negative duration', () => {
  const back = records(begin, ...did(0)).map((record) => (record.type === 'done' ? { ...record, at: '2026-11-23T08:00:00.000Z' } : record));
  assert.equal(courseOf(plan, back).steps[0]?.seconds, undefined);
});
