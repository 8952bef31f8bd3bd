import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Plan } from '../../../src/plan/plan.ts';
import { lastToTouch, laterMoves, markUndone } from '../../../src/transaction/kept.ts';
import type { Change } from '../../../src/transaction/records.ts';
import { folderOf } from '../../../src/transaction/store.ts';

/** Of a setting by its path, or of a move; `undoes`: a roll-back of that one. */
function change(id: number, what: string | 'move', undoes?: number, result = 'done'): Change {
  const settings = what === 'move' ? {} : { settings: [{ field: what, path: what.split('.') }] };
  const target = { field: what === 'move' ? 'staticPodPath' : 'settings', ...(undoes === undefined ? {} : { undoes: { id: String(undoes) } }) };
  const plan = { id: String(id), field: what === 'move' ? 'staticPodPath' : what, ...(what === 'move' ? { from: '/etc/a', to: '/etc/b' } : {}), ...settings, target } as unknown as Plan;
  return { id: String(id), folder: folderOf(String(id)), plan, outcome: { result, changes: [], checks: [], restarted: [], seconds: 1 } as unknown as NonNullable<Change['outcome']> };
}
const undone = (...changes: Change[]): [string, string | undefined][] => markUndone(changes.reverse()).map(({ id, undoneBy }): [string, string | undefined] => [id, undoneBy]);

test('a roll-back undoes a change, and the roll-back of that gives it back', () => {
  assert.deepEqual(undone(change(1, 'maxPods'), change(2, 'maxPods', 1)), [['2', undefined], ['1', '2']]);
  assert.deepEqual(undone(change(1, 'maxPods'), change(2, 'maxPods', 1), change(3, 'maxPods', 2)), [['3', undefined], ['2', '3'], ['1', undefined]]);
  assert.deepEqual(undone(change(1, 'maxPods'), change(2, 'maxPods', 1, 'rolled-back')), [['1', undefined]], 'one that failed undid nothing');
});

test('who set it last: the same field, a part of it, or what it is a part of', () => {
  const kept = markUndone([change(1, 'evictionHard.memory'), change(2, 'evictionHard'), change(3, 'maxPods'), change(4, 'move')].reverse());
  assert.equal(lastToTouch(kept, '1', ['evictionHard', 'memory'])?.id, '2');
  assert.equal(lastToTouch(kept, '0', ['evictionHard'])?.id, '2');
  assert.equal(lastToTouch(kept, '1', ['staticPodPath'])?.id, '4');
  assert.equal(lastToTouch(kept, '3', ['maxPods']), undefined);
});

test('the moves that stand since, the newest first', () => {
  const all = [change(1, 'move'), change(2, 'move'), change(3, 'maxPods'), change(4, 'move'), change(5, 'move', 4)];
  assert.deepEqual(laterMoves(markUndone(all.reverse()), '1').map(({ id }) => id), ['2']);
});
