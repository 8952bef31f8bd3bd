import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type Reading, readStaticPods } from '../../../src/sandbox/static-pods.ts';

const pod = (name: string, more = ''): string =>
  `apiVersion: v1\nkind: Pod\nmetadata:\n  name: ${name}\n${more}spec:\n  containers:\n  - name: c\n    image: i\n`;

function tree(t: TestContext, files: Record<string, string>): { root: string; read(path?: string, nodeName?: string): Reading } {
  const root = mkdtempSync(join(tmpdir(), 'kcfg-'));
  t.after(() => rmSync(root, { recursive: true }));
  mkdirSync(join(root, 'etc/m'), { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(root, 'etc/m', name), text);
  return { root, read: (path = '/etc/m', nodeName = 'cp1') => readStaticPods(root, path, { nodeName, ignorePins: false }) };
}
const uids = (reading: Reading): string[] => [...reading.pods.values()].map(({ uid }) => uid);

test('every name without a leading dot is read, whatever its ending; directories are named and passed over', (t) => {
  const { root, read } = tree(t, { 'a.yaml': pod('a'), 'b.yaml.bak': pod('b'), README: pod('c'), '.d.yaml': pod('d') });
  mkdirSync(join(root, 'etc/m/sub'));
  const { pods, complaints } = read();
  assert.deepEqual([...pods.keys()], ['README', 'a.yaml', 'b.yaml.bak']);
  assert.deepEqual(complaints, [
    ['Provided manifest path is a directory, not recursing into manifest path', 'path="/etc/m/sub"'],
  ]);
});

test('the UID follows content, node and the text of the path, and nothing else', (t) => {
  const { root, read } = tree(t, { 'a.yaml': pod('a') });
  const [uid] = uids(read());
  assert.match(uid ?? '', /^[0-9a-f]{32}$/);
  symlinkSync('/etc/m', join(root, 'etc/n'));
  assert.notEqual(uids(read('/etc/n'))[0], uid);
  assert.notEqual(uids(read('/etc/m', 'cp2'))[0], uid);
  writeFileSync(join(root, 'etc/m/a.yaml'), `# a comment\n${pod('a')}`);
  assert.equal(uids(read())[0], uid);
  writeFileSync(join(root, 'etc/m/a.yaml'), pod('a', '  uid: ""\n'));
  assert.equal(uids(read())[0], uid);
  writeFileSync(join(root, 'etc/m/a.yaml'), pod('a', '  labels: {x: y}\n'));
  assert.notEqual(uids(read())[0], uid);
});

test('metadata.uid is the UID, at any path', (t) => {
  const { root, read } = tree(t, { 'a.yaml': pod('a', '  uid: f0f0\n') });
  symlinkSync('/etc/m', join(root, 'etc/n'));
  assert.deepEqual([...uids(read()), ...uids(read('/etc/n'))], ['f0f0', 'f0f0']);
});

test('a bad file is named and does not hinder the others', (t) => {
  const { read } = tree(t, {
    'a.yaml': 'kind: Pod\nmetadata;\n  name: a\n',
    'b.yaml': pod('b'),
    'c.yaml': '',
    'd.yaml': 'kind: List\n',
  });
  const { pods, complaints } = read();
  assert.deepEqual([...pods.keys()], ['b.yaml']);
  assert.deepEqual(
    complaints.map(([message]) => message),
    Array(3).fill('Could not process manifest file'),
  );
});

test('of several documents only the first counts, of duplicate keys the last', (t) => {
  const { read } = tree(t, {
    'a.yaml': `${pod('a')}---\n${pod('b')}`,
    'c.yaml': pod('x').replace('  name: x\n', '  name: x\n  name: c\n'),
  });
  assert.deepEqual(
    [...read().pods.values()].map(({ fullName }) => fullName),
    ['a-cp1', 'c-cp1'],
  );
});

test('missing is not the same as unreadable', (t) => {
  const { root, read } = tree(t, {});
  assert.equal(read('/etc/none').found, 'missing');
  symlinkSync('/etc/y', join(root, 'etc/x'));
  symlinkSync('/etc/x', join(root, 'etc/y'));
  assert.equal(read('/etc/x').found, 'unreadable');
  assert.match(read('/etc/x').complaints[0]?.[1] ?? '', /too many levels of symbolic links/);
});
