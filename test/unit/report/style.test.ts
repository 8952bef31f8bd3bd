import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lead, makeStyle, wantsColour, wantsUnicode } from '../../../src/report/style.ts';
import { ASCII, PLAIN } from './styles.ts';

test('no colour for a pipe, NO_COLOR, --no-color or a dumb terminal', () => {
  assert.equal(wantsColour(true, { TERM: 'xterm' }, false), true);
  assert.equal(wantsColour(false, { TERM: 'xterm' }, false), false);
  assert.equal(wantsColour(true, { NO_COLOR: '1' }, false), false);
  assert.equal(wantsColour(true, { NO_COLOR: '' }, false), true);
  assert.equal(wantsColour(true, {}, true), false);
  assert.equal(wantsColour(true, { TERM: 'dumb' }, false), false);
});

test('signs are ASCII unless the locale says UTF-8; LC_ALL wins over LANG', () => {
  assert.equal(wantsUnicode({ LANG: 'ko_KR.UTF-8' }), true);
  assert.equal(wantsUnicode({ LANG: 'C.utf8' }), true);
  assert.equal(wantsUnicode({ LANG: 'C' }), false);
  assert.equal(wantsUnicode({}), false);
  assert.equal(wantsUnicode({ LC_ALL: 'C', LANG: 'en_US.UTF-8' }), false);
});

test('text behind signs begins in one column, also in ASCII', () => {
  const signs = [ASCII.signs.done, ASCII.signs.failed, ASCII.signs.look, ASCII.signs.turning[0] ?? ''];
  assert.deepEqual(new Set(signs.map((sign) => lead(ASCII, sign, ASCII.good).length)), new Set([4]));
  assert.equal(lead(PLAIN, PLAIN.signs.done, PLAIN.good), '✓');
});

test('each colour ends only itself, so that bold inside green leaves green on', () => {
  const style = makeStyle({ colour: true, unicode: true });
  assert.equal(style.good(`a${style.strong('b')}c`), '\x1b[32ma\x1b[1mb\x1b[22mc\x1b[39m');
  assert.equal(style.good(''), '');
});
