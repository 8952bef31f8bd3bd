import assert from 'node:assert/strict';
import { test } from 'node:test';
import { beginning, explain, referenceText, type Explanation } from '../../../../src/kubelet/explain/explain.ts';
import { fieldsByTopic } from '../../../../src/kubelet/explain/by-topic.ts';
import { search } from '../../../../src/kubelet/explain/search.ts';
import { typeWords, valueWords } from '../../../../src/kubelet/explain/type-words.ts';
import { parseFieldPath } from '../../../../src/kubelet/field-path.ts';
import { loadFields, MINORS } from '../../../../src/kubelet/fields/load.ts';

async function of(name: string, minor = '1.37', config?: Record<string, unknown>): Promise<Explanation> {
  const fields = await loadFields(minor);
  const { path, field } = parseFieldPath(name, fields);
  return await explain(path, field, fields, config);
}

test('a field in words of kcfg, with what its change disturbs', async () => {
  const it = await of('cpuManagerPolicy');
  assert.equal(it.doc.from, 'kcfg');
  assert.deepEqual([it.type, it.default, it.since, it.flag, it.topic], ['string', 'none', '1.28', 'cpu-manager-policy', 'CPU, memory, topology']);
  assert.deepEqual(it.values.map(({ value }) => value), ['none', 'static']);
  assert.deepEqual(it.disturbs.map((each) => [each.class, each.stateFiles]), [['drain', ['cpu_manager_state']]]);
  assert.match(it.example ?? '', /^cpuManagerPolicy=static /);
});

test('a field without words of kcfg has those of the reference, without its line on the default', async () => {
  const it = await of('kubeletCgroups');
  assert.equal(it.doc.from, 'reference');
  assert.match(it.doc.text, /^kubeletCgroups is the absolute name/);
  assert.doesNotMatch(it.doc.text, /Default/);
});

test('values, gates and defaults are those of the version', async () => {
  const swap = async (minor: string): Promise<string[]> => (await of('memorySwap.swapBehavior', minor)).values.map(({ value }) => value);
  assert.deepEqual(await swap('1.29'), ['LimitedSwap', 'UnlimitedSwap']);
  assert.deepEqual(await swap('1.30'), ['NoSwap', 'LimitedSwap']);
  assert.equal((await of('memorySwap.swapBehavior', '1.29')).gate?.default, false);
  assert.equal((await of('failCgroupV1', '1.34')).default, false);
  assert.equal((await of('failCgroupV1', '1.35')).default, true);
  const options = (await of('cpuManagerPolicyOptions', '1.30')).values.map(({ value }) => value);
  assert.deepEqual(options, ['full-pcpus-only', 'distribute-cpus-across-numa', 'align-by-socket']);
});

test('a key of a map is explained by the map, with its own default and meaning', async () => {
  const it = await of('evictionHard.memory.available');
  assert.equal(it.default, '100Mi');
  assert.deepEqual(it.values, [{ value: 'memory.available', means: 'memory that is not in use' }]);
  assert.deepEqual(it.disturbs.map(({ when, class: kind }) => [when, kind]), [['when raised', 'containers'], ['when lowered', 'restart']]);
});

test('a structure and a list of structures show what is inside', async () => {
  const inside = async (name: string): Promise<string[]> => (await of(name)).fields.map(({ field }) => field);
  assert.deepEqual(await inside('authentication'), ['authentication.anonymous.enabled', 'authentication.webhook.cacheTTL', 'authentication.webhook.enabled', 'authentication.x509.clientCAFile']);
  assert.deepEqual(await inside('reservedMemory'), ['reservedMemory[].limits', 'reservedMemory[].numaNode']);
});

test('an option that is judged on its own is told on its own', async () => {
  const { disturbs } = await of('cpuManagerPolicyOptions');
  assert.deepEqual(disturbs.map(({ when, class: kind }) => [when, kind]), [[undefined, 'containers'], ['strict-cpu-reservation', 'drain']]);
});

test('a structure disturbs as the worst of its parts does', async () => {
  assert.deepEqual((await of('userNamespaces')).disturbs.map((each) => each.class), ['drain']);
  assert.deepEqual((await of('tracing')).disturbs.map((each) => each.class), ['restart']);
});

test('with the configuration at hand, what disturbs is what disturbs here', async () => {
  const kinds = async (config: Record<string, unknown>): Promise<string[]> => (await of('reservedSystemCPUs', '1.37', config)).disturbs.map((each) => each.class);
  assert.deepEqual(await kinds({ cpuManagerPolicy: 'static' }), ['drain']);
  assert.deepEqual(await kinds({ cpuManagerPolicy: 'none' }), ['containers']);
});

test('the values of featureGates are the gates of the version that can be set', async () => {
  const { values } = await of('featureGates', '1.29');
  assert.deepEqual(values.find(({ value }) => value === 'NodeSwap'), { value: 'NodeSwap', means: 'beta, off by default' });
  assert.ok(!(await of('featureGates')).values.some(({ value }) => value === 'NodeSwap'), 'locked in 1.37');
});

test('one gate: where it stands, and how it is set; a locked one is not', async () => {
  const swap = await of('featureGates.NodeSwap', '1.29');
  assert.deepEqual([swap.default, swap.doc.text, swap.example], [false, 'A feature of kubelet 1.29: beta, off by default.', 'featureGates.NodeSwap=true']);
  const locked = await of('featureGates.NodeSwap');
  assert.equal(locked.example, undefined);
  assert.match(locked.needs ?? '', /with false the kubelet does not start/);
  await assert.rejects(of('featureGates.NodeSwop'), { code: 'unknown-field', help: ['did you mean NodeSwap?   All of them: kcfg explain featureGates'] });
});

test('each field of each version can be explained', async () => {
  for (const minor of MINORS) {
    const fields = await loadFields(minor);
    for (const field of [...fields.top, ...fields.leaves()]) {
      const it = await of(field.path, minor);
      assert.ok(it.doc.text.length > 3, `${field.path} of ${minor}`);
      assert.ok(it.disturbs.length > 0 && it.topic !== '', field.path);
    }
  }
});

test('the list has every field once', async () => {
  const fields = await loadFields('1.31');
  const listed = fieldsByTopic(fields).flatMap((topic) => topic.fields.map(({ field }) => field));
  assert.deepEqual(listed.sort(), fields.top.map(({ name }) => name).sort());
});

test('search looks into names first, then into words, whatever the case', async () => {
  const fields = await loadFields(undefined);
  const hits = (await search('EVICTION', fields)).map(({ field }) => field);
  assert.equal(hits[0], 'evictionHard');
  assert.ok(hits.includes('kubeReserved'), 'by its words');
  assert.ok(hits.indexOf('evictionSoft') < hits.indexOf('kubeReserved'));
  assert.deepEqual(await search('no such word', fields), []);
});

test('types, values and the reference as people read them', () => {
  assert.equal(typeWords({ kind: 'list', go: '[]string', element: { kind: 'string', go: 'string' } }), 'list of strings');
  assert.equal(valueWords({ a: [1, ''], b: true }), '{a: [1, empty], b: true}');
  assert.deepEqual(['1m0s', '4h0m0s', '1h30m0s', '0s', '30s', '100ms'].map(valueWords), ['1m', '4h', '1h30m', '0s', '30s', '100ms']);
  assert.equal(referenceText('foo is a\nthing of `bar`.\nDefault: "x"'), 'foo is a thing of bar.');
  assert.equal(beginning('foo is a thing. More.', 'foo'), 'a thing');
  assert.equal(beginning('Required. The key.', 'key'), 'The key');
});
