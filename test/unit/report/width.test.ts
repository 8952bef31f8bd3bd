import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cut, padEnd, table, visible, width, wrap } from '../../../src/report/width.ts';

test('width: Korean, Chinese, Japanese and emoji take two columns, signs one, marks none', () => {
  const widths: [string, number][] = [
    ['', 0],
    ['kubelet', 7],
    ['정적 파드', 9],
    ['한국어', 6],
    ['\u1112\u1161\u11ab', 2], // one syllable, as its three jamo
    ['日本', 4],
    ['カタカナ', 8],
    ['✓✗·→❯⠋…', 7],
    ['é', 1],
    ['🚀', 2],
    ['👩‍👩‍👧', 2],
    ['❤️', 2],
    ['\x1b[32m✓\x1b[39m ok', 4],
  ];
  for (const [text, columns] of widths) assert.equal(width(text), columns, JSON.stringify(text));
});

test('padEnd lines up columns behind Korean text', () => {
  assert.deepEqual(
    table([
      ['정적', 'a'],
      ['path', 'b'],
    ]),
    ['정적  a', 'path  b'],
  );
  assert.equal(padEnd('한', 4), '한  ');
});

test('wrap breaks at blanks and never cuts a path', () => {
  assert.deepEqual(wrap('to /etc/kubernetes/a-very-long-directory and back', 20), [
    'to',
    '/etc/kubernetes/a-very-long-directory',
    'and back',
  ]);
  assert.deepEqual(wrap('', 20), ['']);
});

test('cut keeps a running line in one row, by columns and not by letters', () => {
  assert.equal(cut('정적 파드', 9, '…'), '정적 파드');
  assert.equal(cut('정적 파드', 6, '…'), '정적 …');
  assert.ok(width(cut('정적 파드', 6, '…')) <= 6);
});

test("visible: a file's text can't steer the terminal", () => {
  assert.equal(visible('a\tb\x1b[2J\r\x07'), 'a    b^[[2J^M^G');
  assert.equal(visible('a\u202eb\x9b'), 'a\ufffdb\ufffd');
  assert.equal(visible('staticPodPath: /한국'), 'staticPodPath: /한국');
});
