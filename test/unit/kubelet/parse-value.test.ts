import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseFieldPath } from '../../../src/kubelet/field-path.ts';
import { loadFields } from '../../../src/kubelet/fields/load.ts';
import { parseValue } from '../../../src/kubelet/parse-value.ts';

const fields = await loadFields('1.37');

const TABLE: [field: string, text: string, value: unknown][] = [
  ['maxPods', '150', 150],
  ['maxPods', '-5', -5],
  ['maxPods', 'many', 'many'],
  ['maxPods', '1e3', '1e3'],
  ['maxPods', '', ''],
  ['podPidsLimit', '9007199254740993', '9007199254740993'],
  ['memoryThrottlingFactor', '0.8', 0.8],
  ['failSwapOn', 'true', true],
  ['failSwapOn', 'false', false],
  ['failSwapOn', 'yes', 'yes'],
  ['providerID', 'yes', 'yes'],
  ['clusterDomain', '1.5', '1.5'],
  ['clusterDomain', '', ''],
  ['nodeStatusUpdateFrequency', '10s', '10s'],
  ['logging.flushFrequency', '5000000000', 5_000_000_000],
  ['logging.flushFrequency', '5s', '5s'],
  ['clusterDNS', '10.96.0.10, 10.96.0.11', ['10.96.0.10', '10.96.0.11']],
  ['clusterDNS', '[10.96.0.10, "fd00::a"]', ['10.96.0.10', 'fd00::a']],
  ['clusterDNS', '', []],
  ['clusterDNS', '[]', []],
  ['clusterDNS[0]', '10.96.0.10', '10.96.0.10'],
  ['tlsCurvePreferences', '23,29', [23, 29]],
  ['featureGates', 'A=true,B=false', { A: true, B: false }],
  ['featureGates', '{A: true}', { A: true }],
  ['featureGates.A', 'true', true],
  ['evictionHard', 'memory.available=200Mi', { 'memory.available': '200Mi' }],
  ['evictionHard', '{memory.available: 200Mi, nodefs.available: "10%"}', { 'memory.available': '200Mi', 'nodefs.available': '10%' }],
  ['evictionHard', '{}', {}],
  ['evictionHard.memory.available', '5%', '5%'],
  ['kubeReserved', '{cpu: 1}', { cpu: '1' }],
  ['registerWithTaints', '[{key: "1", effect: NoSchedule}]', [{ key: '1', effect: 'NoSchedule' }]],
  ['reservedMemory', '[{numaNode: 0, limits: {memory: 1Gi}}]', [{ numaNode: 0, limits: { memory: '1Gi' } }]],
  ['crashLoopBackOff', '{maxContainerRestartPeriod: 1m0s}', { maxContainerRestartPeriod: '1m0s' }],
  ['crashLoopBackOff', 'x: [', 'x: ['],
  ['staticPodURLHeader', '{Authorization: [a, b]}', { Authorization: ['a', 'b'] }],
];
for (const [name, text, value] of TABLE) {
  test(`${name} ${JSON.stringify(text)}`, () => {
    const { field } = parseFieldPath(name, fields);
    assert.deepEqual(parseValue(fields, field, text), value);
  });
}
