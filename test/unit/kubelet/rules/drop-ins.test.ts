import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HEAD, judged, refused } from './judging.ts';

const over = async (version: string, config: string, ...dropIns: string[]): Promise<string[]> =>
  refused(version, { config, dropIns: dropIns.map((text) => `${HEAD}${text}`) });

test('a later drop-in wins, and the finding stands where the value that counts is', async () => {
  const found = await judged('1.37', { config: 'maxPods: 110\n', dropIns: [`${HEAD}maxPods: 5\n`, `${HEAD}maxPods: -5\n`] });
  assert.deepEqual(found.map(({ id, where }) => [id, where[0]?.file]), [['range', '/d/1.conf']]);
  assert.deepEqual(await over('1.37', 'maxPods: -5\n', 'maxPods: 5\n'), []);
});

test('null takes a value away from 1.32 on, and does nothing before', async () => {
  assert.deepEqual(await over('1.37', 'imageGCHighThresholdPercent: 50\n', 'imageGCHighThresholdPercent: null\n'), []);
  assert.deepEqual(await over('1.30', 'imageGCHighThresholdPercent: 50\n', 'imageGCHighThresholdPercent: null\n'), ['image-gc-order']);
});

test('defaults are filled in again from 1.32 on, and not before: 0 stays 0', async () => {
  assert.deepEqual(await over('1.37', '', 'port: 0\n'), []);
  assert.deepEqual(await over('1.30', '', 'port: 0\n'), ['range']);
});

test('resolvConf of a drop-in counts from 1.32 on alone, and staticPodPath in all', async () => {
  const [found] = await judged('1.30', { config: '', dropIns: [`${HEAD}staticPodPath: x\n`] });
  assert.equal(found?.id, 'relative-path');
});

test('maps add up, lists give way', async () => {
  assert.deepEqual(await over('1.37', 'cpuManagerPolicy: static\nsystemReserved: {cpu: 500m}\n', 'systemReserved: {memory: 1Gi}\n'), []);
  assert.deepEqual(await over('1.37', 'enforceNodeAllocatable: [pods, system-reserved]\n', 'enforceNodeAllocatable: [pods]\n'), []);
});

test('an unknown key of a drop-in is told here, for the kubelet says nothing', async () => {
  const [found] = await judged('1.37', { config: '', dropIns: [`${HEAD}maxPodz: 5\n`] });
  assert.deepEqual([found?.id, found?.notes], ['unknown-field', ['in a drop-in the kubelet says nothing about it']]);
});

test('up to 1.29 an environment variable has to allow drop-ins, and to 1.28 each is a whole configuration', async () => {
  const dropIns = [`${HEAD}maxPods: 5\n`];
  assert.deepEqual(await refused('1.29', { config: '', dropIns, facts: { dropInsAllowed: false } }), ['early-drop-in']);
  assert.deepEqual((await judged('1.29', { config: '', dropIns, facts: { dropInsAllowed: true } })).length, 0);
  assert.deepEqual(await refused('1.29', { config: 'port: 70000\n', dropIns }), ['range']);
  assert.deepEqual(await refused('1.28', { config: 'port: 70000\n', dropIns }), [], 'the default port of the drop-in counts');
});
