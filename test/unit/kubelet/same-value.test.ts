import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseFieldPath } from '../../../src/kubelet/field-path.ts';
import { loadFields } from '../../../src/kubelet/fields/load.ts';
import { sameValue } from '../../../src/kubelet/same-value.ts';

const fields = await loadFields('1.37');
const same = (name: string, a: unknown, b: unknown): boolean => sameValue(fields, parseFieldPath(name, fields).field, a, b);

const SAME: [field: string, a: unknown, b: unknown][] = [
  ['nodeStatusUpdateFrequency', '60s', '1m0s'],
  ['containerLogMonitorInterval', '1.5h', '1h30m0s'],
  ['logging.options.json.infoBufferSize', '1024', '1Ki'],
  ['logging.options.json.infoBufferSize', 0, '0'],
  ['clusterDNS', [], undefined],
  ['kubeReserved', {}, null],
  ['staticPodPath', '', undefined],
  ['runOnce', false, undefined],
  ['registerWithTaints', [{ key: 'a', effect: 'NoSchedule' }], [{ effect: 'NoSchedule', key: 'a' }]],
  ['evictionHard', { 'memory.available': '1Gi' }, { 'memory.available': '1Gi' }],
];
for (const [name, a, b] of SAME) {
  test(`${name}: ${JSON.stringify(a)} and ${JSON.stringify(b)} are one`, () => assert.deepEqual([same(name, a, b), same(name, b, a)], [true, true]));
}

const DIFFERENT: [field: string, a: unknown, b: unknown][] = [
  ['maxPods', 110, 111],
  ['maxPods', 110, '110'],
  ['healthzPort', 0, undefined],
  ['failSwapOn', false, undefined],
  ['nodeStatusUpdateFrequency', '60s', '61s'],
  ['clusterDNS', ['a', 'b'], ['b', 'a']],
  ['clusterDNS', ['a'], ['a', 'b']],
  ['featureGates', { A: false }, {}],
  ['evictionHard', { 'memory.available': '1Gi' }, { 'memory.available': '1Gi', 'nodefs.available': '5%' }],
  ['registerWithTaints', [{ key: 'a', effect: 'NoSchedule' }], [{ key: 'a', effect: 'NoExecute' }]],
  ['clusterDomain', 'a', undefined],
];
for (const [name, a, b] of DIFFERENT) {
  test(`${name}: ${JSON.stringify(a)} and ${JSON.stringify(b)} are two`, () => assert.deepEqual([same(name, a, b), same(name, b, a)], [false, false]));
}
