import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judged } from './judging.ts';

test('a configuration of kubeadm has nothing to be said of it', async () => {
  assert.deepEqual(await judged('1.37', { config: '' }), []);
});

test('all errors at once, before the warnings, each in the order of lines', async () => {
  const found = await judged('1.37', {
    config: 'imageGCHighThresholdPercent: 80\nimageGCLowThresholdPercent: 85\nevictionHrad:\n  a: b\nmaxPods: "150"\nfeatureGates:\n  Foo: true\n',
  });
  assert.deepEqual(
    found.map(({ id, severity }) => [id, severity]),
    [['image-gc-order', 'error'], ['type', 'error'], ['unknown-gate', 'error'], ['unknown-field', 'warning']],
  );
});

test('a wrong type is told with its place, what to write instead, and the words of the kubelet', async () => {
  const [type] = await judged('1.37', { config: 'maxPods: "150"\n' });
  assert.equal(type?.message, 'maxPods is a whole number, here it is a string');
  assert.deepEqual(type?.where, [{ file: '/c.yaml', line: 3, column: 10, length: 5, text: 'maxPods: "150"', label: 'without the quotes: 150' }]);
  assert.equal(type?.kubelet, 'json: cannot unmarshal string into Go struct field KubeletConfiguration.maxPods of type int32');
});

test('two places: the one to change, and the one it refers to', async () => {
  const [order] = await judged('1.37', { config: 'imageGCHighThresholdPercent: 80\nimageGCLowThresholdPercent: 85\n' });
  assert.deepEqual(order?.where.map(({ line, label }) => [line, label]), [[4, 'low, less than 80 needed'], [3, 'high']]);
});
