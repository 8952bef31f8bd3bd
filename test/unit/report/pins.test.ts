import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Edited } from '../../../src/node/edited-since.ts';
import type { Observed, StaticPod } from '../../../src/node/observed.ts';
import { manifestWords, nextOfPins, pinWords, waiting, waitingFacts, waitingVerdict } from '../../../src/report/pins.ts';
import type { PinOf } from '../../../src/transaction/pin-records.ts';

const NOW = new Date(2026, 10, 27, 12, 0, 0);
const pod = (name: string, pin?: StaticPod['pin']): StaticPod => ({ fullName: `${name}-cp1`, name, namespace: 'kube-system', manifest: `${name}.yaml`, state: 'running', ready: true, sandboxes: 1, containers: [], ...(pin === undefined ? {} : { pin }) });
const pin = (more: Partial<PinOf> = {}): PinOf => ({ change: '3', node: 'cp1', ...more });
const ago = (seconds: number): string => new Date(NOW.getTime() - seconds * 1000).toISOString();

test('the age of a pin, from its record, else the day in its mark, else nothing', () => {
  const of = (more: Partial<PinOf>): string => pinWords(pod('etcd', 'kcfg'), pin(more), NOW);
  assert.equal(of({ since: ago(41) }), 'pinned, 41 s');
  assert.equal(of({ since: ago(3 * 3600 + 720) }), 'pinned, 3 h');
  assert.equal(of({ since: ago(41 * 86_400) }), 'pinned, 41 days');
  assert.equal(of({ day: '2026-11-27' }), 'pinned, today');
  assert.equal(of({ day: '2026-11-26' }), 'pinned, 1 day');
  assert.equal(of({ day: '2026-10-17' }), 'pinned, 41 days');
  assert.equal(of({}), 'pinned');
  assert.equal(pinWords(pod('etcd'), undefined, NOW), 'none');
  assert.equal(pinWords(pod('etcd', 'foreign'), undefined, NOW), 'uid set, not by kcfg');
});

test('what of a manifest waits', () => {
  const edited = (lines: number[], at = new Date(2026, 10, 27, 11, 50)): Edited => ({ at: at.toISOString(), lines, waits: true });
  assert.equal(manifestWords(undefined, NOW), 'as running');
  assert.equal(manifestWords(edited([20]), NOW), 'edited 11:50, line 20 waits');
  assert.equal(manifestWords(edited([20, 24]), NOW), 'edited 11:50, lines 20 and 24 wait');
  assert.equal(manifestWords(edited([1, 2, 3, 4]), NOW), 'edited 11:50, 4 lines wait');
  assert.equal(manifestWords(edited([20], new Date(2026, 10, 25, 9, 0)), NOW), 'edited 2026-11-25, line 20 waits');
  assert.equal(manifestWords({ at: new Date(2026, 10, 27, 11, 50).toISOString(), lines: [] }, NOW), 'edited 11:50, not known if in force');
});

test('the verdict, and the command that puts the edit in force, with its price', () => {
  const pods = ['etcd', 'kube-apiserver', 'kube-scheduler'].map((name) => pod(name, 'kcfg'));
  const observed = { pods } as unknown as Observed;
  const with_ = (...names: string[]) => ({ pins: new Map<string, PinOf>(), edited: new Map(names.map((name): [string, Edited] => [`${name}-cp1`, { at: ago(600), lines: [20], waits: true }])) });
  const next = (...names: string[]) => nextOfPins(observed, with_(...names))[0];
  assert.deepEqual(next('kube-apiserver'), ['kcfg unpin kube-apiserver', 'put line 20 in force, API away about 5 s']);
  assert.deepEqual(next('kube-scheduler'), ['kcfg unpin kube-scheduler', 'put line 20 in force']);
  assert.deepEqual(next('etcd', 'kube-scheduler'), ['kcfg unpin etcd kube-scheduler', 'put the edits in force, API away about 5 s']);
  assert.deepEqual(next(), ['kcfg unpin', 'release the pins, API away about 5 s']);
  assert.equal(waitingVerdict(waiting(observed, with_('etcd'))), 'one edit of a pinned manifest is not in force');
  assert.equal(waitingVerdict(waiting(observed, with_('etcd', 'kube-scheduler'))), 'edits of 2 pinned manifests are not in force');
  assert.deepEqual(waitingFacts(observed, with_('etcd'), NOW), [['etcd.yaml is pinned, edited 11:50, line 20 waits', 'kcfg unpin etcd']]);
});
