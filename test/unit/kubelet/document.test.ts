import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { readConfig, removeField, setScalar } from '../../../src/kubelet/document.ts';
import { applyEdits, invertEdits } from '../../../src/kubelet/edits.ts';

const FILE = '/var/lib/kubelet/config.yaml';
const read = (text: string) => readConfig(FILE, Buffer.from(text));
const set = (text: string, value = '/n') =>
  applyEdits(Buffer.from(text), setScalar(read(text), 'staticPodPath', value)).toString();
const remove = (text: string) => applyEdits(Buffer.from(text), removeField(read(text), 'staticPodPath')).toString();

test('the configuration of the story changes in that one value and in no other byte', () => {
  const bytes = readFileSync(new URL('story-config.yaml', import.meta.url));
  const old = Buffer.from('/etc/kubernetes/manifests');
  const at = bytes.indexOf(old);
  const edits = setScalar(readConfig(FILE, bytes), 'staticPodPath', '/etc/kubernetes/static');
  const result = applyEdits(bytes, edits);
  const wanted = Buffer.concat([
    bytes.subarray(0, at),
    Buffer.from('/etc/kubernetes/static'),
    bytes.subarray(at + old.length),
  ]);
  assert.deepEqual(result, wanted);
  assert.deepEqual(applyEdits(result, invertEdits(bytes, edits)), bytes);
});

/** What is there → what it becomes with the value /n. */
const REPLACED: Record<string, [string, string]> = {
  'plain, with a comment': ['a: 1\nstaticPodPath: /a  # 설명 \nb: 2 \n', 'a: 1\nstaticPodPath: /n  # 설명 \nb: 2 \n'],
  CRLF: ['staticPodPath: /a\r\nb: 2\r\n', 'staticPodPath: /n\r\nb: 2\r\n'],
  'no line end at the end': ['b: 2\nstaticPodPath: /a', 'b: 2\nstaticPodPath: /n'],
  'tabs around the value': ['staticPodPath:\t/a\t# x\ty\n', 'staticPodPath:\t/n\t# x\ty\n'],
  'double quotes': ['staticPodPath: "/a" # c\n', 'staticPodPath: "/n" # c\n'],
  'single quotes': ["staticPodPath: '/a'\n", "staticPodPath: '/n'\n"],
  'a quoted key': ['"staticPodPath" : /a\n', '"staticPodPath" : /n\n'],
  'over two lines': ['staticPodPath: /a\n  b\nc: 1\n', 'staticPodPath: /n\nc: 1\n'],
  'quoted over two lines': ['staticPodPath: "/a\n  b" # c\n', 'staticPodPath: "/n" # c\n'],
  literal: ['staticPodPath: |\n  /a\n# c\nb: 1\n', 'staticPodPath: /n\n# c\nb: 1\n'],
  folded: ['staticPodPath: >- # c\r\n  /a\r\n  b\r\n\r\nb: 1\r\n', 'staticPodPath: /n # c\r\n\r\nb: 1\r\n'],
  'literal at the end of the file': ['b: 1\nstaticPodPath: |\n  /a', 'b: 1\nstaticPodPath: /n'],
  'an anchor no one uses': ['staticPodPath: &x /a\nb: 1\n', 'staticPodPath: &x /n\nb: 1\n'],
  'an alias': ['b: &x /q\nstaticPodPath: *x # c\n', 'b: &x /q\nstaticPodPath: /n # c\n'],
  'a tag': ['staticPodPath: !!str /a\n', 'staticPodPath: !!str /n\n'],
  nothing: ['staticPodPath:\nb: 1\n', 'staticPodPath: /n\nb: 1\n'],
  'nothing but a comment': ['staticPodPath: # c\n  # d\nb: 1\n', 'staticPodPath: /n # c\n  # d\nb: 1\n'],
  null: ['staticPodPath: ~\n', 'staticPodPath: /n\n'],
  'an explicit key': ['? staticPodPath\n: /a\n', '? staticPodPath\n: /n\n'],
  'a byte order mark': ['\uFEFFstaticPodPath: /a\n', '\uFEFFstaticPodPath: /n\n'],
  'the first of two documents': ['---\nstaticPodPath: /a\n---\nstaticPodPath: /b\n', '---\nstaticPodPath: /n\n---\nstaticPodPath: /b\n'],
  'a second document that is broken': ['staticPodPath: /a\n---\nb: [\n', 'staticPodPath: /n\n---\nb: [\n'],
  JSON: ['{"a":1,\n\t"staticPodPath":"/a"}', '{"a":1,\n\t"staticPodPath":"/n"}'],
  'JSON null': ['{"staticPodPath":null}', '{"staticPodPath":"/n"}'],
  braces: ['--- {b: 1, staticPodPath: /a}\n', '--- {b: 1, staticPodPath: /n}\n'],
};
describe('a value is replaced where it stands:', () => {
  for (const [name, [before, after]] of Object.entries(REPLACED)) {
    test(name, () => assert.equal(set(before), after));
  }
});

