import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Event } from '../../../src/report/event.ts';
import { jsonReader } from '../../../src/report/reader.ts';
import { openSteps } from '../../../src/report/steps.ts';
import type { Style } from '../../../src/report/style.ts';
import { width } from '../../../src/report/width.ts';
import { ASCII, PLAIN } from './styles.ts';

/** A terminal as far as the list of steps uses it: newline, carriage return, cursor up, erase below, folding. */
function fakeTerminal(terminal: boolean, columns = 80, style: Style = PLAIN) {
  const rows: string[] = [''];
  let row = 0;
  const size = { columns };
  let written = '';
  const write = (text: string): void => {
    written += text;
    for (const [piece, up, erase] of text.matchAll(/\x1b\[(\d+)A|\x1b\[(J)|\r|\n|[^\r\n\x1b]+/g)) {
      if (up) row -= Number(up);
      else if (erase) rows.splice(row, rows.length, '');
      else if (piece === '\n') rows[++row] ??= '';
      else if (piece !== '\r') rows[row] = piece;
    }
  };
  return { screen: { terminal, style, columns: () => size.columns, write }, rows, size, written: () => written };
}
function fakeTime() {
  let now = 0;
  let tick: (() => void) | undefined;
  const every = (_ms: number, call: () => void): (() => void) => {
    tick = call;
    return () => (tick = undefined);
  };
  const pass = (seconds: number): void => {
    now += seconds;
    tick?.();
  };
  return { clock: { seconds: () => now }, every, pass, turning: () => tick !== undefined };
}
const started = (id: number, title: string): Event => ({ event: 'step', id, title, state: 'started' });
const ended = (id: number, title: string, seconds: number): Event => ({
  event: 'step',
  id,
  title,
  state: 'done',
  seconds,
});

test('on a terminal the running step is rewritten in place with its time, and stays as one line when done', () => {
  const { screen, rows } = fakeTerminal(true);
  const time = fakeTime();
  const { report } = openSteps(screen, time.clock, { every: time.every });
  report(started(1, 'Arm the guard'));
  assert.deepEqual(rows, ['⠋ 1 Arm the guard']);
  time.pass(0.2);
  assert.deepEqual(rows, ['⠙ 1 Arm the guard                                                        0.2 s']);
  report(ended(1, 'Arm the guard', 0.3));
  assert.deepEqual(rows, ['✓ 1 Arm the guard                                                        0.3 s', '']);
  assert.equal(time.turning(), false);
});

test('progress tells how far and what for, at the right edge of 80 columns', () => {
  const { screen, rows } = fakeTerminal(true);
  const time = fakeTime();
  const { report } = openSteps(screen, time.clock, { every: time.every });
  report(started(6, 'Verify'));
  report({
    event: 'progress',
    id: 6,
    done: 5,
    total: 8,
    waiting: 'waiting for the kubelet to hear the API server',
    seconds: 3.1,
  });
  assert.deepEqual(rows, ['⠋ 6 Verify     5 of 8, waiting for the kubelet to hear the API server    3.1 s']);
});

test('a running line never needs a second row, a finished one never loses a word', () => {
  const { screen, rows } = fakeTerminal(true, 50);
  const time = fakeTime();
  const { report } = openSteps(screen, time.clock, { every: time.every });
  report(started(6, 'Verify'));
  report({
    event: 'progress',
    id: 6,
    done: 5,
    total: 8,
    waiting: 'waiting for the kubelet to hear the API server',
    seconds: 3.1,
  });
  assert.equal(rows[0], '⠋ 6 Verify     5 of 8, waiting for the ku… 3.1 s'.replace('ku… 3', 'k…  3'));
  assert.ok(width(rows[0] ?? '') <= 48);
  report({
    event: 'step',
    id: 6,
    title: 'Verify',
    state: 'failed',
    seconds: 3.2,
    detail: 'path: still /etc/kubernetes/manifests, by /configz',
  });
  assert.deepEqual(rows, [
    '✗ 6 Verify                                 3.2 s',
    '    path: still /etc/kubernetes/manifests, by',
    '    /configz',
    '',
  ]);
});

test('checks stand under their step in two columns, one below the other where they do not fit', () => {
  const checks: [string, boolean | undefined, string][] = [
    ['kubelet', true, 'active, started once'],
    ['path', true, 'the new one, by /configz'],
    ['containers', true, '4 of 4 the same'],
    ['api-server', true, 'ready'],
    ['mirror-pods', undefined, 'no right to read pods'],
  ];
  const show = (columns: number): string[] => {
    const { screen, rows } = fakeTerminal(false, columns);
    const { report } = openSteps(screen, fakeTime().clock);
    for (const [name, ok, detail] of checks) report({ event: 'check', step: 6, check: { name, ok, detail } });
    report(ended(6, 'Verify', 8.9));
    return rows;
  };
  assert.deepEqual(show(100).slice(1), [
    '    ✓ kubelet     active, started once       ✓ API server   ready',
    '    ✓ path        the new one, by /configz   · mirror pods  left out: no right to read pods',
    '    ✓ containers  4 of 4 the same',
    '',
  ]);
  assert.deepEqual(show(80).slice(4), [
    '    ✓ API server   ready',
    '    · mirror pods  left out: no right to read pods',
    '',
  ]);
});

test('outside a terminal nothing moves: one line for each finished step, no escape', () => {
  const { screen, rows, written } = fakeTerminal(false, 80, ASCII);
  const time = fakeTime();
  const { report, close } = openSteps(screen, time.clock, { every: time.every, total: 12 });
  report(started(1, 'Arm the guard'));
  time.pass(1);
  report(ended(1, 'Arm the guard', 0.05));
  report({ event: 'step', id: 12, title: 'Verify', state: 'failed', detail: 'path: gone', seconds: 2 });
  report({ event: 'going-back', reason: 'path: gone' });
  report({ event: 'step', id: 1, title: 'Disarm the guard', state: 'undone' });
  close();
  assert.deepEqual(rows, [
    'ok    1 Arm the guard',
    'FAIL 12 Verify     path: gone                                            2.0 s',
    '  Going back',
    'ok    1 Disarm the guard',
    '',
  ]);
  assert.ok(!written().includes('\x1b') && !written().includes('\r'));
});

test('a failed step without words of its own says which check failed', () => {
  const { screen, rows } = fakeTerminal(false);
  const { report } = openSteps(screen, fakeTime().clock);
  report({ event: 'check', step: 6, check: { name: 'kubelet', ok: true, detail: 'active' } });
  report({ event: 'check', step: 6, check: { name: 'api-server', ok: false, detail: 'no answer' } });
  report({ event: 'step', id: 6, title: 'Verify', state: 'failed' });
  assert.equal(rows[0], '✗ 6 Verify     API server: no answer');
});

test('notes and warnings stand above the running step; text of others is shown, not obeyed', () => {
  const { screen, rows } = fakeTerminal(true);
  const time = fakeTime();
  const { report } = openSteps(screen, time.clock, { every: time.every });
  report(started(2, 'Restart the kubelet'));
  report({ event: 'warning', text: 'kubelet says: \x1b[2J' });
  assert.deepEqual(rows, ['warning: kubelet says: ^[[2J', '⠋ 2 Restart the kubelet']);
});

test('after a resize the folded line is taken off whole, and close leaves a clean row and a visible cursor', () => {
  const { screen, rows, size, written } = fakeTerminal(true);
  const time = fakeTime();
  const { report, close } = openSteps(screen, time.clock, { every: time.every });
  report(started(1, 'Arm the guard'));
  time.pass(1);
  size.columns = 40;
  const before = written().length;
  close();
  assert.equal(written().slice(before), '\r\x1b[1A\x1b[J');
  assert.equal(time.turning(), false);
  assert.ok(!written().includes('\x1b[?25l'));
  assert.deepEqual(
    rows.filter((row) => row !== ''),
    [],
  );
});

test('JSON: every event is one line, the outcome none: that is the document', () => {
  const lines: string[] = [];
  const { report } = jsonReader((line) => lines.push(line));
  report(ended(8, 'Disarm the guard', 0.2000321));
  report({ event: 'outcome', outcome: { result: 'done', changes: [], checks: [], restarted: [], seconds: 1 } });
  assert.deepEqual(lines, ['{"event":"step","id":8,"title":"Disarm the guard","state":"done","seconds":0.2}\n']);
});
