import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { KcfgError } from '../../../src/errors.ts';
import { type FieldPath, parseFieldPath, valueAt, writeFieldPath } from '../../../src/kubelet/field-path.ts';
import { loadFields } from '../../../src/kubelet/fields/load.ts';

const fields = await loadFields('1.37');

const READ: [text: string, path: FieldPath, field: string][] = [
  ['maxPods', ['maxPods'], 'maxPods'],
  ['authentication.webhook.cacheTTL', ['authentication', 'webhook', 'cacheTTL'], 'authentication.webhook.cacheTTL'],
  ['authentication.webhook', ['authentication', 'webhook'], 'authentication.webhook'],
  ['evictionHard', ['evictionHard'], 'evictionHard'],
  ['evictionHard.memory.available', ['evictionHard', 'memory.available'], 'evictionHard.*'],
  ['evictionHard["memory.available"]', ['evictionHard', 'memory.available'], 'evictionHard.*'],
  ['evictionHard[memory.available]', ['evictionHard', 'memory.available'], 'evictionHard.*'],
  ['defaultPodSysctls.net.ipv4.tcp_syncookies', ['defaultPodSysctls', 'net.ipv4.tcp_syncookies'], 'defaultPodSysctls.*'],
  ['featureGates.AllBeta', ['featureGates', 'AllBeta'], 'featureGates.*'],
  ['clusterDNS[10]', ['clusterDNS', 10], 'clusterDNS[]'],
  ['registerWithTaints[0].key', ['registerWithTaints', 0, 'key'], 'registerWithTaints[].key'],
  ['reservedMemory[1].limits.hugepages-1Gi', ['reservedMemory', 1, 'limits', 'hugepages-1Gi'], 'reservedMemory[].limits.*'],
  ['logging.options.json.infoBufferSize', ['logging', 'options', 'json', 'infoBufferSize'], 'logging.options.json.infoBufferSize'],
];
for (const [text, path, field] of READ) {
  test(`${text} is read`, () => {
    const found = parseFieldPath(text, fields);
    assert.deepEqual([found.path, found.field.path], [path, field]);
  });
}

const UNKNOWN: [text: string, help: RegExp][] = [
  ['maxPod', /did you mean maxPods\?/],
  ['maxpods', /did you mean maxPods\?/],
  ['authentication.webhook.cacheTtl', /did you mean authentication\.webhook\.cacheTTL\?/],
  ['webhook.cacheTTL', /kcfg explain/],
  ['', /kcfg explain/],
  ['maxPods.x', /kcfg explain/],
  ['maxPods[0]', /kcfg explain/],
  ['clusterDNS.0', /kcfg explain/],
  ['clusterDNS[x]', /kcfg explain/],
  ['evictionHard.', /kcfg explain/],
  ['.maxPods', /kcfg explain/],
  ['maxPods.', /kcfg explain/],
  ['constructor', /kcfg explain/],
  ['registerWithTaints[0].keys', /registerWithTaints|kcfg explain/],
];
for (const [text, help] of UNKNOWN) {
  test(`${JSON.stringify(text)} is no field, and the nearest is named`, () => {
    assert.throws(() => parseFieldPath(text, fields), (error) => error instanceof KcfgError && error.code === 'unknown-field' && help.test(error.help.join('\n')));
  });
}

test('what is written is read again as the same', () => {
  const key = fc.stringMatching(/^[A-Za-z][\w./-]{0,12}$/);
  const path = fc.oneof(
    fc.constantFrom(...fields.leaves().map((field): FieldPath => field.path.split('.'))),
    key.map((name): FieldPath => ['evictionHard', name]),
    fc.tuple(fc.nat(99), key).map(([i, name]): FieldPath => ['reservedMemory', i, 'limits', name]),
    fc.nat(99).map((i): FieldPath => ['clusterDNS', i]),
  );
  fc.assert(fc.property(path, (wanted) => assert.deepEqual(parseFieldPath(writeFieldPath(wanted), fields).path, wanted)));
});

test('the value at a path: null counts, what an object inherits does not', () => {
  const data = { a: { b: [1, { c: null }] } };
  assert.deepEqual([valueAt(data, ['a', 'b', 0]), valueAt(data, ['a', 'b', 1, 'c']), valueAt(data, [])], [1, null, data]);
  for (const path of [['a', 'x'], ['a', 'b', 2], ['a', 'b', 'length', 'x'], ['toString'], ['a', 'b', 1, 'c', 'd']]) assert.equal(valueAt(data, path), undefined);
});
