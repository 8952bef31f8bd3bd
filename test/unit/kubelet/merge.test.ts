import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadFields } from '../../../src/kubelet/fields/load.ts';
import { fillDefaults, mergePatch, resolvePaths } from '../../../src/kubelet/merge.ts';

const fields = await loadFields('1.37');

const MERGED: [what: string, target: unknown, patch: unknown, nulls: boolean, result: unknown][] = [
  ['maps by key', { a: { x: 1, y: 2 } }, { a: { y: 3 }, b: 4 }, true, { a: { x: 1, y: 3 }, b: 4 }],
  ['lists give way', { a: [1, 2] }, { a: [3] }, true, { a: [3] }],
  ['null takes away', { a: 1, b: { c: 2 } }, { a: null, b: { c: null } }, true, { b: {} }],
  ['null did nothing up to 1.31', { a: 1 }, { a: null }, false, { a: 1 }],
  ['a map takes the place of a scalar', { a: 1 }, { a: { b: 2 } }, true, { a: { b: 2 } }],
  ['nulls in a new map are left out', {}, { a: { b: null, c: 1 } }, true, { a: { c: 1 } }],
];
for (const [what, target, patch, nulls, result] of MERGED) {
  test(`merge: ${what}`, () => {
    const before = structuredClone(target);
    assert.deepEqual(mergePatch(target, patch, nulls), result);
    assert.deepEqual(target, before, 'the target is left as it was');
  });
}

test('defaults: what is absent, null, or the zero of a field without a pointer', () => {
  const filled = fillDefaults({ maxPods: 0, fileCheckFrequency: '0s', registryPullQPS: 0, port: null, clusterDNS: [], evictionHard: {} }, fields);
  const of = (name: string): unknown => filled[name];
  assert.deepEqual(['maxPods', 'fileCheckFrequency', 'registryPullQPS', 'port', 'clusterDNS', 'evictionHard'].map(of), [110, '20s', 0, 10250, [], {}]);
  assert.deepEqual(filled['authentication'], { anonymous: { enabled: false }, webhook: { cacheTTL: '2m0s', enabled: true } });
});

test('defaults that follow another field', () => {
  assert.equal(fillDefaults({ maxParallelImagePulls: 5 }, fields)['serializeImagePulls'], false);
  assert.equal(fillDefaults({ maxParallelImagePulls: 1 }, fields)['serializeImagePulls'], true);
  assert.equal(fillDefaults({ nodeStatusUpdateFrequency: '30s' }, fields)['nodeStatusReportFrequency'], '30s');
});

test('relative paths of the file are its neighbours', () => {
  const data = { staticPodPath: 'pods', resolvConf: '/etc/resolv.conf', tlsCertFile: '', authentication: { x509: { clientCAFile: '../ca.crt' } }, cgroupRoot: 'x' };
  assert.deepEqual(resolvePaths(data, '/var/lib/kubelet'), { staticPodPath: '/var/lib/kubelet/pods', resolvConf: '/etc/resolv.conf', tlsCertFile: '', authentication: { x509: { clientCAFile: '/var/lib/ca.crt' } }, cgroupRoot: 'x' });
});
