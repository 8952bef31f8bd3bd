/** Keys, items and blocks at any depth: what an edit looks like, shape by shape. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { editDocument, readConfig, removeValue, setValue } from '../../../src/kubelet/document.ts';
import { applyEdits } from '../../../src/kubelet/edits.ts';
import type { FieldPath } from '../../../src/kubelet/field-path.ts';

const FILE = '/var/lib/kubelet/config.yaml';
const read = (text: string) => readConfig(FILE, Buffer.from(text));
const set = (text: string, path: FieldPath, value: unknown) => applyEdits(Buffer.from(text), setValue(read(text), path, value)).toString();
const remove = (text: string, path: FieldPath, prune?: boolean) =>
  applyEdits(Buffer.from(text), removeValue(read(text), path, prune === undefined ? {} : { prune })).toString();

type Case = [before: string, path: FieldPath, value: unknown, after: string];
const SET: Record<string, Case> = {
  'a number in the place of a number': ['a: 1 # c\n', ['a'], 2, 'a: 2 # c\n'],
  'a number in the place of a text': ['a: "1" # c\n', ['a'], 2, 'a: 2 # c\n'],
  'a text that YAML 1.1 takes for a boolean': ['a: x\n', ['a'], 'no', 'a: "no"\n'],
  'no value': ['a: x\n', ['a'], null, 'a: null\n'],
  'a key with dots': ['e:\n  a.b: 1\n', ['e', 'a.b'], 2, 'e:\n  a.b: 2\n'],
  'a key that must be quoted': ['e:\n  a: 1\n', ['e', 'yes'], 2, 'e:\n  a: 1\n  "yes": 2\n'],
  'a new key in a map with three blanks': ['e:\n   a: 1\n   # in\n\n# next\nf: 1\n', ['e', 'b'], 2, 'e:\n   a: 1\n   # in\n   b: 2\n\n# next\nf: 1\n'],
  'a new key before the comment of what follows': ['e:\n  a: 1\n# next\nf: 1\n', ['e', 'b'], 2, 'e:\n  a: 1\n  b: 2\n# next\nf: 1\n'],
  'a new key behind a text over lines': ['e:\n  a: |\n    x\n\nf: 1\n', ['e', 'b'], 2, 'e:\n  a: |\n    x\n  b: 2\n\nf: 1\n'],
  'a new key in an item': ['l:\n- a: 1\n  b: 2\n- c\n', ['l', 0, 'd'], 3, 'l:\n- a: 1\n  b: 2\n  d: 3\n- c\n'],
  'a new item, as far behind its dash as the last': ['l:\n  -   a\nm: 1\n', ['l', 1], 'b', 'l:\n  -   a\n  -   b\nm: 1\n'],
  'a new item before a comment as far left as the list': ['l:\n- a\n# next\nm: 1\n', ['l', 1], 'b', 'l:\n- a\n- b\n# next\nm: 1\n'],
  'a new item that is a list': ['l:\n- - a\n', ['l', 1], ['b', 'c'], 'l:\n- - a\n- - b\n  - c\n'],
  'an item in place of another': ['l:\n- a # one\n- b\n', ['l', 0], 'c', 'l:\n- c # one\n- b\n'],
  'a map in place of an item': ['l:\n- a # one\n- b\n', ['l', 0], { k: 1, m: 2 }, 'l:\n- k: 1 # one\n  m: 2\n- b\n'],
  'a value in an item without one': ['l:\n-\n- b\n', ['l', 0, 'k'], 1, 'l:\n- k: 1\n- b\n'],
  'a block in place of a scalar': ['a: 1 # c\nb: 2\n', ['a'], { x: ['y'] }, 'a: # c\n  x:\n  - "y"\nb: 2\n'],
  'a block in place of a text over lines': ['a: |- # c\n  x\n\nb: 2\n', ['a'], [1], 'a: # c\n- 1\n\nb: 2\n'],
  'a block in place of a scalar below its key': ['a:\n    long\n    text\nb: 2\n', ['a'], [1], 'a:\n- 1\nb: 2\n'],
  'a scalar in place of a block': ['a: # c\n  # d\n  x: 1\n\n  y: 2\nb: 2\n', ['a'], 5, 'a: 5 # c\n  # d\nb: 2\n'],
  'a list in place of a map': ['a:\n  x: 1\nb: 2\n', ['a'], [1], 'a:\n- 1\nb: 2\n'],
  'a list in place of another': ['a:\n  - 1\n  # c\n  - 2\nb: 2\n', ['a'], [3], 'a:\n  - 3\nb: 2\n'],
  'a list with another item keeps its lines': ['a:\n  - 1 # one\n  - 2 # two\nb: 2\n', ['a'], [1, 2, 3], 'a:\n  - 1 # one\n  - 2 # two\n  - 3\nb: 2\n'],
  'a map with the same entries keeps its lines': ['a:\n  x: 1 # x\n  y: 2\n', ['a'], { z: 3, x: 1 }, 'a:\n  x: 1 # x\n  z: 3\n'],
  'an empty list in place of a list': ['a: # c\n- 1\nb: 2\n', ['a'], [], 'a: [] # c\nb: 2\n'],
  'below a key with no value': ['a: # c\nb: 2\n', ['a', 'x'], 1, 'a: # c\n  x: 1\nb: 2\n'],
  'below null': ['a: ~ # c\nb: 2\n', ['a', 'x'], 1, 'a: # c\n  x: 1\nb: 2\n'],
  'below an empty map': ['a: {}\n', ['a', 'x', 'z'], 1, 'a:\n  x:\n    z: 1\n'],
  'in braces': ['a: {x: 1, y: 2} # c\n', ['a', 'z'], 'p:q', 'a: {x: 1, y: 2, z: "p:q"} # c\n'],
  'in empty braces within braces': ['a: {x: {}}\n', ['a', 'x', 'z'], 1, 'a: {x: {z: 1}}\n'],
  'in braces over several lines': ['a: {\n  x: 1, # one\n  y: 2\n}\n', ['a', 'z'], 3, 'a: {\n  x: 1, # one\n  z: 3,\n  y: 2\n}\n'],
  'behind a last comma': ['a: [\n  x,  # one\n]\n', ['a', 1], 'z', 'a: [\n  x,  # one\n  z,\n]\n'],
  'braces in place of braces': ['a: {x: 1} # c\n', ['a'], { z: [1] }, 'a: {z: [1]} # c\n'],
  'four blanks': ['a:\n    b: 1\n', ['c', 'd'], [1], 'a:\n    b: 1\nc:\n    d:\n    - 1\n'],
  'lists as far right as in the file': ['a:\n  - 1\n', ['c', 'd'], [{ x: 1 }], 'a:\n  - 1\nc:\n  d:\n    - x: 1\n'],
  'CRLF': ['a:\r\n  b: 1\r\n', ['a', 'c'], { d: 1 }, 'a:\r\n  b: 1\r\n  c:\r\n    d: 1\r\n'],
  'no line end at the end': ['a:\n  b: 1', ['a', 'c'], 2, 'a:\n  b: 1\n  c: 2'],
  'a byte order mark': ['\uFEFFa: 1\n', ['b'], [1], '\uFEFFa: 1\nb:\n- 1\n'],
  'before the end mark': ['---\na:\n- 1\n...\n', ['b', 'c'], 2, '---\na:\n- 1\nb:\n  c: 2\n...\n'],
  'an explicit key': ['? a\n: b: 1\nc: 2\n', ['a', 'd'], 2, '? a\n: b: 1\n  d: 2\nc: 2\n'],
  'an anchor no one uses': ['a: &x {b: 1}\n', ['a', 'b'], 2, 'a: &x {b: 2}\n'],
  'in JSON on several lines': ['{\n\t"a": {\n\t\t"b": 1\n\t}\n}\n', ['a', 'c'], { d: [1] }, '{\n\t"a": {\n\t\t"c": {\n\t\t\t"d": [\n\t\t\t\t1\n\t\t\t]\n\t\t},\n\t\t"b": 1\n\t}\n}\n'],
};
describe('a value is put at its place:', () => {
  for (const [name, [before, path, value, after]] of Object.entries(SET)) {
    test(name, () => assert.equal(set(before, path, value), after));
  }
});

const REMOVED: Record<string, [before: string, path: FieldPath, pruned: string, kept: string]> = {
  'a key, its comment above stays': ['e:\n  # about a\n  a: 1 # c\n  b: 2\n', ['e', 'a'], 'e:\n  # about a\n  b: 2\n', 'e:\n  # about a\n  b: 2\n'],
  'the last key of a map': ['e: # c\n  f:\n    a: 1\nb: 2\n', ['e', 'f', 'a'], 'b: 2\n', 'e: # c\n  f: {}\nb: 2\n'],
  'the last item of a list': ['e:\n- 1\nb: 2\n', ['e', 0], 'b: 2\n', 'e: []\nb: 2\n'],
  'an item with its lines': ['l:\n- a: 1\n  b: 2\n# c\n- d\n', ['l', 0], 'l:\n# c\n- d\n', 'l:\n# c\n- d\n'],
  'the first key of an item': ['l:\n- a: 1\n  b: 2\n', ['l', 0, 'a'], 'l:\n-\n  b: 2\n', 'l:\n-\n  b: 2\n'],
  'a block with the comment that ends it': ['e:\n  a: 1\n  # b: 2\n# next\nf: 1\n', ['e'], '# next\nf: 1\n', '# next\nf: 1\n'],
  'first in braces': ['a: {x: 1, z: 2}\n', ['a', 'x'], 'a: {z: 2}\n', 'a: {z: 2}\n'],
  'last in braces': ['a: {x: 1, z: 2}\n', ['a', 'z'], 'a: {x: 1}\n', 'a: {x: 1}\n'],
  'all in braces': ['a: {x: 1}\nb: 2\n', ['a', 'x'], 'b: 2\n', 'a: {}\nb: 2\n'],
  'last in braces over lines': ['a: {\n  x: 1, # c\n  z: 2\n}\n', ['a', 'z'], 'a: {\n  x: 1, # c\n}\n', 'a: {\n  x: 1, # c\n}\n'],
  'last in JSON': ['{\n  "a": 1,\n  "b": 2\n}\n', ['b'], '{\n  "a": 1\n}\n', '{\n  "a": 1\n}\n'],
  'an anchor no one uses, with what has it': ['a: &x 1\nb: 2\n', ['a'], 'b: 2\n', 'b: 2\n'],
  'the last line, which has no end': ['a: 1\r\nb: 2', ['b'], 'a: 1', 'a: 1'],
  'the first line, behind a byte order mark': ['\uFEFFa: 1\nb: 2\n', ['a'], '\uFEFFb: 2\n', '\uFEFFb: 2\n'],
  'nothing, where nothing is': ['a: 1\nl:\n- 1\n', ['l', 1], 'a: 1\nl:\n- 1\n', 'a: 1\nl:\n- 1\n'],
};
describe('a value is taken out:', () => {
  for (const [name, [before, path, pruned, kept]] of Object.entries(REMOVED)) {
    test(name, () => {
      assert.equal(remove(before, path), pruned);
      assert.equal(remove(before, path, false), kept, 'without prune');
    });
  }
});

describe('what would change something else too, or has no place, is refused with its line:', () => {
  const refused: Record<string, [text: string, path: FieldPath, value: unknown, message: RegExp, line: number]> = {
    'below a scalar': ['a: 1\nmaxPods: 110\n', ['maxPods', 'x'], 1, /^maxPods holds 110, and nothing can stand below it$/, 2],
    'an index into a map': ['e:\n  a: 1\n', ['e', 0], 1, /^e is no list, and has no item 0$/, 2],
    'a name in a list': ['e:\n- a\n', ['e', 'a'], 1, /^e is a list, and has no field a$/, 2],
    'an index too far': ['e: [a]\n', ['e', 2], 1, /^e has 1 item, and no place for \[2\]$/, 1],
    'in what others use': ['a: &x {b: 1}\nc: *x\n', ['a', 'b'], 2, /^what a holds is used again/, 1],
    'what others use': ['a:\n  b: &x 1\nc: *x\n', ['a'], 2, /^the value of a is used again/, 2],
    'below an alias': ['a: &x {b: 1}\nc: *x\n', ['c', 'b'], 2, /^c is an alias/, 2],
    'beside a merge': ['a: &x {b: 1}\nc:\n  <<: *x\n  d: 1\n', ['c', 'd'], 2, /^the fields of c come in part from a merge key$/, 3],
    'a tag': ['a: !!float 1\n', ['a'], 'x', /^a has the tag tag:yaml.org,2002:float$/, 1],
    'a number where the tag says text': ['a: !!str 1\n', ['a'], 2, /^a has the tag tag:yaml.org,2002:str$/, 1],
    'behind a text that the end of the file ends': ['a:\n- |\n  x', ['a', 1], 'y', /^a\[1\] cannot be changed without touching/, 1],
  };
  for (const [name, [text, path, value, message, line]] of Object.entries(refused)) {
    test(name, () => {
      assert.throws(
        () => set(text, path, value),
        (error: { code: string; message: string; where: { line?: number }[] }) => {
          assert.equal(error.code, 'unusable-value');
          assert.match(error.message, message);
          if (!name.startsWith('behind')) assert.equal(error.where[0]?.line, line);
          return true;
        },
      );
    });
  }
  test('taking out what others use', () => assert.throws(() => remove('a: &x 1\nb: *x\n', ['a']), { code: 'unusable-value' }));
  test('a value that JSON has not', () => {
    for (const value of [Number.NaN, [undefined], { a: () => 1 }, '\ud800', { '\ud800': 1 }, 1n]) {
      assert.throws(() => set('a: 1\n', ['a'], value), { code: 'unusable-value' }, String(value));
    }
  });
  test('an alias itself can give way', () => assert.equal(set('a: &x {b: 1}\nc: *x\n', ['c'], { b: 2 }), 'a: &x {b: 1}\nc:\n  b: 2\n'));
});

describe('several changes are one list of edits', () => {
  const text = 'a: 1\nl:\n- x\n- w\ne:\n  k: 1\n';
  const edit = (changes: { path: FieldPath; value?: unknown }[]) => {
    const edits = editDocument(read(text), changes);
    for (const [at, each] of edits.entries()) {
      const before = edits[at - 1];
      assert.ok(!before || before.offset + before.remove <= each.offset, 'ascending, without overlap');
    }
    return applyEdits(Buffer.from(text), edits).toString();
  };
  test('of places far apart', () => {
    assert.equal(edit([{ path: ['e', 'k'], value: 2 }, { path: ['a'], value: 3 }, { path: ['b'], value: 4 }]), 'a: 3\nl:\n- x\n- w\ne:\n  k: 2\nb: 4\n');
  });
  test('of one place, one after the other', () => {
    assert.equal(edit([{ path: ['m', 'a'], value: 1 }, { path: ['m', 'b'], value: 2 }, { path: ['m', 'a'] }, { path: ['m', 'b'], value: [3] }]), `${text}m:\n  b:\n  - 3\n`);
    assert.equal(edit([{ path: ['l', 0] }, { path: ['l', 0], value: 'z' }, { path: ['l', 1], value: 'q' }]), 'a: 1\nl:\n- z\n- q\ne:\n  k: 1\n');
    assert.equal(edit([{ path: ['e', 'k'] }, { path: ['e', 'j'], value: 1 }]), 'a: 1\nl:\n- x\n- w\ne:\n  j: 1\n');
  });
  test('of one list', () => {
    assert.equal(edit([{ path: ['l'], value: ['x', 'w', 1, 2, [3]] }]), 'a: 1\nl:\n- x\n- w\n- 1\n- 2\n- - 3\ne:\n  k: 1\n');
    assert.equal(edit([{ path: ['l', 2], value: 1 }, { path: ['l', 3], value: 2 }, { path: ['l', 2] }, { path: ['l', 1], value: 'v' }]), 'a: 1\nl:\n- x\n- v\n- 2\ne:\n  k: 1\n');
    assert.equal(edit([{ path: ['l', 1] }, { path: ['l', 0] }]), 'a: 1\ne:\n  k: 1\n');
    assert.equal(edit([{ path: ['l', 0] }, { path: ['l', 1], value: 'w' }]), 'a: 1\nl:\n- w\n- w\ne:\n  k: 1\n');
  });
  test('that come to nothing are no edits', () => {
    assert.deepEqual(editDocument(read(text), [{ path: ['a'], value: 1 }, { path: ['none'] }, { path: ['l'], value: ['x', 'w'] }]), []);
  });
});

test('a hundred items that come to a long list, or go from it, cost a few readings of the file, not a hundred', () => {
  const items = Array.from({ length: 3000 }, (_, at) => at);
  const text = `l:\n${items.map((at) => `- ${at} # c\n`).join('')}`;
  for (const wanted of [[...items, ...items.slice(0, 100)], items.filter((at) => at < 100 || at > 200)]) {
    const doc = read(text);
    let readings = 0;
    const reread = (bytes: Uint8Array) => {
      readings++;
      return doc.reread(bytes);
    };
    const counted = { ...doc, reread };
    const after = applyEdits(Buffer.from(text), setValue(counted, ['l'], wanted));
    assert.deepEqual(read(after.toString()).value, { l: wanted });
    assert.ok(readings < 4, `${readings} readings`);
  }
});

test('a value is read by a path whose parts hold dots, and by the index of an item', () => {
  const doc = read('evictionHard:\n  memory.available: 1Mi\nl:\n- a: 1\n- {b: [x, y]}\n');
  assert.deepEqual(doc.get(['evictionHard', 'memory.available'])?.where, { file: FILE, line: 2, column: 21, text: '  memory.available: 1Mi', length: 3 });
  assert.equal(doc.get(['l', 1, 'b', 1])?.column, 11);
  assert.equal(doc.get(['l', 0, 'a'])?.value, 1);
  assert.equal(doc.get(['l', 2]), undefined);
});
