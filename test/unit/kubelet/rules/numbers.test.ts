/** Go's readers of durations, quantities, CPU lists and addresses, against what Go itself says of the same texts. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cpuSet } from '../../../../src/kubelet/rules/cpu-set.ts';
import { isAddress } from '../../../../src/kubelet/rules/go-address.ts';
import { parseDuration, writeDuration } from '../../../../src/kubelet/rules/go-duration.ts';
import { parseQuantity, wholeQuantity } from '../../../../src/kubelet/rules/go-quantity.ts';

test('durations', () => {
  const read: Record<string, number | undefined> = { '1h30m': 5400e9, '0': 0, '-1.5s': -1.5e9, '.5s': 0.5e9, '5.s': 5e9, '1µs': 1e3, '': undefined, '.s': undefined, '1d': undefined, '10': undefined, '1 s': undefined, '1e3s': undefined, '2540400h': 2540400 * 3600e9, '2562048h': undefined };
  for (const [text, value] of Object.entries(read)) assert.equal(parseDuration(text), value, text);
  assert.deepEqual([0, 90e9, 5400e9, 1.5e9, 1e6, 1500].map(writeDuration), ['0s', '1m30s', '1h30m0s', '1.5s', '1ms', '1.5µs']);
});

test('quantities', () => {
  const read: Record<string, number | undefined> = { '200Mi': 200 * 2 ** 20, '0.5': 0.5, '1e3': 1000, '500m': 0.5, '-1': -1, '5.': 5, '.5': 0.5, '+5': 5, '1Zi': undefined, '1MB': undefined, '': undefined, '5 %': undefined, abc: undefined };
  for (const [text, value] of Object.entries(read)) assert.equal(parseQuantity(text), value, text);
  const whole: Record<string, number | undefined> = { '10Mi': 10 * 2 ** 20, '10Ti': 10 * 2 ** 40, '100Ti': undefined, '1Ei': undefined, '1.5': undefined, '500m': undefined, '1e3': 1000, '0': 0, '1.5k': 1500, '0.5Mi': undefined };
  for (const [text, value] of Object.entries(whole)) assert.equal(wholeQuantity(text), value, text);
});

test('lists of CPUs', () => {
  assert.deepEqual([cpuSet('0,2-4'), cpuSet(''), cpuSet('1-0'), cpuSet('-1'), cpuSet('a'), cpuSet('0,,1'), cpuSet(' 0')], [[0, 2, 3, 4], [], undefined, undefined, undefined, undefined, undefined]);
});

test('addresses', () => {
  const good = ['0.0.0.0', '010.0.0.1', '::', '::1', 'fe80::1', '::ffff:1.2.3.4', '1:2:3:4:5:6:7:8'];
  const bad = ['', 'localhost', '1.2.3', '300.1.1.1', '[::]', 'fe80::1%lo', '1.2.3.4/8', '1:2', '1::2::3', '1.2.3.4.5'];
  assert.deepEqual([good.filter((text) => !isAddress(text)), bad.filter(isAddress)], [[], []]);
});
