import assert from 'node:assert/strict';
import { test } from 'node:test';
import { applyEdits } from '../../../src/kubelet/edits.ts';
import { argumentLines, changedFields, isTakenUp } from '../../../src/manifests/edited.ts';
import { pinEdits } from '../../../src/manifests/pin.ts';
import { KUBEADM, SHAPES } from './shapes.ts';

const FILE = '/etc/kubernetes/static/kube-apiserver.yaml';
const PIN = { change: '7', uid: '7d3f0b5c2e9a41d68c05f1e2ab94c730', node: 'cp1', date: '2026-11-27' };
const pinned = (text: string): string => applyEdits(Buffer.from(text), pinEdits(FILE, Buffer.from(text), PIN)).toString();
const TEXT = pinned(KUBEADM);
const changes = (now: string, born = KUBEADM) => changedFields(FILE, Buffer.from(born), Buffer.from(now));
const line = (text: string, part: string): number => text.split('\n').findIndex((each) => each.includes(part)) + 1;

test('a pin, comments, blank lines, quotes and the order of keys change nothing', () => {
  assert.deepEqual(changes(TEXT), []);
  assert.deepEqual(changes(TEXT.replace('spec:\n', '# why\nspec: # mine\n\n')), []);
  assert.deepEqual(changes(TEXT.replace('kind: Pod\n', '').replace('metadata:', "kind: 'Pod'\nmetadata:")), []);
  for (const [name, text] of Object.entries(SHAPES)) assert.deepEqual(changes(pinned(text), text), [], name);
});

test('each changed argument is named by its line, and what stands around it is not', () => {
  const [flag] = KUBEADM.match(/- --[a-z-]+=.*/) ?? assert.fail();
  const edited = TEXT.replace(flag, `${flag}0`);
  const place = { container: 'kube-apiserver', field: 'command' };
  assert.deepEqual(changes(edited).map(({ line, container, field }) => ({ line, container, field })), [{ line: line(edited, `${flag}0`), ...place }]);
  const added = TEXT.replace(flag, `${flag}\n    - --v=4`);
  assert.deepEqual(changes(added).map((change) => change.line), [line(added, '--v=4')]);
  const gone = TEXT.replace(`    ${flag}\n`, '');
  assert.deepEqual(changes(gone).map((change) => [change.line, change.field]), [[line(TEXT, flag), 'command']]);
});

test('a field of the container, one of the pod, and one that is gone', () => {
  const image = TEXT.replace(/image: .*/, 'image: other:1');
  assert.deepEqual(changes(image).map(({ field, line: at }) => [field, at]), [['image', line(image, 'image: other:1')]]);
  const env = TEXT.replace(/( +)image: /, '$1env:\n$1- name: A\n$1  value: b\n$1image: ');
  assert.deepEqual(changes(env).map(({ field, line: at }) => [field, at]), [['env', line(env, 'env:')]]);
  const spec = TEXT.replace('spec:\n', 'spec:\n  priority: 7\n');
  assert.deepEqual(changes(spec).map(({ container, field }) => [container, field]), [[undefined, 'priority']]);
  assert.deepEqual(changes(TEXT, spec).map(({ container, field, line: at }) => [container, field, at]), [[undefined, 'priority', line(TEXT, 'spec:')]]);
  const label = TEXT.replace('labels:\n', 'labels:\n    more: yes-it-is\n');
  assert.deepEqual(changes(label).map(({ field, line: at }) => [field, at]), [['metadata', line(label, 'more:')]]);
});

test('what waits depends on the kubelet', () => {
  const of = (field: string, container?: string) => ({ field, ...(container === undefined ? {} : { container }) });
  for (const minor of [31, 34, 36, 37]) {
    assert.equal(isTakenUp(of('image', 'c'), minor), true);
    assert.equal(isTakenUp(of('command', 'c'), minor), false);
    assert.equal(isTakenUp(of('resources', 'c'), minor), minor >= 36);
    assert.equal(isTakenUp(of('volumes'), minor), false);
    assert.equal(isTakenUp(of('metadata'), minor), false);
    assert.equal(isTakenUp(of('hostNetwork'), minor), true);
  }
  assert.equal(isTakenUp(of('command', 'c'), 30), true, 'the hash was of the whole container');
  assert.equal(isTakenUp(of('volumes'), 30), false);
});

test('against a process: the lines of the arguments that it does not have', () => {
  const argv = [...KUBEADM.matchAll(/^ +- (kube-apiserver|--.*)$/gm)].map(([, word]) => word ?? '');
  const look = (text: string) => argumentLines(FILE, Buffer.from(text), 'kube-apiserver', argv);
  assert.deepEqual(look(TEXT), []);
  const edited = TEXT.replace(/(- kube-apiserver\n)( +)/, '$1$2- --v=4\n$2');
  assert.deepEqual(look(edited), [line(edited, '--v=4')]);
});
