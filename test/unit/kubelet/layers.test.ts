import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readConfig } from '../../../src/kubelet/document.ts';
import { parseFlags } from '../../../src/kubelet/flags.ts';
import { dropInFiles, type LayerSources, staticPodPathLayers } from '../../../src/kubelet/layers.ts';

const CONFIG = '/var/lib/kubelet/config.yaml';
const doc = (text: string, file = CONFIG) => readConfig(file, Buffer.from(text));
const layers = (sources: Partial<LayerSources>) =>
  staticPodPathLayers({ flags: new Map(), flagSource: () => undefined, config: undefined, dropIns: [], configFile: CONFIG, ...sources });

const file = doc('kind: K\nstaticPodPath: /file\n');
const first = doc('staticPodPath: /first\n', '/d/10.conf');
const second = doc('a: 1\nstaticPodPath: /second\n', '/d/20.conf');
const flags = parseFlags(['--pod-manifest-path=/flag']);

test('a flag wins over drop-ins, the later drop-in over the earlier, these over the file', () => {
  const flagSource = () => ({ file: '/etc/default/kubelet', line: 1 });
  const all = layers({ flags, flagSource, config: file, dropIns: [first, second] });
  assert.equal(all.value, '/flag');
  assert.deepEqual(all.origin, { layer: 'flag', file: '/etc/default/kubelet', line: 1, value: '/flag', set: true });
  assert.deepEqual(all.layers.map((l) => [l.layer, l.value, l.line]), [
    ['flag', '/flag', 1],
    ['drop-in', '/second', 2],
    ['drop-in', '/first', 1],
    ['file', '/file', 2],
  ]);
  assert.equal(layers({ config: file, dropIns: [first, second] }).origin.file, '/d/20.conf');
  assert.equal(layers({ config: file, dropIns: [doc('a: 1\n')] }).origin.layer, 'file');
});

test('where nothing sets it there are no static pods, by default', () => {
  const none = { layer: 'default', value: '', set: false };
  assert.deepEqual(layers({ config: doc('a: 1\n') }), { value: '', origin: none, layers: [none] });
  assert.deepEqual(layers({}).origin, none);
});

test('an empty value is a value: it takes away what the layers below say', () => {
  assert.equal(layers({ config: file, dropIns: [doc('staticPodPath: ""\n', '/d/10.conf')] }).value, '');
  assert.equal(layers({ config: file, flags: parseFlags(['--pod-manifest-path=']) }).origin.layer, 'flag');
});

test('null says nothing in the file; in a drop-in it takes the value away, but not before 1.32', () => {
  assert.equal(layers({ config: doc('staticPodPath:\n') }).origin.layer, 'default');
  const dropIns = [doc('staticPodPath: null\n', '/d/10.conf')];
  assert.equal(layers({ config: file, dropIns }).value, '');
  assert.equal(layers({ config: file, dropIns, nullDeletes: false }).value, '/file');
});

test('a relative value is read below the directory of the file, but not in drop-ins and flags', () => {
  assert.equal(layers({ config: doc('staticPodPath: ../manifests/\n') }).value, '/var/lib/manifests');
  assert.equal(layers({ config: doc('staticPodPath: /etc//x/\n') }).value, '/etc//x/');
  assert.equal(layers({ dropIns: [doc('staticPodPath: manifests\n')] }).value, 'manifests');
  assert.equal(layers({ flags: parseFlags(['--pod-manifest-path', 'manifests']) }).value, 'manifests');
});

test('a value that is no text is refused with its place, as the kubelet refuses it', () => {
  assert.throws(() => layers({ config: doc('kind: K\nstaticPodPath: yes\n') }), {
    code: 'unusable-value',
    where: [{ file: CONFIG, line: 2, column: 16, text: 'staticPodPath: yes', length: 3 }],
  });
});

test('drop-ins are the names that end in .conf, in the order of the kubelet', () => {
  const names = ['b.conf', 'a.yaml', '10-x/z.conf', 'B.conf', '10-x.conf', 'a.conf.bak', '10-x/a.conf'];
  assert.deepEqual(dropInFiles(names), ['10-x/a.conf', '10-x/z.conf', '10-x.conf', 'B.conf', 'b.conf']);
});
