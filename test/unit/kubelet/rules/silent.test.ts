import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadFields } from '../../../../src/kubelet/fields/load.ts';
import type { FlagSetting } from '../../../../src/kubelet/layered.ts';
import { judge } from '../../../../src/kubelet/rules/judge.ts';
import { HEAD, judged } from './judging.ts';

const warnings = async (config: string): Promise<string[]> => (await judged('1.37', { config })).map(({ message }) => message);

test('evictionHard in part takes the other defaults away', async () => {
  assert.deepEqual(await warnings('evictionHard: {memory.available: 200Mi}\n'), ['evictionHard leaves out 4 signals: they are off']);
  assert.deepEqual(await warnings('evictionHard: {memory.available: 200Mi}\nmergeDefaultEvictionSettings: true\n'), []);
});

test('a relative staticPodPath is told with what it means', async () => {
  assert.deepEqual(await warnings('staticPodPath: manifests\n'), ['staticPodPath is relative, and means /manifests']);
});

test('a gate at its default, and a field that does nothing', async () => {
  assert.deepEqual(await warnings('featureGates: {GracefulNodeShutdown: true}\niptablesDropBit: 15\n'), ['feature gate GracefulNodeShutdown is on anyway', 'iptablesDropBit has no effect any more']);
});

test('a value that a flag makes void, at its line and with the flag', async () => {
  const fields = await loadFields('1.37');
  const field = fields.byFlag('max-pods') ?? assert.fail('no such flag');
  const setting: FlagSetting = { name: 'max-pods', text: '150', field, value: 150, file: '/etc/default/kubelet', line: 1 };
  const files = { config: { file: '/c.yaml', bytes: Buffer.from(`${HEAD}maxPods: 110\n`) }, dropIns: [] };
  const [found] = judge(fields, { ...files, flags: [setting] });
  assert.equal(found?.message, 'maxPods is without effect here: the flag --max-pods wins');
  assert.deepEqual(found?.where.map(({ file, line, label }) => [file, line, label]), [['/c.yaml', 3, undefined], ['/etc/default/kubelet', 1, '--max-pods=150']]);
  const [refused] = judge(fields, { ...files, flags: [{ ...setting, text: 'many', value: undefined }] });
  assert.deepEqual([refused?.id, refused?.where[0]?.file], ['flag-value', '/etc/default/kubelet']);
});

test('files that no kubelet reads', async () => {
  const [found] = judge(await loadFields('1.37'), { dropIns: [], flags: [], unread: [{ file: '/etc/d/a.yaml', why: 'its name does not end in .conf' }] });
  assert.deepEqual([found?.id, found?.message], ['unread-drop-in', '/etc/d/a.yaml is never read: its name does not end in .conf']);
});
