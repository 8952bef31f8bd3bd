import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseFieldPath } from '../../../src/kubelet/field-path.ts';
import { loadFields } from '../../../src/kubelet/fields/load.ts';
import { sameValue } from '../../../src/kubelet/same-value.ts';

const fields = await loadFields('1.37');
const same = (field: string, a: unknown, b: unknown): boolean => sameValue(fields, parseFieldPath(field, fields).field, a, b);

test('one value in two spellings is one value', () => {
  assert.ok(same('syncFrequency', '60s', '1m0s'));
  assert.ok(same('authentication.webhook.cacheTTL', '2m', '2m0s'));
  assert.ok(same('logging.options.json.infoBufferSize', '1Mi', '1024Ki'));
  assert.ok(same('reservedMemory', [{ numaNode: 0, limits: { memory: '1Gi' } }], [{ numaNode: 0, limits: { memory: '1024Mi' } }]));
  assert.ok(!same('syncFrequency', '60s', '61s'));
  assert.ok(!same('clusterDNS', ['a', 'b'], ['b', 'a']), 'lists have an order');
});

test('the zero of a field is the same as nothing, where the kubelet leaves it out of /configz', () => {
  assert.ok(same('podsPerCore', 0, undefined));
  assert.ok(same('staticPodPath', '', undefined));
  assert.ok(same('protectKernelDefaults', false, null));
  assert.ok(same('clusterDNS', [], undefined));
  assert.ok(same('imageMaximumGCAge', '0s', undefined));
});

test('where zero is a value of its own, it is not nothing', () => {
  assert.ok(!same('registryPullQPS', 0, undefined), 'a pointer');
  assert.ok(!same('failSwapOn', false, undefined), 'a pointer');
  assert.ok(!same('featureGates.NodeSwap', false, undefined), 'a key of a map');
  assert.ok(!same('featureGates', { NodeSwap: false }, {}));
  assert.ok(!same('clusterDNS', [''], []));
});
