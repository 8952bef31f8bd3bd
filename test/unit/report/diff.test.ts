import assert from 'node:assert/strict';
import { test } from 'node:test';
import { diffLines, type FileDiff } from '../../../src/report/diff.ts';
import { COLOUR, PLAIN, tagged } from './styles.ts';

const OLD = '/etc/kubernetes/manifests';
const NEW = '/etc/kubernetes/static';

/** A copy of a manifest, pinned as kcfg pins it. */
export function pinnedCopy(name: string, uid: string): FileDiff {
  const head = `apiVersion: v1\nkind: Pod\nmetadata:\n  name: ${name}\n`;
  const tail = `spec:\n  containers: []\n  password: secret\n`;
  const mark = `  # Pinned by kcfg, change 1\n  # Edit: kcfg unpin ${name}\n  uid: ${uid}\n`;
  return { path: `${NEW}/${name}.yaml`, copyOf: `${OLD}/${name}.yaml`, before: head + tail, after: head + mark + tail };
}
const config: FileDiff = {
  path: '/var/lib/kubelet/config.yaml',
  before: `# 설정\nmaxPods: 110\nstaticPodPath: ${OLD}   \nx: 1\n`,
  after: `# 설정\nmaxPods: 110\nstaticPodPath: ${NEW}   \nx: 1\n`,
};

test('an edited file shows only the lines that change, with their numbers', () => {
  assert.deepEqual(diffLines([config], PLAIN, 80), [
    '  /var/lib/kubelet/config.yaml',
    '     3 - staticPodPath: /etc/kubernetes/manifests',
    '     3 + staticPodPath: /etc/kubernetes/static',
  ]);
});

test('removed is red, added green, and the changed word bold', () => {
  const lines = diffLines([config], COLOUR, 80).map(tagged);
  assert.match(
    lines[1] ?? '',
    /^ {5}3 <red>-<\/> <red>staticPodPath: \/etc\/kubernetes\/<\/><red><b>manifests<\/><\/>/,
  );
  assert.match(lines[2] ?? '', /^ {5}3 <green>\+<\/> .*<green><b>static<\/><\/>/);
});

test('numbers of removed lines count in the old file, of added ones in the new', () => {
  const file = { path: '/f', before: 'a\nb\nc\nd\n', after: 'new\na\nc\nD\n' };
  assert.deepEqual(diffLines([file], PLAIN, 80).slice(1), ['     1 + new', '     2 - b', '     4 - d', '     4 + D']);
});

test('of copies only the inserted lines are shown, and alike ones are told in one sentence', () => {
  const files = [
    pinnedCopy('kube-apiserver', '7d3f0b5c2e9a41d68c05f1e2ab94c730'),
    pinnedCopy('etcd', '1d3f0b5c2e9a41d68c05f1e2ab94c731'),
    pinnedCopy('kube-controller-manager', '2d3f0b5c2e9a41d68c05f1e2ab94c732'),
    pinnedCopy('kube-scheduler', '3d3f0b5c2e9a41d68c05f1e2ab94c733'),
  ];
  assert.deepEqual(diffLines(files, PLAIN, 80), [
    '  /etc/kubernetes/static/kube-apiserver.yaml     copy, and 3 lines',
    '     5 +   # Pinned by kcfg, change 1',
    '     6 +   # Edit: kcfg unpin kube-apiserver',
    '     7 +   uid: 7d3f0b5c2e9a41d68c05f1e2ab94c730',
    '  and the same 3 lines, each with its own UID, in etcd.yaml,',
    '  kube-controller-manager.yaml and kube-scheduler.yaml',
  ]);
  assert.equal(diffLines(files, PLAIN, 80, false).filter((line) => line.includes('copy, and 3 lines')).length, 4);
});

test('a UID that has to be quoted makes no other copy of it', () => {
  const files = [pinnedCopy('etcd', '"01d9af528de12c16ab58f7031ef53103"'), pinnedCopy('kube-scheduler', '3d3f0b5c2e9a41d68c05f1e2ab94c733')];
  assert.equal(diffLines(files, PLAIN, 80).at(-1), '  and the same 3 lines, each with its own UID, in kube-scheduler.yaml');
});

test('a copy that got other lines is never folded away', () => {
  const odd = pinnedCopy('etcd', '1d3f0b5c2e9a41d68c05f1e2ab94c731');
  const files = [
    pinnedCopy('kube-apiserver', '7d3f0b5c2e9a41d68c05f1e2ab94c730'),
    { ...odd, after: `${odd.after}more: x\n` },
  ];
  assert.ok(diffLines(files, PLAIN, 80).includes('     11 + more: x'.replace('     11', '    11')));
  assert.ok(diffLines(files, PLAIN, 80).includes('  /etc/kubernetes/static/etcd.yaml     copy, and 4 lines'));
});

test('CRLF, a missing newline at the end, new files and files that go', () => {
  assert.deepEqual(diffLines([{ path: '/f', before: 'a: 1\r\nb: 2', after: 'a: 1\r\nb: 2\r\nc: 3' }], PLAIN, 80), [
    '  /f',
    '     3 + c: 3',
  ]);
  assert.deepEqual(diffLines([{ path: '/f', after: 'a: 1\n' }], PLAIN, 80), ['  /f     new', '     1 + a: 1']);
  assert.equal(diffLines([{ path: '/f', before: 'a: 1\n' }], PLAIN, 80)[0], '  /f     removed');
  assert.deepEqual(
    diffLines(
      [
        { path: '/n/a', copyOf: '/o/a', before: 'x\n', after: 'x\n' },
        { path: '/n/b', copyOf: '/o/b', before: 'y\n', after: 'y\n' },
      ],
      PLAIN,
      80,
    ),
    ['  /n/a     copy, unchanged', '  and, unchanged too, b'],
  );
});
