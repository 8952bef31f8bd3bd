import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readConfig } from '../../../src/kubelet/document.ts';

const FILE = '/var/lib/kubelet/config.yaml';
const read = (text: string | Buffer) => readConfig(FILE, Buffer.from(text));

test('a field is found by its dotted path, with its line and column', () => {
  const doc = read('# 설명\nauthentication:\n  anonymous:\n    enabled: false # off\nmaxPods: 110\n');
  const field = doc.get('authentication.anonymous.enabled');
  assert.equal(field?.value, false);
  assert.equal(field?.text, 'false');
  assert.deepEqual([field?.line, field?.column], [4, 14]);
  assert.deepEqual(field?.where, { file: FILE, line: 4, column: 14, text: '    enabled: false # off', length: 5 });
  assert.deepEqual(doc.keys, ['authentication', 'maxPods']);
});

test('a field that is absent is undefined, one that is null is null', () => {
  const doc = read('a: 1\nb:\n');
  assert.equal(doc.get('c'), undefined);
  assert.equal(doc.get('a.b'), undefined);
  assert.equal(doc.get('toString'), undefined);
  assert.equal(doc.get('b')?.value, null);
  assert.equal(doc.get('b')?.line, 2);
});

test('scalars mean what they mean to the kubelet: YAML 1.1', () => {
  const doc = read('a: y\nb: no\nc: 0777\nd: 1_000\ne: 12:30:45\nf: 2001-01-01\ng: |\n  x');
  assert.deepEqual(doc.value, { a: true, b: false, c: 511, d: 1000, e: '12:30:45', f: '2001-01-01', g: 'x' });
});

test('a merge and an alias are read through', () => {
  const doc = read('base: &x {a: 1}\nmerged:\n  <<: *x\nalias: *x\n');
  assert.equal(doc.get('merged.a')?.value, 1);
  assert.equal(doc.get('alias.a')?.value, 1);
  assert.equal(doc.get('alias.a')?.line, 4);
});

test('a byte order mark is no column', () => {
  assert.equal(read('\uFEFFa: 1\n').get('a')?.column, 4);
});

test('a key that stands twice is refused with both places', () => {
  assert.throws(
    () => read('staticPodPath: /a\nb: 1\nstaticPodPath: /b\n'),
    (error: { code: string; where: { line: number }[] }) => {
      assert.equal(error.code, 'duplicate-key');
      assert.deepEqual(error.where.map((w) => w.line), [1, 3]);
      return true;
    },
  );
  assert.throws(() => read('{"a": {"b": 1, "b": 2}}'), { code: 'duplicate-key' });
  assert.throws(() => read('a: 1\n"a": 2\n'), { code: 'duplicate-key' });
});

test('what does not parse is refused with the line, and the words of the parser', () => {
  assert.throws(
    () => read('a: 1\n\tb: 2\n'),
    (error: { code: string; where: unknown[]; notes: string[] }) => {
      assert.equal(error.code, 'invalid-yaml');
      assert.deepEqual(error.where, [{ file: FILE, line: 2, column: 1, text: '\tb: 2', length: 1 }]);
      assert.deepEqual(error.notes, ['Tabs are not allowed as indentation']);
      return true;
    },
  );
});

test('a file that begins with a brace must be strict JSON, as for the kubelet', () => {
  assert.throws(() => read('{a: 1}'), { code: 'invalid-yaml' });
  assert.throws(() => read('\n {"a": 1,}'), { code: 'invalid-yaml' });
  assert.deepEqual(read('# c\n{a: 1}\n').value, { a: 1 });
  assert.equal(read('\uFEFF{a: 1}\n').format, 'yaml');
});

test('lists, single values, aliases to nothing and YAML 1.2 are no configuration', () => {
  for (const text of ['- a\n', 'a\n', 'a: *x\n', '%YAML 1.2\n---\na: 1\n', '[1]']) {
    assert.throws(() => read(text), { code: 'invalid-yaml' }, text);
  }
  assert.throws(() => read(Buffer.from([0x61, 0x3a, 0x20, 0xff])), { code: 'invalid-yaml' });
});

test('an empty file, or an empty first document, is refused as empty', () => {
  for (const text of ['', '\n', '# c\n', '---\n---\na: 1\n', '~\n', '\uFEFF']) {
    assert.throws(() => read(text), { code: 'empty-config' }, JSON.stringify(text));
  }
});

test('UTF-16 is refused by its name', () => {
  const bytes = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('a: 1\n', 'utf16le')]);
  assert.throws(() => read(bytes), { code: 'unusable-value', message: /UTF-16/ });
});

test('a character that ends a line for the kubelet alone is refused where it stands', () => {
  // the kubelet reads b here, and a reader of YAML 1.2 a comment
  assert.throws(() => read('a: 1\n# c\u2028b: 2\n'), { code: 'unusable-value', where: [{ file: FILE, line: 2, column: 4, text: '# c\u2028b: 2', length: 1, label: 'U+2028' }] });
  assert.throws(() => read('a: 1\rb: 2\n'), { code: 'unusable-value' });
});

test('0o17 is octal, and !!binary is text, as the kubelet reads them', () => {
  const { value } = readConfig('/c.yaml', Buffer.from('maxPods: 0o17\npodsPerCore: -0o7\nclusterDomain: !!binary aGk=\nproviderID: "0o17"\n'));
  assert.deepEqual(value, { maxPods: 15, podsPerCore: -7, clusterDomain: 'hi', providerID: '0o17' });
});
