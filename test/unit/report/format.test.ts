import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  clockTime,
  coarse,
  count,
  dateTime,
  duration,
  list,
  number,
  size,
  stepTime,
} from '../../../src/report/format.ts';

test('durations: one decimal below a minute, two units above, days from two days on', () => {
  const durations: [number, string][] = [
    [0.84, '0.8 s'],
    [10.8, '10.8 s'],
    [59.94, '59.9 s'],
    [59.96, '1 min'],
    [69, '1 min 9 s'],
    [200, '3 min 20 s'],
    [300, '5 min'],
    [3599.7, '1 h'],
    [11520, '3 h 12 min'],
    [41 * 86400, '41 days'],
  ];
  for (const [seconds, text] of durations) assert.equal(duration(seconds), text);
  assert.equal(coarse(41.4), '41 s');
});

test('the time of a step is left out below 0.1 s', () => {
  assert.equal(stepTime(0.09), '');
  assert.equal(stepTime(undefined), '');
  assert.equal(stepTime(0.1), '0.1 s');
});

test('numbers have commas, counts their noun, sizes binary units', () => {
  assert.deepEqual([0, 212, 1368, 1234567].map(number), ['0', '212', '1,368', '1,234,567']);
  assert.deepEqual([count(1, 'pod'), count(4, 'pod'), count(2, 'copy', 'copies')], ['1 pod', '4 pods', '2 copies']);
  assert.deepEqual([812, 3994, 40055603].map(size), ['812 B', '3.9 KiB', '38.2 MiB']);
});

test('times are local, with leading zeros', () => {
  const at = new Date(2026, 10, 3, 9, 4, 6);
  assert.equal(dateTime(at), '2026-11-03 09:04');
  assert.equal(clockTime(at), '09:04:06');
});

test('lists end with and', () => {
  assert.deepEqual(
    [list([]), list(['a']), list(['a', 'b']), list(['a', 'b', 'c'])],
    ['', 'a', 'a and b', 'a, b and c'],
  );
});
