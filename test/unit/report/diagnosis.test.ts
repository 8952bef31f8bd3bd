/** What a person reads of a diagnosis: local times, one line for a dozen of one kind, and no secret of a file that is set aside. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Cause } from '../../../src/doctor/cause.ts';
import { diagnose } from '../../../src/doctor/diagnose.ts';
import { diagnosisLines } from '../../../src/report/diagnosis.ts';
import { localTimes } from '../../../src/report/local-times.ts';
import { healthy } from '../doctor/healthy.ts';
import { PLAIN } from './styles.ts';

const FILE = '/etc/kubernetes/manifests/kube-apiserver.yaml';
const cause = (says: Partial<Cause>): Cause => ({ id: 'x', severity: 'error', message: 'broken', where: [], notes: [], help: [], component: 'kube-apiserver', layer: 'kube-apiserver', verdict: 'it is broken', sure: 'certain', now: true, evidence: [], ...says });

function lines(...causes: Cause[]): string[] {
  const evidence = healthy();
  return diagnosisLines(diagnose(evidence, [{ about: '', find: () => causes }]), evidence, { style: PLAIN, columns: 80, verbose: false, quiet: false, elsewhere: false, text: () => Buffer.from('env: swordfish\n') });
}

test('times are local: of today with the word, of another day with its date; quoted words of programs stay', () => {
  const at = new Date(2026, 10, 28, 9, 14, 36);
  const now = new Date(2026, 10, 28, 12).toISOString();
  assert.equal(localTimes(`ended ${at.toISOString()}, and`, now), 'ended today 09:14:36, and');
  assert.equal(localTimes(`written ${new Date(2026, 9, 18, 2, 8).toISOString()}`, now), 'written 2026-10-18 02:08');
  assert.equal(localTimes('current time 2026-11-28T02:09:00Z is after 2026-11-22T00:00:00Z', now), 'current time 2026-11-28T02:09:00Z is after 2026-11-22T00:00:00Z');
});

test('what a misspelt field takes with it is one line of its part, and fits 80 columns', () => {
  const paths = ['a', 'b', 'c'].map((name) => cause({ id: 'path-unmounted', message: name, verdict: 'its manifest names a file that it does not mount', under: 'unknown-field' }));
  const told = lines(...paths, cause({ id: 'unknown-field', verdict: 'its manifest has a field that no Pod has' }));
  const follows = told.slice(told.indexOf('Follows from it, and ends with it') + 1);
  assert.match(follows.slice(0, 2).join(' ').replaceAll(/ +/g, ' '), /kube-apiserver its manifest names a file that it does not mount, and 2 more like it/);
  assert.equal(told.filter((line) => line.includes('does not mount')).length, 1);
  assert.ok(told.every((line) => line.length <= 80), told.join('\n'));
  assert.match(told[0] ?? '', /its manifest has a field that no Pod has\.$/);
});

test('--verbose says what was looked for and holds, and no rule that found something is among it', () => {
  const evidence = healthy();
  const told = diagnosisLines(diagnose(evidence, [{ about: 'tokens are checked', find: () => [] }, { about: 'ports are free', find: () => [cause({})] }]), evidence, { style: PLAIN, columns: 80, verbose: true, quiet: false, elsewhere: false, text: () => undefined });
  const held = told.slice(told.indexOf('1 check holds'));
  assert.deepEqual(held.slice(0, 2), ['1 check holds', '  ✓ tokens are checked']);
  assert.ok(!told.join('\n').includes('ports are free'));
});

test('a warning that ends with its cause is not told beside it', () => {
  const told = lines(cause({ id: 'unknown-field' }), cause({ id: 'unused-volume', severity: 'warning', now: false, message: 'no container mounts it', under: 'unknown-field' }));
  assert.ok(!told.join('\n').includes('no container mounts it'));
});

test('of a file that is set aside the name is shown, and nothing of what is in it', () => {
  const told = lines(cause({ fix: { kind: 'set-aside', file: FILE, sha256: '', why: 'a second file' } })).join('\n');
  assert.match(told, /kube-apiserver\.yaml {5}set aside/);
  assert.ok(!told.includes('swordfish'));
});

test('words of the container that a note has already are not said twice', () => {
  const told = lines(cause({ notes: ['it says: leaderelection lost'], evidence: ['leaderelection lost', `ended ${healthy().at}`] }));
  assert.equal(told.filter((line) => line.includes('leaderelection lost')).length, 1);
  assert.ok(told.some((line) => /^note: ended today \d\d:\d\d:\d\d$/.test(line)), told.join('\n'));
});
