/** What monitoring reads of a node: a text that Prometheus takes, the same for the same node, and nothing that is not known. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Observed, StaticPod } from '../../../src/node/observed.ts';
import { exposition } from '../../../src/report/exposition.ts';
import { type Measured, metricsOf } from '../../../src/report/metrics.ts';
import { readExposition, type Series, valueIn } from './read-exposition.ts';

const pod = (name: string, more: Partial<StaticPod> = {}): StaticPod => ({ fullName: `${name}-cp1`, name, namespace: 'kube-system', manifest: `${name}.yaml`, state: 'running', ready: true, sandboxes: 1, containers: [], ...more });
const PODS = [pod('kube-apiserver', { pin: 'kcfg' }), pod('etcd', { pin: 'kcfg' }), pod('web', { pin: 'foreign', state: 'starting', ready: false })];
const at = (text: string): number => Date.parse(text) / 1000;
const [SET, EDITED] = ['2026-11-27T09:14:21.500Z', '2026-11-27T11:50:00Z'];

const observed = (more: Partial<Observed> = {}): Observed => ({ node: { name: 'cp1', role: 'control plane' }, kubelet: { version: '1.37.2', active: true, startedAt: SET }, runtime: { name: 'containerd', version: '2.4.2', endpoint: '' }, directory: { path: '/etc/kubernetes/manifests', entries: [] }, pods: PODS, apiAnswers: true, ...more }) as unknown as Observed;
const measured = (more: Partial<Measured> = {}): Measured => ({ version: '0.1.0', readable: true, observed: observed(), healthy: true, drift: [], pins: { pins: new Map(), edited: new Map() }, changes: {}, certificates: [], ...more });
const text = (more: Partial<Measured> = {}): string => exposition(metricsOf(measured(more)));
const series = (more: Partial<Measured> = {}): Series[] => readExposition(text(more));
const named = (all: readonly Series[], name: string): Series[] => all.filter((one) => one.name === name);

test('a node that is well', () => {
  const all = series();
  assert.equal(valueIn(all, 'kcfg_build_info', { version: '0.1.0' }), 1);
  assert.equal(valueIn(all, 'kcfg_node_info', { nodename: 'cp1', role: 'control plane' }), 1);
  assert.equal(valueIn(all, 'kcfg_node_readable'), 1);
  assert.equal(valueIn(all, 'kcfg_kubelet_active'), 1);
  assert.equal(valueIn(all, 'kcfg_kubelet_start_time_seconds'), at(SET));
  assert.equal(valueIn(all, 'kcfg_drifted_fields'), 0);
  assert.deepEqual(named(all, 'kcfg_static_pods').map(({ labels, value }) => [labels.state, value]), [['no-manifest', 0], ['running', 2], ['starting', 1], ['stopped', 0]]);
  assert.deepEqual(named(all, 'kcfg_change_pending').map(({ value }) => value), [0, 0, 0, 0, 0]);
});

test('what is not known is missing, and never 0', () => {
  const { drift: _, pins: __, changes: ___, healthy: ____, ...rest } = measured({ readable: false, observed: observed({ kubelet: { active: false } as Observed['kubelet'] }) });
  const all = readExposition(exposition(metricsOf(rest)));
  assert.equal(valueIn(all, 'kcfg_node_readable'), 0);
  assert.equal(valueIn(all, 'kcfg_kubelet_active'), 0);
  for (const name of ['kcfg_drifted_fields', 'kcfg_kubelet_healthy', 'kcfg_kubelet_info', 'kcfg_kubelet_start_time_seconds', 'kcfg_pin_edit_waiting', 'kcfg_change_pending', 'kcfg_last_change_info', 'kcfg_etcd_members']) assert.deepEqual(named(all, name), [], name);
});

test('a runtime that does not answer: pods are neither up nor down, and an edit neither in force nor not', () => {
  const { runtime: _, ...rest } = observed();
  const all = series({ observed: rest });
  assert.equal(valueIn(all, 'kcfg_runtime_answers'), 0);
  for (const name of ['kcfg_static_pods', 'kcfg_static_pod_ready', 'kcfg_pin_edit_waiting']) assert.deepEqual(named(all, name), [], name);
  assert.equal(valueIn(all, 'kcfg_pinned_static_pods', { by: 'kcfg' }), 2);
});

test('drift by field, and how many', () => {
  const all = series({ drift: ['maxPods', 'evictionHard.memory.available'] });
  assert.equal(valueIn(all, 'kcfg_drifted_fields'), 2);
  assert.deepEqual(named(all, 'kcfg_field_drifted').map(({ labels }) => labels.field), ['evictionHard.memory.available', 'maxPods']);
});

test('a pin has its age, its edit that waits, and what cannot be told of it is missing', () => {
  const pins = new Map([['kube-apiserver-cp1', { change: '3', node: 'cp1', since: SET }], ['etcd-cp1', { change: '3', node: 'cp1', day: '2026-11-26' }]]);
  const edited = new Map([['kube-apiserver-cp1', { at: EDITED, lines: [20], waits: true as const }], ['web-cp1', { at: EDITED, lines: [] }]]);
  const all = series({ pins: { pins, edited } });
  const of = (name: string, pod: string): number | undefined => valueIn(all, name, { static_pod: `kube-system/${pod}` });
  assert.equal(valueIn(all, 'kcfg_pinned_static_pods', { by: 'kcfg' }), 2);
  assert.equal(valueIn(all, 'kcfg_pinned_static_pods', { by: 'other' }), 1);
  assert.equal(of('kcfg_pin_timestamp_seconds', 'kube-apiserver'), at(SET));
  assert.equal(of('kcfg_pin_timestamp_seconds', 'etcd'), new Date(2026, 10, 26).getTime() / 1000);
  assert.equal(of('kcfg_pin_timestamp_seconds', 'web'), undefined);
  assert.deepEqual(['kube-apiserver', 'etcd', 'web'].map((name) => of('kcfg_pin_edit_waiting', name)), [1, 0, undefined]);
  assert.deepEqual(['kube-apiserver', 'etcd', 'web'].map((name) => of('kcfg_pin_edited_timestamp_seconds', name)), [at(EDITED), undefined, at(EDITED)]);
});

test('a change on trial with its deadline, and the last one with its result', () => {
  const all = series({ changes: { pending: { id: '4', kind: 'on-trial', until: EDITED, login: '7' }, last: { id: '3', at: SET, result: 'undone' } } });
  assert.deepEqual(named(all, 'kcfg_change_pending').filter(({ value }) => value === 1).map(({ labels }) => labels.state), ['on-trial']);
  assert.equal(valueIn(all, 'kcfg_trial_end_timestamp_seconds'), at(EDITED));
  assert.equal(valueIn(all, 'kcfg_last_change_info', { change: '3', result: 'undone' }), 1);
  assert.equal(valueIn(all, 'kcfg_last_change_timestamp_seconds'), at(SET));
  assert.equal(valueIn(series({ changes: { pending: { id: '4', kind: 'incomplete' } } }), 'kcfg_change_pending', { state: 'incomplete' }), 1);
});

test('certificates with who renews them, and etcd as this member sees it', () => {
  const certificates = [{ file: '/etc/kubernetes/pki/ca.crt', role: 'cluster CA', notAfter: EDITED }, { file: '/etc/kubernetes/pki/apiserver.crt', role: 'kube-apiserver', notAfter: SET, renewedBy: 'kubeadm' as const }];
  const all = series({ certificates, observed: observed({ etcd: { members: 3, connected: 1, hasLeader: true } }) });
  assert.deepEqual(named(all, 'kcfg_certificate_expiration_timestamp_seconds').map(({ labels, value }) => [labels.role, labels.renewed_by, value]), [['kube-apiserver', 'kubeadm', at(SET)], ['cluster CA', undefined, at(EDITED)]]);
  assert.deepEqual(['members', 'peers_connected', 'has_leader'].map((name) => valueIn(all, `kcfg_etcd_${name}`)), [3, 1, 1]);
});

test('names that a label cannot have as they are come out as they went in', () => {
  const name = 'a"b\\c\nd{e="f"},\\n ü';
  const all = series({ observed: observed({ node: { name, role: 'worker' } as Observed['node'] }), drift: [name] });
  assert.equal(named(all, 'kcfg_node_info')[0]?.labels.nodename, name);
  assert.equal(named(all, 'kcfg_field_drifted')[0]?.labels.field, name);
});

test('two files for one pod, and another order of pods, change nothing', () => {
  const again = observed({ pods: [...PODS].reverse().concat(PODS[0] ?? []) });
  const state = /^kcfg_static_pod_ready.*$/gm;
  assert.deepEqual(text({ observed: again }).match(state), text().match(state));
  readExposition(text({ observed: again }));
});
