/** What is known of a program by its version, where none runs that could be asked. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { loadProgram } from '../../../../src/manifests/programs/load.ts';
import { programOfImage } from '../../../../src/manifests/programs/program.ts';
import { knownIn, placeVersion } from '../../../../src/manifests/programs/ranges.ts';
import { judged, kubeadmText, NODES, PODS, swap, VERSIONS } from '../kubeadm-texts.ts';

test('what kubeadm writes passes, of each version and each node', async () => {
  assert.ok(VERSIONS.length >= 4);
  for (const version of VERSIONS) {
    for (const node of NODES) for (const pod of PODS) assert.deepEqual(await judged(kubeadmText(pod, version, node), version), [], `${version} ${node} ${pod}`);
  }
});

test('a version between two that are known: what both agree on counts, the rest is not judged', () => {
  const versions = ['1.30.4', '1.34.4', '1.36.3'];
  const at = (version: string, text: string): unknown => {
    const place = placeVersion(version, versions);
    assert.ok(place);
    return knownIn(text, versions, place);
  };
  assert.deepEqual(at('1.32.0', 'bool'), { type: 'bool' });
  assert.deepEqual(at('1.32.0', 'bool 1.30.4..1.34.4'), { type: 'bool' });
  assert.equal(at('1.32.0', 'bool 1.34.4..1.36.3'), 'unsure');
  assert.equal(at('1.32.0', 'bool 1.36.3..1.36.3'), undefined);
  assert.equal(at('1.32.0', 'bool 1.30.4..1.30.4|int 1.34.4..1.36.3'), 'unsure', 'of two types');
  assert.deepEqual(at('1.34.9', 'bool 1.34.4..1.34.4'), { type: 'bool' }, 'a patch is as its minor');
  assert.equal(at('1.34.9', 'bool 1.36.3..1.36.3'), 'unsure', 'a later patch may have it');
  assert.equal(placeVersion('1.40.0', versions)?.exact, false);
  assert.equal(placeVersion('1.20.0', versions)?.exact, false);
});

test('flags that came and went', async () => {
  const known = async (program: string, version: string, flag: string): Promise<boolean> => (await loadProgram(program, version))?.flags.has(flag) === true;
  assert.equal(await known('kube-apiserver', '1.30.4', 'cloud-provider'), true);
  assert.equal(await known('kube-apiserver', '1.36.3', 'cloud-provider'), false);
  assert.equal(await known('etcd', '3.5.12', 'enable-v2'), true);
  assert.equal(await known('etcd', '3.6.8', 'enable-v2'), false);
  assert.equal(await known('kube-scheduler', '1.37.2', 'port'), false);
  assert.equal(await loadProgram('nginx', '1.37.2'), undefined);
});

test('the version is the image\'s', () => {
  assert.deepEqual(programOfImage('registry.k8s.io/kube-apiserver:v1.37.2'), { name: 'kube-apiserver', version: '1.37.2' });
  assert.deepEqual(programOfImage('registry.example:5000/k8s/etcd:3.6.8-0'), { name: 'etcd', version: '3.6.8' });
  assert.deepEqual(programOfImage('k8s.gcr.io/kube-scheduler-amd64:v1.14.1@sha256:00'), { name: 'kube-scheduler', version: '1.14.1' });
  assert.deepEqual(programOfImage('kube-apiserver:latest'), { name: 'kube-apiserver' });
});

describe('an unknown flag is', () => {
  const text = swap(kubeadmText('kube-apiserver'), '--enable-admission-plugins', '--enable-admission-plugin');
  const only = async (manifest: string): Promise<string> => (await judged(manifest)).filter(({ id }) => /flag/.test(id)).map(({ severity, message }) => `${severity} ${message}`).join();
  test('an error, with everything down', async () => {
    assert.equal(await only(text), 'error kube-apiserver 1.37.2 has no flag --enable-admission-plugin');
  });
  test('a warning in a version later than all that are known', async () => {
    assert.equal(await only(swap(text, ':v1.37.2', ':v1.99.0')), 'warning kube-apiserver 1.99.0 has no flag --enable-admission-plugin');
  });
  test('not judged where the image has no version', async () => {
    assert.match(await only(swap(text, ':v1.37.2', ':latest')), /^warning the flags of kube-apiserver are not checked: the tag of \S+:latest is no version$/);
  });
});
