import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KcfgError } from '../../../src/errors.ts';
import { loadFields } from '../../../src/kubelet/fields/load.ts';
import { readFragment } from '../../../src/kubelet/fragment.ts';

const fields = await loadFields('1.37');
const read = (text: string): [string, unknown][] => readFragment('/f.yaml', Buffer.from(text), fields).map((each) => [each.field, 'value' in each ? each.value : 'out']);

const TABLE: [what: string, text: string, values: [string, unknown][]][] = [
  ['the head is not a setting', 'apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nmaxPods: 5\n', [['maxPods', 5]]],
  ['objects and maps by their keys', 'evictionHard: {memory.available: 1Gi}\nauthentication:\n  webhook: {enabled: true}\n', [['evictionHard.memory.available', '1Gi'], ['authentication.webhook.enabled', true]]],
  ['lists whole', 'clusterDNS: [a, b]\nregisterWithTaints:\n- {key: a, effect: NoSchedule}\n', [['clusterDNS', ['a', 'b']], ['registerWithTaints', [{ key: 'a', effect: 'NoSchedule' }]]]],
  ['null takes out: a value, a key, a whole object', 'maxPods: null\nkubeReserved: {cpu: null}\ncrashLoopBackOff: ~\n', [['maxPods', 'out'], ['kubeReserved.cpu', 'out'], ['crashLoopBackOff', 'out']]],
  ['an empty map takes the default away, an empty object says nothing', 'evictionHard: {}\ncrashLoopBackOff: {}\n', [['evictionHard', {}]]],
  ['a wrong type stays as it is, for the rules to judge', 'maxPods: many\nevictionHard: 5\n', [['maxPods', 'many'], ['evictionHard', 5]]],
  ['JSON', '{"maxPods": 5}', [['maxPods', 5]]],
];
for (const [what, text, values] of TABLE) test(what, () => assert.deepEqual(read(text), values));

test('a name that is no field is told with its line, at the name', () => {
  const error = (text: string): KcfgError => {
    try {
      read(text);
    } catch (found) {
      if (found instanceof KcfgError) return found;
    }
    return assert.fail('nothing was refused');
  };
  const wrong = error('maxPods: 5\nauthentication:\n  webhook:\n    cacheTtl: 5s\n');
  assert.deepEqual([wrong.code, wrong.where[0]?.line, wrong.where[0]?.column], ['unknown-field', 4, 5]);
  assert.match(wrong.help.join(), /authentication\.webhook\.cacheTTL/);
  assert.equal(error('kind: Pod\n').code, 'invalid-settings');
  assert.equal(error('registerWithTaint: []\n').where[0]?.line, 1);
});
