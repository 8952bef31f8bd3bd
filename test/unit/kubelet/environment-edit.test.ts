import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KcfgError } from '../../../src/errors.ts';
import { applyEdits } from '../../../src/kubelet/edits.ts';
import { addFlag, editFlag } from '../../../src/kubelet/environment-edit.ts';

const FILE = '/etc/default/kubelet';
const edited = (text: string, line: number, flag: string, value?: string): string => {
  const bytes = Buffer.from(text);
  return applyEdits(bytes, editFlag(FILE, bytes, line, flag, value)).toString();
};
const added = (text: string, flag: string): string => {
  const bytes = Buffer.from(text);
  return applyEdits(bytes, addFlag(FILE, bytes, 'KUBELET_EXTRA_ARGS', flag)).toString();
};

const SET: [what: string, before: string, flag: string, value: string, after: string][] = [
  ['behind =', 'A="--max-pods=99 --v=2"\n', 'max-pods', '120', 'A="--max-pods=120 --v=2"\n'],
  ['behind a blank', 'A="--max-pods 99 --v=2"\n', 'max-pods', '120', 'A="--max-pods 120 --v=2"\n'],
  ['with _ for -', 'A="--max_pods=99"\n', 'max-pods', '120', 'A="--max_pods=120"\n'],
  ['in quotes of its own', `A="--cluster-domain='a.b' --v=2"\n`, 'cluster-domain', 'c.d', `A="--cluster-domain='c.d' --v=2"\n`],
  ['the last of two, which wins', 'A="--max-pods=1 --max-pods=2"\n', 'max-pods', '3', 'A="--max-pods=1 --max-pods=3"\n'],
  ['not one whose name only begins so', 'A="--v=2 --vmodule=a=1"\n', 'v', '4', 'A="--v=4 --vmodule=a=1"\n'],
  ['a boolean that stands alone', 'A="--anonymous-auth --v=2"\n', 'anonymous-auth', 'false', 'A="--anonymous-auth=false --v=2"\n'],
  ['a negative number', 'A="--oom-score-adj -999 --v=2"\n', 'oom-score-adj', '-998', 'A="--oom-score-adj -998 --v=2"\n'],
  ['without quotes, and a comment above', '# ours\nA=--max-pods=99\n', 'max-pods', '5', '# ours\nA=--max-pods=5\n'],
];
for (const [what, before, flag, value, after] of SET) {
  test(`a flag gets another value: ${what}`, () => assert.equal(edited(before, before.startsWith('#') ? 2 : 1, flag, value), after));
}

const TAKEN_OUT: [what: string, before: string, flag: string, after: string][] = [
  ['the first, with the blank behind', 'A="--max-pods=99 --v=2"\n', 'max-pods', 'A="--v=2"\n'],
  ['the last, with the blank before', 'A="--v=2 --max-pods=99"\n', 'max-pods', 'A="--v=2"\n'],
  ['one between', 'A="--v=2  --max-pods 99 --port=1"\n', 'max-pods', 'A="--v=2 --port=1"\n'],
  ['the only one', 'A="--max-pods=99"\n', 'max-pods', 'A=""\n'],
  ['a boolean that stands alone, and not its neighbour', 'A="--anonymous-auth --v=2"\n', 'anonymous-auth', 'A="--v=2"\n'],
];
for (const [what, before, flag, after] of TAKEN_OUT) {
  test(`a flag is taken out: ${what}`, () => assert.equal(edited(before, 1, flag), after));
}

test('only its own line is touched', () => {
  assert.equal(edited('A="--v=1"\nB="--v=2" # --v=3\nC="--v=4"\n', 1, 'v', '9'), 'A="--v=9"\nB="--v=2" # --v=3\nC="--v=4"\n');
});

test('what cannot be written for certain is refused, with the line', () => {
  for (const [text, value] of [['A="--max-pods=1"\n', 'a b'], ['A="--max-pods=1"\n', '"1"'], ['A="--max-pods=1"\n', '$X'], ['A="--port=1"\n', '5']] as const) {
    assert.throws(() => edited(text, 1, 'max-pods', value), (error) => error instanceof KcfgError && error.code === 'unusable-value' && error.where[0]?.line === 1);
  }
});

test('one more flag: at the end of the variable, in its quotes, or in a line of its own', () => {
  const flag = '--config-dir=/d';
  const table: [string, string][] = [
    ['', 'KUBELET_EXTRA_ARGS=--config-dir=/d\n'],
    ['KUBELET_EXTRA_ARGS=\n', 'KUBELET_EXTRA_ARGS=--config-dir=/d\n'],
    ['KUBELET_EXTRA_ARGS=""\n', 'KUBELET_EXTRA_ARGS="--config-dir=/d"\n'],
    ['KUBELET_EXTRA_ARGS="--v=2"\nX=1\n', 'KUBELET_EXTRA_ARGS="--v=2 --config-dir=/d"\nX=1\n'],
    ["KUBELET_EXTRA_ARGS='--v=2'", "KUBELET_EXTRA_ARGS='--v=2 --config-dir=/d'"],
    ['X=1', 'X=1\nKUBELET_EXTRA_ARGS=--config-dir=/d\n'],
    ['KUBELET_EXTRA_ARGS="--v=2 \\\n  --port=1"\n', 'KUBELET_EXTRA_ARGS="--v=2 \\\n  --port=1 --config-dir=/d"\n'],
    ['X=1\r\n', 'X=1\r\nKUBELET_EXTRA_ARGS=--config-dir=/d\r\n'],
  ];
  for (const [before, after] of table) assert.equal(added(before, flag), after);
});
