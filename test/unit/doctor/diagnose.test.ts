/** The order of causes, what is folded under them, and the one sentence. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { diagnose as diagnoseBy, type Diagnosis } from '../../../src/doctor/diagnose.ts';
import type { Evidence } from '../../../src/doctor/evidence.ts';
import { lastWords } from '../../../src/doctor/rules/last-words.ts';
import { manifestText } from '../../../src/doctor/rules/manifest-text.ts';
import { ended, found, healthy } from './healthy.ts';

/** Two rules are enough to see an order. */
const diagnose = (evidence: Evidence): Diagnosis => diagnoseBy(evidence, [manifestText, lastWords]);

describe('diagnose', () => {
  test('a healthy node: no cause, one sentence', () => {
    const { healthy: well, verdict, causes, warnings } = diagnose(healthy());
    assert.deepEqual([well, verdict, causes, warnings], [true, 'Nothing is wrong with cp1.', [], []]);
  });

  test('a wrong flag of the API server is the cause; the controllers that end for want of it follow from it', () => {
    const broken = ['kube-controller-manager', 'kube-scheduler'].reduce((evidence, name) => ended(evidence, name, 'leaderelection lost'), ended(found(healthy(), 'kube-apiserver', 'unknown-flag', 19), 'kube-apiserver', 'Error: unknown flag: --x'));
    const { healthy: well, causes, consequences, verdict } = diagnose(broken);
    assert.equal(well, false);
    assert.deepEqual(causes.map(({ id, component, now, where }) => [id, component, now, where[0]?.line]), [['unknown-flag', 'kube-apiserver', true, 19]]);
    assert.deepEqual(causes[0]?.evidence, ['its container has ended 5 times, last with exit status 1', 'Error: unknown flag: --x']);
    assert.deepEqual(consequences.map(({ component, because }) => [component, because]), [['kube-controller-manager', 'kube-apiserver'], ['kube-scheduler', 'kube-apiserver']]);
    assert.equal(verdict, 'The API server ends again and again: its manifest has a flag that it does not know.');
  });

  test('a manifest that is empty is told as that, and not as no YAML', () => {
    const evidence = ended(found(healthy(), 'kube-scheduler', 'invalid-yaml', 1), 'kube-scheduler', '');
    const finding = evidence.directory.entries.flatMap(({ findings }) => findings).find(({ id }) => id === 'invalid-yaml') ?? assert.fail();
    finding.message = 'it is empty';
    assert.match(diagnose(evidence).verdict, /: its manifest is empty\.$/);
    finding.message = 'it is not YAML: a key without its colon';
    assert.match(diagnose(evidence).verdict, /: its manifest is no YAML\.$/);
  });

  test('etcd comes before the API server that stands on it, and the verdict names what people miss', () => {
    const broken = ended(ended(found(healthy(), 'etcd', 'path', 20), 'etcd', 'fatal'), 'kube-apiserver', 'F1128 Error creating leases');
    const { causes, verdict } = diagnose(broken);
    assert.deepEqual(causes.map(({ component }) => component), ['etcd']);
    assert.equal(verdict, 'The API server is down, because of etcd: its manifest names a file that is not there.');
  });

  test('two faults: both, in the order of the layers', () => {
    const broken = ended(found(ended(found(healthy(), 'kube-scheduler', 'unknown-flag', 16), 'kube-scheduler', 'unknown flag'), 'etcd', 'path', 20), 'etcd', 'no such file');
    assert.deepEqual(diagnose(broken).causes.map(({ component }) => component), ['etcd', 'kube-scheduler']);
  });

  test('an error that waits for the next start is told, and is not why something is down', () => {
    const waits = found(healthy(), 'kube-apiserver', 'unknown-flag', 19);
    assert.match(diagnose(waits).verdict, /^cp1 runs, and .+ has a fault that shows at its next start: /);
    const both = ended(found(waits, 'kube-scheduler', 'path', 16), 'kube-scheduler', 'no such file');
    assert.deepEqual(diagnose(both).causes.map(({ component, now }) => [component, now]), [['kube-scheduler', true], ['kube-apiserver', false]]);
  });

  test('a controller that lost its lease while the API server was away follows from that, and is no cause', () => {
    const lost = (evidence: Evidence): Evidence => ended(evidence, 'kube-scheduler', '"leaderelection lost"');
    const back = healthy();
    Object.assign(back.pods.find(({ name }) => name === 'kube-apiserver')?.containers[0] ?? assert.fail(), { startedAt: '2026-11-28T00:59:30.000Z' });
    const { causes, verdict } = diagnose(lost(back));
    assert.deepEqual([causes, verdict], [[], 'cp1 settles: the API server was away, and kube-scheduler starts again. Look once more in half a minute.']);
    const waits = diagnose(lost(found(back, 'kube-apiserver', 'unknown-flag', 19)));
    assert.deepEqual([waits.causes.map(({ id }) => id), waits.consequences], [['unknown-flag'], [{ component: 'kube-scheduler', words: 'lost its lease, and starts again', because: 'kube-apiserver' }]]);
    // under an API server that was there all along it has a cause of its own
    assert.deepEqual(diagnose(lost(healthy())).causes.map(({ id }) => id), ['container-ends']);
  });

  test('a container that ended before its manifest became unreadable does not run: nothing starts it again', () => {
    const broken = ended(found(healthy(), 'kube-scheduler', 'invalid-yaml', 3), 'kube-scheduler', 'leaderelection lost');
    Object.assign(broken.directory.entries.find(({ name }) => name === 'kube-scheduler.yaml') ?? assert.fail(), { skipped: { why: 'invalid', detail: '' } });
    assert.match(diagnose(broken).verdict, /^The scheduler does not run: /);
  });

  test('what nothing explains is told in its own last words, as likely', () => {
    const { causes } = diagnose(ended(healthy(), 'kube-scheduler', 'panic: boom'));
    assert.deepEqual(causes.map(({ id, sure }) => [id, sure]), [['container-ends', 'likely']]);
    assert.match(causes[0]?.notes.join() ?? '', /panic: boom/);
  });
});