const ADDED: Record<string, [string, string]> = {
  'as the last line': ['a: 1\n', 'a: 1\nstaticPodPath: /n\n'],
  'with the line ends of the file': ['a: 1\r\n', 'a: 1\r\nstaticPodPath: /n\r\n'],
  'where the last line has no end': ['a: 1', 'a: 1\nstaticPodPath: /n'],
  'before the end mark': ['a: 1\n...\n', 'a: 1\nstaticPodPath: /n\n...\n'],
  'before a second document': ['a: 1\n---\nb: 1\n', 'a: 1\nstaticPodPath: /n\n---\nb: 1\n'],
  'as far to the right as the others': ['  a: 1\n', '  a: 1\n  staticPodPath: /n\n'],
  'below a comment within the last value': ['a:\n  b: 1\n  # c\n', 'a:\n  b: 1\n  # c\nstaticPodPath: /n\n'],
  'first, where a last line would become text': ['a: |\n  x', 'staticPodPath: /n\na: |\n  x'],
  'in JSON': ['{\n  "a": 1\n}\n', '{\n  "staticPodPath": "/n",\n  "a": 1\n}\n'],
  'in JSON on one line': ['{"a":1}', '{"a":1,"staticPodPath":"/n"}'],
  'in empty JSON': ['{}', '{"staticPodPath": "/n"}'],
  'in braces': ['--- {a: 1}\n', '--- {a: 1, staticPodPath: /n}\n'],
  'in empty braces': ['# c\n{}\n', '# c\n{staticPodPath: /n}\n'],
};
describe('a field that is absent is added:', () => {
  for (const [name, [before, after]] of Object.entries(ADDED)) {
    test(name, () => {
      assert.equal(set(before), after);
      assert.equal(remove(after), before, 'and removed again');
    });
  }
});

test('a comment that ends the file stays, and the field is still read', () => {
  const result = set('a: 1\n# end\n');
  assert.equal(result.replace('staticPodPath: /n\n', ''), 'a: 1\n# end\n');
  assert.equal(read(result).get('staticPodPath')?.value, '/n');
});

test('a value that is the same already needs no edit', () => {
  assert.deepEqual(setScalar(read("staticPodPath: '/n'\n"), 'staticPodPath', '/n'), []);
});

test('removing takes the line with its comment, and no other', () => {
  assert.equal(remove('# above\nstaticPodPath: /a # c\nb: 1\n'), '# above\nb: 1\n');
  assert.equal(remove('b: 1\r\nstaticPodPath: >\r\n  /a\r\n\r\nc: 1\r\n'), 'b: 1\r\n\r\nc: 1\r\n');
  assert.equal(remove('{"b": 1, "staticPodPath": "/a"}'), '{"b": 1}');
  assert.equal(remove('b: 1\n'), 'b: 1\n');
});

describe('what cannot be edited for certain is refused:', () => {
  const refused: Record<string, string> = {
    'an anchor with users': 'staticPodPath: &x /a\nb: *x\n',
    'a merge key at the top': 'x: &x {staticPodPath: /a}\n<<: *x\n',
    'a list': 'staticPodPath: [/a]\n',
    'a tag that makes it no text': 'staticPodPath: !!binary YQ==\nb: 1\n',
    'a key without colon': '? staticPodPath\n',
  };
  for (const [name, text] of Object.entries(refused)) {
    test(name, () => assert.throws(() => set(text), { code: 'unusable-value', exit: 4 }));
  }
  test('and so is a new value that is no text', () => {
    assert.throws(() => set('a: 1\n', '/\ud800'), { code: 'unusable-value' });
  });
  test('and so is taking the only field out, which leaves an empty file', () => {
    assert.throws(() => remove('staticPodPath: /a\n'), { code: 'unusable-value' });
  });
});
