import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Outcome, Probes } from '../../../src/report/event.ts';
import { outcomeExit, outcomeLines } from '../../../src/report/outcome.ts';
import { COLOUR, PLAIN, tagged } from './styles.ts';

const probes: Probes = {
  sent: 1212,
  answered: 1212,
  ready: 1212,
  longestGapSeconds: 0,
  awaySeconds: 0,
  upBefore: true,
};
const done: Outcome = {
  transaction: '1',
  result: 'done',
  strategy: 'adopt',
  changes: [
    { file: '/var/lib/kubelet/config.yaml', field: 'staticPodPath', to: '/etc/kubernetes/static', what: 'edited' },
  ],
  checks: [],
  probes,
  restarted: [],
  seconds: 10.8,
};
const lines = (outcome: Outcome, quiet = false): string[] => outcomeLines(outcome, PLAIN, 80, quiet);

test('done: what is true now, what it cost, how to go back', () => {
  assert.deepEqual(lines(done), [
    'Done in 10.8 s. The kubelet reads its static pods from /etc/kubernetes/static.',
    'API server: 1,212 of 1,212 probes answered. Containers restarted: none.',
    'Go back: kcfg rollback 1     Release the pins: kcfg unpin',
  ]);
  assert.deepEqual(outcomeLines(done, COLOUR, 80).map(tagged), [
    '<b>Done in 10.8 s. The kubelet reads its static pods from /etc/kubernetes/static.</>',
    'API server: 1,212 of 1,212 probes answered. Containers restarted: none.',
    'Go back: <cyan>kcfg rollback 1</>     Release the pins: <cyan>kcfg unpin</>',
  ]);
});

test('with --quiet the verdict alone is left', () => {
  assert.deepEqual(lines(done, true), [
    'Done in 10.8 s. The kubelet reads its static pods from /etc/kubernetes/static.',
  ]);
});

test('recreate: how long the API server was away, which containers are new, and no pins to release', () => {
  const recreate = {
    ...done,
    strategy: 'recreate',
    restarted: ['etcd', 'kube-apiserver'],
    probes: { ...probes, answered: 1100, awaySeconds: 5.4 },
  };
  assert.deepEqual(lines(recreate).slice(1), [
    'API server away: 5.4 s. Containers started anew: etcd and kube-apiserver.',
    'Go back: kcfg rollback 1',
  ]);
});

test('a worker without static pods has no probes and no containers to tell of', () => {
  const { probes: _, ...worker } = { ...done, strategy: 'none' };
  assert.deepEqual(lines(worker).slice(1), ['Go back: kcfg rollback 1']);
  const unset = { ...worker, changes: [{ file: '/f', field: 'staticPodPath', to: '', what: 'edited' }] };
  assert.equal(lines(unset)[0], 'Done in 10.8 s. The kubelet reads no static pods.');
});

test('rolled back: the error, then calm: everything is as before, and where to read what was tried', () => {
  const back: Outcome = {
    ...done,
    transaction: '2',
    result: 'rolled-back',
    error: { code: 'verify-failed', message: 'path: still /etc/kubernetes/manifests', where: [], notes: [], help: [] },
  };
  assert.deepEqual(lines(back), [
    'error[verify-failed]: path: still /etc/kubernetes/manifests',
    'Everything is as before, byte for byte. No container restarted.',
    'API server: 1,212 of 1,212 probes answered. What was tried: kcfg show 2',
  ]);
  assert.ok(lines({ ...back, restarted: ['etcd'] }).includes('Everything is as before, byte for byte.'));
  assert.match(lines({ ...back, restarted: ['etcd'] }).at(-1) ?? '', /What was tried: kcfg show 2$/);
});

test('undecided: says who decides later, and makes no claim about probes that had no chance', () => {
  const open: Outcome = {
    ...done,
    result: 'undecided',
    probes: { ...probes, answered: 0, ready: 0, awaySeconds: 9, upBefore: false },
  };
  assert.deepEqual(lines(open), [
    'Done in 10.8 s, not yet decided: the API server does not answer.',
    'When it is back, systemd makes the checks left out, and keeps or undoes this.',
    'The API server did not answer before, nor during the change.',
    'Containers restarted: none.',
    'See how it stands: kcfg status     Go back: kcfg rollback 1',
  ]);
});

test('incomplete and unchanged end with the state of the node', () => {
  const incomplete: Outcome = { ...done, transaction: '3', result: 'incomplete' };
  assert.deepEqual(lines(incomplete), [
    'A person is needed.',
    'What stands, and both versions of each file: kcfg show 3',
    'Once that is mended, undo the rest: kcfg abort',
  ]);
  const refused: Outcome = {
    ...done,
    result: 'unchanged',
    error: { code: 'stray-file', message: 'm', where: [], notes: [], help: [] },
  };
  assert.equal(lines(refused).at(-1), 'Nothing was changed.');
});

test('every result has its exit status', () => {
  const exits = (['done', 'unchanged', 'on-trial', 'undecided', 'rolled-back', 'incomplete'] as const).map((result) =>
    outcomeExit({ ...done, result }),
  );
  assert.deepEqual(exits, [0, 0, 0, 8, 5, 6]);
  const refused = { code: 'relative-path', message: '', where: [], notes: [], help: [] } as const;
  assert.equal(outcomeExit({ ...done, result: 'unchanged', error: { ...refused, where: [], notes: [], help: [] } }), 4);
});
