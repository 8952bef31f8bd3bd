import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HEAD, judged, refused } from './judging.ts';

/** What the kubelets 1.37.2 and 1.30.4 take and refuse, as the harness saw it. */
const REFUSED = [
  'maxPods: "150"', 'maxPods: 1.5', 'maxPods: 3000000000', 'maxPods: 1e21', 'maxPods: true', 'maxPods: []', 'syncFrequency: 5', 'syncFrequency: ""', 'syncFrequency: null',
  'syncFrequency: 10', 'syncFrequency: 1d', 'systemReserved: {cpu: 1}', 'evictionHard: [a]', 'clusterDNS: 1.1.1.1', 'clusterDNS: [1]', 'enableServer: 1', 'enableServer: "true"',
  'authentication: x', 'authentication: []', 'logging: {verbosity: -1}', 'logging: {flushFrequency: 1.5}', 'logging: {flushFrequency: x}', 'featureGates: {AllAlpha: "true"}',
  'reservedMemory: [{limits: {memory: x}}]', 'reservedMemory: [{numaNode: "0"}]', 'registerWithTaints: [{key: a, timeAdded: x}]', 'staticPodURLHeader: {a: b}', 'maxPods: .inf', 'nothing: .nan',
];
const ACCEPTED = [
  'maxPods: 1.0', 'maxPods: 1e2', 'maxPods: 0x1F', 'maxPods: 1_000', 'maxPods: null', 'maxPods:', 'cpuCFSQuotaPeriod: null', 'syncFrequency: 1h30m', 'syncFrequency: "0"', 'enableServer: yes',
  'enableServer: off', 'evictionHard: null', 'clusterDNS: null', 'clusterDNS: [null]', 'authentication: null', 'authentication: {}', 'featureGates: {}', 'logging: {flushFrequency: 5000000000}',
  'reservedMemory: [{numaNode: 0, limits: {memory: 100}}]', 'registerWithTaints: [{key: a, timeAdded: null}]', 'staticPodURLHeader: {a: [b]}', 'clusterDomain: "5"',
];

for (const config of REFUSED) {
  test(`refused: ${config}`, async () => {
    assert.deepEqual(new Set(await refused('1.37', { config: `${config}\n` })), new Set(['type']));
  });
}
for (const config of ACCEPTED) {
  test(`taken: ${config}`, async () => {
    assert.deepEqual(await refused('1.37', { config: `${config}\n` }), []);
  });
}

test('JSON is taken at its word where YAML is not: 1.0 is no whole number', async () => {
  const json = (value: string): string => `{"apiVersion": "kubelet.config.k8s.io/v1beta1", "kind": "KubeletConfiguration", "maxPods": ${value}}`;
  assert.deepEqual(await refused('1.37', { whole: json('1.0') }), ['type']);
  assert.deepEqual(await refused('1.37', { whole: json('1e2') }), ['type']);
  assert.deepEqual(await refused('1.37', { whole: json('1') }), []);
  assert.deepEqual(await refused('1.37', { config: '', dropIns: [json('1.0')] }), [], 'a drop-in goes through JSON once more');
});

test('a whole number beyond its type is told with both ends', async () => {
  const [found] = await judged('1.37', { config: 'maxPods: 2147483648\n' });
  assert.equal(found?.message, 'maxPods is a whole number from -2147483648 to 2147483647, here it is 2147483648');
  assert.equal(found?.kubelet, 'json: cannot unmarshal number 2147483648 into Go struct field KubeletConfiguration.maxPods of type int32');
});

test('the digits of a large number count, though JavaScript loses them', async () => {
  assert.deepEqual(await refused('1.37', { config: 'podPidsLimit: 9223372036854775807\n' }), []);
  assert.deepEqual(await refused('1.37', { config: 'podPidsLimit: 9223372036854775808\n' }), ['type']);
});

test('a misspelt key is a warning with its neighbour, and the path it stands in', async () => {
  const [found] = await judged('1.37', { config: 'authentication:\n  webhok:\n    enabled: true\n' });
  assert.deepEqual([found?.id, found?.severity, found?.field, found?.where[0]?.label], ['unknown-field', 'warning', 'authentication.webhok', 'did you mean webhook?']);
});

test('capitals count in the file, and not in a drop-in', async () => {
  const file = await judged('1.37', { config: 'maxpods: "x"\n' });
  assert.deepEqual(file.map(({ id, severity }) => [id, severity]), [['wrong-case', 'warning']]);
  assert.deepEqual(await refused('1.37', { config: '', dropIns: [`${HEAD}maxpods: "x"\n`] }), ['type']);
  const spelt = async (name: string): Promise<string[]> => (await judged('1.37', { config: '', dropIns: [`${HEAD}${name}: -5\n`] })).map(({ id }) => id);
  assert.deepEqual(await spelt('maxpods'), ['range', 'wrong-case'], 'behind the right name by its letters: it wins');
  assert.deepEqual(await spelt('MAXPODS'), ['wrong-case'], 'before it: the default wins');
});

test('of a key that stands twice: a warning in the file, the end in a drop-in', async () => {
  const twice = 'maxPods: 1\nmaxPods: 2\n';
  assert.deepEqual((await judged('1.37', { config: twice })).map(({ severity }) => severity), ['warning']);
  assert.deepEqual(await refused('1.37', { config: '', dropIns: [HEAD + twice] }), ['duplicate-key']);
});
