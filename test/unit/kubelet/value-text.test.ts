import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isSecret, valueText, withoutSecrets } from '../../../src/kubelet/value-text.ts';

const TABLE: [value: unknown, text: string][] = [
  [undefined, 'none'],
  [null, 'none'],
  ['', '""'],
  ['a b', 'a b'],
  [0, '0'],
  [false, 'false'],
  [[], '[]'],
  [['10.96.0.10', 'a b', ''], '[10.96.0.10, "a b", ""]'],
  [{ cpu: '100m', memory: '1Gi' }, '{cpu: 100m, memory: 1Gi}'],
  [[{ key: 'a', effect: 'NoSchedule' }], '[{key: a, effect: NoSchedule}]'],
];
for (const [value, text] of TABLE) test(`${JSON.stringify(value)} is told as ${text}`, () => assert.equal(valueText(value), text));

test('headers are hidden, whole and key by key; nothing is hidden where there is nothing', () => {
  assert.equal(withoutSecrets('staticPodURLHeader', { a: ['b'] }), '(hidden)');
  assert.equal(withoutSecrets('staticPodURLHeader.Authorization[0]', 'b'), '(hidden)');
  assert.equal(withoutSecrets('staticPodURLHeader', undefined), undefined);
  assert.equal(withoutSecrets('staticPodURL', 'http://a'), 'http://a');
  assert.deepEqual(['staticPodURLHeader[0]', 'staticPodURLHeaders', 'maxPods'].map(isSecret), [true, false, false]);
});
