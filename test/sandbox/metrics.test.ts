/** `kcfg status -o prometheus` on pretend nodes: what a monitoring sees of a node that drifted, waits, or is broken. */
import assert from 'node:assert/strict';
import { appendFileSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { breakNode } from '../../src/sandbox/break.ts';
import { readExposition, type Series, valueIn } from '../unit/report/read-exposition.ts';
import { exits } from './compare.ts';
import { readHere } from './in-process.ts';
import { type SandboxNode, startNode } from './node.ts';
import { on } from './on-node.ts';

const CONFIG = '/var/lib/kubelet/config.yaml';

async function metrics(node: SandboxNode): Promise<Series[]> {
  const run = await readHere(node, ['status', '-o', 'prometheus']);
  exits(run, 0);
  assert.equal(run.stderr, '');
  return readExposition(run.stdout);
}
const pods = (all: readonly Series[], state: string): number | undefined => valueIn(all, 'kcfg_static_pods', { state });
const pending = (all: readonly Series[]): string[] => all.flatMap(({ name, labels, value }) => (name === 'kcfg_change_pending' && value === 1 ? [labels.state ?? ''] : []));

on('a healthy control plane: nothing an alert would fire for; settings that wait for a restart are drift, by their names', {}, async (node) => {
  const all = await metrics(node);
  assert.equal(valueIn(all, 'kcfg_node_readable'), 1);
  assert.equal(valueIn(all, 'kcfg_drifted_fields'), 0);
  assert.equal(pods(all, 'running'), 4);
  assert.deepEqual(pending(all), []);
  const ends = all.filter(({ name }) => name === 'kcfg_certificate_expiration_timestamp_seconds');
  assert.ok(ends.length >= 12, String(ends.length));
  assert.ok(ends.every(({ value }) => value > Date.now() / 1000 + 30 * 86_400));
  appendFileSync(join(node.root, CONFIG), 'maxPods: 99\nregistryPullQPS: 7\n');
  const drifted = await metrics(node);
  assert.equal(valueIn(drifted, 'kcfg_drifted_fields'), 2);
  assert.equal(valueIn(drifted, 'kcfg_field_drifted', { field: 'maxPods' }), 1);
  assert.equal(valueIn(drifted, 'kcfg_field_drifted', { field: 'registryPullQPS' }), 1);
});

on('a change on trial is pending, kept it is the last one; an edit behind a pin waits', {}, async (node) => {
  exits(await node.kcfg(['set', 'staticPodPath', '/etc/kubernetes/static', '--yes', '--confirm-within', '10m', '-q']), 0);
  const trial = await metrics(node);
  assert.deepEqual(pending(trial), ['on-trial']);
  const left = (valueIn(trial, 'kcfg_trial_end_timestamp_seconds') ?? 0) - Date.now() / 1000;
  assert.ok(left > 500 && left < 605, String(left));
  exits(await node.kcfg(['confirm', '--force', 'same-login']), 0);
  const manifest = join(node.root, '/etc/kubernetes/static/kube-apiserver.yaml');
  writeFileSync(manifest, readFileSync(manifest, 'utf8').replace('    - --secure-port', '    - --event-ttl=2h\n    - --secure-port'));
  const kept = await metrics(node);
  assert.deepEqual(pending(kept), []);
  assert.equal(valueIn(kept, 'kcfg_last_change_info', { change: '1', result: 'kept' }), 1);
  assert.equal(valueIn(kept, 'kcfg_pinned_static_pods', { by: 'kcfg' }), 4);
  assert.ok(Math.abs((valueIn(kept, 'kcfg_pin_timestamp_seconds', { static_pod: 'kube-system/etcd' }) ?? 0) - Date.now() / 1000) < 120);
  assert.deepEqual(['etcd', 'kube-apiserver'].map((name) => valueIn(kept, 'kcfg_pin_edit_waiting', { static_pod: `kube-system/${name}` })), [0, 1]);
});

on('a kubelet that is down: said so, with its pods, certificates and pins as they are', {}, async (node) => {
  exits(await node.kcfg(['set', 'staticPodPath', '/etc/kubernetes/static', '--yes', '-q']), 0);
  await node.program('systemctl', ['stop', 'kubelet']);
  const all = await metrics(node);
  assert.deepEqual(['kcfg_kubelet_active', 'kcfg_kubelet_healthy'].map((name) => valueIn(all, name)), [0, 0]);
  assert.equal(valueIn(all, 'kcfg_drifted_fields'), undefined);
  assert.equal(pods(all, 'running'), 4);
  assert.equal(valueIn(all, 'kcfg_pinned_static_pods', { by: 'kcfg' }), 4);
});

on('what status refuses to read is asked elsewhere, and what is missing is said', {}, async (node) => {
  exits(await node.kcfg(['set', 'staticPodPath', '/etc/kubernetes/static', '--yes', '-q']), 0);
  await node.fault('containerd-down', true);
  exits(await readHere(node, ['status']), 1);
  const all = await metrics(node);
  assert.equal(valueIn(all, 'kcfg_node_readable'), 0);
  assert.equal(valueIn(all, 'kcfg_kubelet_active'), 1);
  assert.equal(valueIn(all, 'kcfg_runtime_answers'), 0);
  assert.equal(pods(all, 'running'), undefined);
  assert.equal(valueIn(all, 'kcfg_pinned_static_pods', { by: 'kcfg' }), 4);
  assert.ok((valueIn(all, 'kcfg_certificate_expiration_timestamp_seconds', { role: 'kube-apiserver' }) ?? 0) > Date.now() / 1000);
  rmSync(join(node.root, CONFIG));
  assert.equal(valueIn(await metrics(node), 'kcfg_node_readable'), 0);
});

on('a manifest that is no YAML is counted, and a certificate that ended has its day', {}, async (node) => {
  await breakNode(node.env['KCFG_SANDBOX_HOME'] ?? '', node.name, 'bad-yaml');
  await breakNode(node.env['KCFG_SANDBOX_HOME'] ?? '', node.name, 'expired-certificate');
  const all = await metrics(node);
  assert.equal(valueIn(all, 'kcfg_refused_manifests'), 1);
  assert.ok((valueIn(all, 'kcfg_certificate_expiration_timestamp_seconds', { role: 'kube-apiserver' }) ?? Infinity) < Date.now() / 1000);
});

on('records that are damaged take nothing else down: a person is needed', {}, async (node) => {
  mkdirSync(join(node.root, 'var/lib/kcfg'), { recursive: true });
  writeFileSync(join(node.root, 'var/lib/kcfg/pending'), '7\n');
  const all = await metrics(node);
  assert.deepEqual(pending(all), ['incomplete']);
  assert.equal(pods(all, 'running'), 4);
});

on('--out writes the file that node_exporter reads, whole, and readable for its user', { worker: true }, async (node) => {
  const directory = join(node.dir, 'textfile');
  mkdirSync(directory);
  const file = join(directory, 'kcfg.prom');
  writeFileSync(file, 'old', { mode: 0o600 });
  const run = await node.kcfg(['status', '-o', 'prometheus', '--out', file]);
  exits(run, 0);
  assert.deepEqual([run.stdout, run.stderr], ['', `The metrics are in ${file}.\n`]);
  assert.equal(statSync(file).mode & 0o777, 0o644);
  assert.deepEqual(readdirSync(directory), ['kcfg.prom']);
  const all = readExposition(readFileSync(file, 'utf8'));
  assert.equal(valueIn(all, 'kcfg_node_info', { nodename: node.name, role: 'worker' }), 1);
  assert.equal(valueIn(all, 'kcfg_drifted_fields'), undefined);
  exits(await node.kcfg(['status', '-o', 'prometheus', '-q', '--out', join(directory, 'none/kcfg.prom')]), 1);
});

test('where there is no running node there are no metrics, and the reason', async () => {
  const node = await startNode({ worker: true });
  try {
    const tree = await readHere({ env: {} }, ['status', '-o', 'prometheus', '--root', node.root]);
    assert.equal(tree.code, 1);
    assert.match(tree.stderr, /^error\[not-supported\]: metrics are of a node that runs/);
    for (const words of [['get', 'maxPods', '-o', 'prometheus'], ['status', '--out', '/tmp/a']]) {
      const run = await readHere(node, words);
      assert.equal(run.code, 2, run.stderr);
    }
  } finally {
    await node.down();
  }
});
