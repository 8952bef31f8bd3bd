/** Whatever the configuration looks like: set then read gives the value, all other bytes stay, and there is a way back. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readConfig, setScalar } from '../../../src/kubelet/document.ts';
import { applyEdits, invertEdits } from '../../../src/kubelet/edits.ts';

const comment = fc.constantFrom('', ' ', ' # c', '\t# 한글: "x', '   #');
const value = fc.constantFrom('1', 'x', '"q"', "'s'", '', '~', '[1, 2]', '{a: b}', 'a#b', '한글 값', '10.0.0.1', '&x y');
const block = fc.constantFrom('\n  k: v\n', '\n- 1\n- 2 # c\n', ' |\n  t\n', ' >-\n  t\n  # no comment\n', '\n  # c\n  k:\n   - l: m\n');
const name = fc.constantFrom('a', 'b', 'c', 'd', 'e');
const line = fc.oneof(
  fc.tuple(name, value, comment).map(([k, v, c]) => `${k}: ${v}${c}\n`),
  fc.tuple(name, block).map(([k, b]) => `${k}:${b}`),
);
const noise = fc.constantFrom('', '', '\n', '# c: d\n', '   \n', '  # indented\n');
const present = fc.tuple(fc.constantFrom('/a', '"/a"', "'/a'", '', '~', '&y /a', '!!str 1', '|\n  /a', '>-\n  /a\n  b'), comment);
const document = fc
  .record({
    lines: fc.uniqueArray(line, { selector: (l) => l[0], maxLength: 5 }),
    noise: fc.array(noise, { minLength: 7, maxLength: 7 }),
    present: fc.option(present),
    at: fc.nat(5),
    head: fc.constantFrom('', '---\n', '# top\n', '\uFEFF'),
    foot: fc.constantFrom('', '...\n', '---\nother: [\n'),
    crlf: fc.boolean(),
    open: fc.boolean(),
  })
  .map((d) => {
    const lines = [...d.lines];
    const [old, behind] = d.present ?? [];
    const own = old?.includes('\n') ? old : `${old}${behind}`;
    if (d.present) lines.splice(Math.min(d.at, lines.length), 0, `staticPodPath: ${own}\n`);
    const text = `${d.head}kind: K\n${lines.map((l, i) => d.noise[i] + l).join('')}${d.noise[6]}${d.foot}`;
    const ended = d.open ? text.replace(/\n+$/, '') : text;
    return d.crlf ? ended.replaceAll('\n', '\r\n') : ended;
  });
const wanted = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 10 }),
  fc.constantFrom('/etc/kubernetes/static', '/한/글', 'a: b', 'a #b', 'y', 'no', '0o7', '1_0', '1:30', '-', '?x', '@a', 'a:', ' a', '', 'null', '~', '0x1f', '12e5', '<<', '*a', '\u2028', '2001-01-01', '.inf', '...', '---', 'a\tb', "it's", '\\'),
);

test('set then read gives the value, every other byte is the same, and inverting gives the first bytes', () => {
  fc.assert(
    fc.property(document, wanted, (text, path) => {
      const bytes = Buffer.from(text);
      const before = readConfig('f', bytes);
      const edits = setScalar(before, 'staticPodPath', path);
      const result = applyEdits(bytes, edits);
      const after = readConfig('f', result);
      assert.equal(after.get('staticPodPath')?.value, path);
      assert.deepEqual({ ...after.value, staticPodPath: null }, { ...before.value, staticPodPath: null });
      assert.deepEqual(applyEdits(result, invertEdits(bytes, edits)), bytes);
      // all that goes is the old value, all that comes is the new one, or a line of its own
      const old = before.get('staticPodPath');
      const removed = edits.map((e) => bytes.subarray(e.offset, e.offset + e.remove).toString()).join('');
      const added = edits.map((e) => e.insert).join('');
      if (edits.length > 0) assert.equal(removed.replace(/\s/g, ''), old?.text.replace(/\s/g, '') ?? '');
      if (old) assert.doesNotMatch(added, /\n/);
      else assert.match(added, /^(\r?\n)?staticPodPath: [^\n]+(\r?\n)?$/);
    }),
    { numRuns: 400 },
  );
});
