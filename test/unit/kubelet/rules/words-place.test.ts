import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readConfig } from '../../../../src/kubelet/document.ts';
import { loadFields } from '../../../../src/kubelet/fields/load.ts';
import { placeOfWords } from '../../../../src/kubelet/rules/words-place.ts';

const fields = await loadFields('1.37');
const config = readConfig('/c.yaml', Buffer.from('maxPods: many\nauthentication:\n  webhook:\n    cacheTTL: soon\nimageGCLowThresholdPercent: 90\n'));
const dropIn = readConfig('/d/1.conf', Buffer.from('\nmaxPods: 1.5\n'));
const place = (words: string, ...documents: (typeof config)[]) => placeOfWords(words, documents, fields);

test('the field that the kubelet names has a line, in the last file that has it', () => {
  assert.deepEqual(
    [place('json: cannot unmarshal string into Go struct field KubeletConfiguration.maxPods of type int32', config)].map((w) => [w?.file, w?.line, w?.column]),
    [['/c.yaml', 1, 10]],
  );
  assert.equal(place('… KubeletConfiguration.maxPods of type int32', config, dropIn)?.file, '/d/1.conf');
  assert.equal(place('time: invalid duration "soon" in KubeletConfiguration.authentication.webhook.cacheTTL', config)?.line, 4);
});

test('a name among other words will do, the longest first; words without one point nowhere', () => {
  assert.equal(place('invalid configuration: imageGCLowThresholdPercent (--image-gc-low-threshold) 90 must be less than imageGCHighThresholdPercent', config)?.line, 5);
  assert.equal(place('no space left on device', config), undefined);
});
