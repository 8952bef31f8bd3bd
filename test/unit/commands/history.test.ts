import assert from 'node:assert/strict';
import { test } from 'node:test';
import { historyLines, type HistoryRow } from '../../../src/commands/history.ts';
import type { Plan } from '../../../src/plan/plan.ts';
import { changeWords } from '../../../src/report/change-words.ts';
import { resultWord } from '../../../src/report/result-word.ts';
import { width } from '../../../src/report/width.ts';

// local time: the rows hold what a clock on the wall shows
const at = (hour: number): string => new Date(2026, 10, 23, hour, 14).toISOString();
const rows: HistoryRow[] = [
  { id: '12', at: at(9), who: 'root', what: 'staticPodPath → /etc/kubernetes/static', result: 'kept', reason: 'CHG-4711: 더 많은 파드를 한 노드에, 그리고 이유는 길다' },
  { id: '3', at: at(8), who: 'ansible', what: 'clusterDomain cluster.local → 한국어.example', result: 'undone' },
  { id: '2', at: '', who: '', what: '-', result: 'damaged' },
];

test('columns by content; ids to the right', () => {
  assert.deepEqual(historyLines(rows, { columns: 120, more: '…' }), [
    'ID  WHEN              WHO      WHAT                                          RESULT',
    '12  2026-11-23 09:14  root     staticPodPath → /etc/kubernetes/static        kept',
    ' 3  2026-11-23 08:14  ansible  clusterDomain cluster.local → 한국어.example  undone',
    ' 2  -                 -        -                                             damaged',
  ]);
});

test('a narrow terminal cuts WHAT, and no row is wider than it; a pipe gets all of it', () => {
  for (const columns of [60, 80]) {
    const lines = historyLines(rows, { columns, more: '…', reasons: true });
    for (const line of lines) assert.ok(width(line) <= columns, `${columns}: ${line}`);
    assert.ok(lines[1]?.endsWith('kept') && lines.some((line) => line.endsWith('undone')));
  }
  assert.match(historyLines(rows, { columns: 60, more: '...' })[1] ?? '', /staticPodPath[^ ]* .*\.\.\. +kept$/);
  assert.ok(historyLines(rows, { columns: Infinity, more: '…' })[1]?.includes('/etc/kubernetes/static '));
});

test('with reasons: below the row, folded', () => {
  const lines = historyLines(rows, { columns: 60, more: '…', reasons: true });
  assert.equal(lines[2], '    CHG-4711: 더 많은 파드를 한 노드에, 그리고 이유는 길다');
  assert.equal(lines.length, 5);
});

test('what a change is about, in few words and without what would steer a terminal', () => {
  const signs = { becomes: '→', more: '…' };
  const words = (plan: object): string => changeWords({ verb: 'set', from: '', to: '', field: '', ...plan } as Plan, signs);
  const setting = (field: string, from: unknown, to: unknown): object => ({ field, path: [field], from, to });
  assert.equal(words({ settings: [setting('maxPods', 110, 150)] }), 'maxPods 110 → 150');
  assert.equal(words({ settings: [setting('clusterDomain', 'a->b', '\u001b[2Jx')] }), 'clusterDomain a->b → ^[[2Jx');
  assert.equal(words({ settings: ['a', 'b', 'c'].map((each) => setting(each, 1, 2)) }), '3 settings: a, …');
  assert.equal(words({ settings: [], verb: 'edit' }), 'edit');
  assert.equal(words({ field: 'staticPodPath', to: '' }), 'staticPodPath → none');
  assert.equal(words({ settings: [setting('maxPods', 150, 110)], target: { undoes: { id: '3' } } }), 'rollback 3: maxPods 150 → 110');
  assert.equal(words({ field: 'staticPodPath', to: '/a', target: { undoes: { id: '3' } } }), 'rollback 3 → /a');
  assert.equal(words({ field: 'pins', from: 'a, b, c' }), 'unpin 3 pods');
  assert.equal(words({ settings: [setting('staticPodURLHeader', undefined, { A: ['s3cr3t'] })] }), 'staticPodURLHeader none → (hidden)');
  assert.ok(width(words({ settings: [setting('allowedUnsafeSysctls', undefined, Array(99).fill('kernel.msg*'))] })) < 90);
});

test('every result has its word', () => {
  const word = (result: string, more: object = {}): string => resultWord({ outcome: { result, ...more } as never });
  assert.deepEqual(['done', 'rolled-back', 'unchanged', 'on-trial', 'undecided', 'incomplete'].map((result) => word(result)), ['done', 'undone', 'unchanged', 'on trial', 'open', 'a person is needed']);
  assert.equal(word('done', { confirmed: true }), 'kept');
  assert.deepEqual([resultWord({}, 'at work'), resultWord({}, 'pending'), resultWord({}), resultWord({ damage: {} }, 'at work')], ['running', 'cut off', 'unchanged', 'damaged']);
});
