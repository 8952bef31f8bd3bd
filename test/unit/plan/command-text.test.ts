import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from '../../../src/cli/parse.ts';
import type { SettingsTarget, Target } from '../../../src/node/target.ts';
import { commandText } from '../../../src/plan/command-text.ts';
import type { Plan } from '../../../src/plan/plan.ts';

const settings = (verb: string, wishes: [string, unknown?][], more: Partial<SettingsTarget> = {}): string =>
  commandText({ verb, from: '', target: { verb, field: 'settings', force: [], wishes: wishes.map(([field, value]) => ({ field, path: field.split('.'), ...(value === undefined ? {} : { value }) })), ...more } } as Plan);
const move = (verb: string, more: Partial<Target> = {}): string => commandText({ verb, from: '', target: { verb, field: 'staticPodPath', value: '/etc/a b', bridge: true, force: [], ...more } } as Plan);

test('a change as it could be typed again', () => {
  assert.equal(settings('set', [['maxPods', 150], ['clusterDNS', ['10.96.0.10']]]), "kcfg set maxPods=150 'clusterDNS=[10.96.0.10]'");
  assert.equal(settings('set', [['maxPods', 90]], { layer: 'drop-in', force: ['not-drained'] }), 'kcfg set maxPods=90 --layer drop-in --force not-drained');
  assert.equal(settings('unset', [['staticPodPath']], { removePods: ['web', 'db'] }), 'kcfg unset staticPodPath --remove-pods web,db');
  assert.equal(settings('set', [['maxPods', 150], ['podPidsLimit']]), 'kcfg set -f FILE');
  assert.equal(settings('edit', [], { files: [{ path: '/var/lib/kubelet/config.yaml', edits: [] }] }), 'kcfg edit /var/lib/kubelet/config.yaml');
  assert.equal(settings('rollback 3', [['maxPods']], { undoes: { id: '3' } }), 'kcfg rollback 3');
  assert.equal(move('set', { strategy: 'recreate', bridge: false }), "kcfg set staticPodPath '/etc/a b' --strategy recreate --no-bridge");
  assert.equal(move('rollback 2', { layer: 'drop-in', bridge: false, undoes: { id: '2', removes: '' } }), 'kcfg rollback 2');
  assert.equal(commandText({ verb: 'unpin', from: 'etcd, kube-scheduler' } as Plan), 'kcfg unpin etcd kube-scheduler');
});

test('the parser takes what is told, and no secret is told', () => {
  assert.equal(parse(settings('set', [['maxPods', 90]], { layer: 'drop-in' }).split(' ').slice(1)).command.name, 'set');
  assert.equal(settings('set', [['staticPodURLHeader', { Authorization: ['s3cr3t'] }]]), "kcfg set 'staticPodURLHeader=(hidden)'");
});
