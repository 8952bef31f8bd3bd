import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from 'yaml';
import { doubleQuoted, writeScalar } from '../../../src/kubelet/scalar.ts';

test('paths and words stay plain, in any script', () => {
  for (const value of ['/etc/kubernetes/static', '/한/글', 'a b', "it's", 'a#b', 'a:b', '/a,b', 'x=y', '10.0.0.1', '0s', '9f3e']) {
    assert.equal(writeScalar(value, 'plain', false), value);
  }
});

test('what a reader would take for something else is quoted', () => {
  const others = ['', 'y', 'No', 'null', '~', 'true', '0777', '0o7', '0b1', '1e3', '.inf', '2001-01-01', '1:30', 'a: b', 'a #b'];
  // numbers to the kubelet alone, which drops underscores first
  const kubelet = ['0_x3', '87e_68', '+_9', '1_000'];
  for (const value of [...others, ...kubelet, 'a:', ' a', 'a ', '- a', '-', '@a', '`a', '%a', '*a', '&a', '!a', '<<', '=', '---']) {
    assert.equal(writeScalar(value, 'plain', false), JSON.stringify(value));
  }
});

test('inside braces more is quoted', () => {
  assert.equal(writeScalar('/a', 'plain', true), '/a');
  for (const value of ['/a,b', 'a}', 'a:b', '[a', 'a?']) assert.equal(writeScalar(value, 'plain', true), `"${value}"`);
});

test('the quotes that were there are kept where they can hold the value', () => {
  assert.equal(writeScalar('/a', 'double', false), '"/a"');
  assert.equal(writeScalar("it's", 'single', false), "'it''s'");
  assert.equal(writeScalar('a\nb', 'single', false), '"a\\nb"');
});

test('double quotes hold every character, for readers of both versions of YAML', () => {
  const value = 'a"b\\c\t\u0000\u0085\u2028\ufeff\u{1f600}한';
  const written = doubleQuoted(value);
  assert.match(written, /^[\x20-\x7e\u{1f600}한]+$/u);
  assert.equal(parse(written, { version: '1.1' }), value);
  assert.equal(parse(written, { version: '1.2' }), value);
  assert.equal(JSON.parse(written), value);
});
