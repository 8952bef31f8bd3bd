import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readConfig } from '../../../src/kubelet/document.ts';
import type { FieldPath } from '../../../src/kubelet/field-path.ts';
import { loadFields } from '../../../src/kubelet/fields/load.ts';
import { listFlags } from '../../../src/kubelet/flags.ts';
import type { Layered } from '../../../src/kubelet/layered.ts';
import { dropInFiles, layerConfig, type LayerSources } from '../../../src/kubelet/layers.ts';

const CONFIG = '/var/lib/kubelet/config.yaml';
const NEW = await loadFields('1.37.2');
const OLD = await loadFields('1.30.4');
const doc = (text: string, file = CONFIG) => readConfig(file, Buffer.from(text));
const layers = (sources: Partial<LayerSources>): Layered =>
  layerConfig({ fields: NEW, flags: [], flagSource: () => undefined, config: undefined, dropIns: [], configFile: CONFIG, ...sources });
const wins = (layered: Layered, ...path: FieldPath): unknown => layered.layersOf(path)[0]?.value;

const file = doc('kind: K\nstaticPodPath: /file\nmaxPods: 100\n');
const first = doc('staticPodPath: /first\n', '/d/10.conf');
const second = doc('maxPods: 50\nstaticPodPath: /second\n', '/d/20.conf');
const flags = listFlags(['--pod-manifest-path=/flag', '--max-pods=70']);

test('a flag wins over drop-ins, the later drop-in over the earlier, these over the file, and all over the default', () => {
  const flagSource = () => ({ file: '/etc/default/kubelet', line: 1 });
  const all = layers({ flags, flagSource, config: file, dropIns: [first, second] });
  assert.deepEqual(
    all.layersOf(['staticPodPath']).map((l) => [l.layer, l.file, l.line, l.value]),
    [
      ['flag', '/etc/default/kubelet', 1, '/flag'],
      ['drop-in', '/d/20.conf', 2, '/second'],
      ['drop-in', '/d/10.conf', 1, '/first'],
      ['file', CONFIG, 2, '/file'],
    ],
  );
  assert.deepEqual(
    all.layersOf(['maxPods']).map((l) => [l.layer, l.flag, l.value]),
    [
      ['flag', 'max-pods', 70],
      ['drop-in', undefined, 50],
      ['file', undefined, 100],
      ['default', undefined, 110],
    ],
  );
  assert.equal(all.value['maxPods'], 70);
  assert.equal(layers({ config: file, dropIns: [doc('port: 1\n')] }).layersOf(['maxPods'])[0]?.layer, 'file');
});

test('where nothing sets a value the default of this version counts', () => {
  assert.deepEqual(layers({ config: doc('port: 1\n') }).layersOf(['staticPodPath']), [{ layer: 'default', value: undefined, set: false }]);
  assert.equal(wins(layers({}), 'authentication', 'webhook', 'cacheTTL'), '2m0s');
  assert.equal(wins(layers({}), 'evictionHard', 'memory.available'), '100Mi');
  assert.equal(layers({}).value['serializeImagePulls'], true);
});

test('what the kubelet takes for left out is told, and the default wins: 0s as kubeadm writes it', () => {
  const layered = layers({ config: doc('a: 1\nfileCheckFrequency: 0s\nregistryPullQPS: 0\n') });
  assert.deepEqual(
    layered.layersOf(['fileCheckFrequency']).map((l) => [l.layer, l.value, l.line]),
    [
      ['default', '20s', undefined],
      ['file', '0s', 2],
    ],
  );
  assert.equal(wins(layered, 'registryPullQPS'), 0, 'a pointer: 0 is a value');
});

test('an empty value is a value: it takes away what the layers below say', () => {
  assert.equal(wins(layers({ config: file, dropIns: [doc('staticPodPath: ""\n', '/d/10.conf')] }), 'staticPodPath'), '');
  assert.equal(layers({ config: file, flags: listFlags(['--pod-manifest-path=']) }).layersOf(['staticPodPath'])[0]?.layer, 'flag');
  assert.equal(wins(layers({ config: doc('evictionHard: {}\n') }), 'evictionHard', 'memory.available'), undefined);
});

test('null says nothing in the file; in a drop-in it takes the value away, but not before 1.32', () => {
  assert.equal(layers({ config: doc('staticPodPath:\n') }).layersOf(['staticPodPath'])[0]?.layer, 'default');
  const dropIns = [doc('maxPods: null\n', '/d/10.conf')];
  assert.equal(wins(layers({ config: file, dropIns }), 'maxPods'), 110);
  assert.equal(layers({ config: file, dropIns }).value['maxPods'], 110);
  assert.equal(wins(layers({ fields: OLD, config: file, dropIns }), 'maxPods'), 100);
  assert.equal(layers({ fields: OLD, config: file, dropIns }).value['maxPods'], 100);
});

test('maps merge by key, lists take the place of lists, and a list or a null hides what is below it', () => {
  const config = doc('evictionHard:\n  memory.available: 100Mi\n  nodefs.available: 10%\nregisterWithTaints:\n- key: a\n  effect: NoSchedule\n- key: b\n  effect: NoSchedule\n');
  const layered = layers({ config, dropIns: [doc('evictionHard: {memory.available: 1Gi}\nregisterWithTaints: [{key: c, effect: NoExecute}]\n', '/d/1.conf')] });
  assert.deepEqual(layered.value['evictionHard'], { 'memory.available': '1Gi', 'nodefs.available': '10%' });
  assert.equal(layered.layersOf(['evictionHard', 'memory.available'])[0]?.layer, 'drop-in');
  assert.equal(layered.layersOf(['evictionHard', 'nodefs.available'])[0]?.line, 3);
  assert.equal(wins(layered, 'registerWithTaints', 0, 'key'), 'c');
  assert.equal(wins(layered, 'registerWithTaints', 1, 'key'), undefined, 'the second taint is gone with the list');
});

test('a flag with a map takes the place of the whole map, but gates are added', () => {
  const config = doc('kubeReserved: {cpu: 100m, memory: 1Gi}\nfeatureGates: {A: true, B: true}\n');
  const layered = layers({ config, flags: listFlags(['--kube-reserved=cpu=200m', '--feature-gates=B=false,C=true', '--eviction-hard=memory.available<1Gi']) });
  assert.deepEqual(layered.value['kubeReserved'], { cpu: '200m' });
  assert.deepEqual(layered.value['featureGates'], { A: true, B: false, C: true });
  assert.deepEqual(layered.value['evictionHard'], { 'memory.available': '1Gi' });
  assert.equal(layered.layersOf(['featureGates', 'A'])[0]?.layer, 'file');
  assert.equal(wins(layered, 'kubeReserved', 'memory'), undefined);
});

test('flags are read as the kubelet reads them: lists and maps add up, of the others the last counts', () => {
  const words = ['--cluster-dns=10.0.0.1,10.0.0.2', '--cluster-dns', '10.0.0.3', '--max-pods=1', '--max_pods=0x10', '--fail-swap-on=false', '--rotate-certificates', '-v=4'];
  const { value } = layers({ flags: listFlags([...words, '--register-with-taints=a=b:NoSchedule,c:NoExecute', '--reserved-memory=0:memory=1Gi,hugepages-1M=2Gi']) });
  assert.deepEqual(value['clusterDNS'], ['10.0.0.1', '10.0.0.2', '10.0.0.3']);
  assert.deepEqual([value['maxPods'], value['failSwapOn'], value['rotateCertificates']], [16, false, true]);
  assert.equal((value['logging'] as { verbosity: number }).verbosity, 4);
  assert.deepEqual(value['registerWithTaints'], [
    { key: 'a', value: 'b', effect: 'NoSchedule' },
    { key: 'c', effect: 'NoExecute' },
  ]);
  assert.deepEqual(value['reservedMemory'], [{ numaNode: 0, limits: { memory: '1Gi', 'hugepages-1M': '2Gi' } }]);
});

test('a relative path is read below the directory of the file, but not in drop-ins and flags', () => {
  assert.equal(wins(layers({ config: doc('staticPodPath: ../manifests/\n') }), 'staticPodPath'), '/var/lib/manifests');
  assert.equal(wins(layers({ config: doc('staticPodPath: /etc//x/\n') }), 'staticPodPath'), '/etc//x/');
  assert.equal(wins(layers({ config: doc('authentication: {x509: {clientCAFile: ca.crt}}\n') }), 'authentication', 'x509', 'clientCAFile'), '/var/lib/kubelet/ca.crt');
  assert.equal(wins(layers({ dropIns: [doc('staticPodPath: manifests\n')] }), 'staticPodPath'), 'manifests');
  assert.equal(wins(layers({ flags: listFlags(['--pod-manifest-path', 'manifests']) }), 'staticPodPath'), 'manifests');
});

test('the place of the winner is at hand with its line', () => {
  assert.equal(layers({ config: file }).whereOf(['maxPods'])?.text, 'maxPods: 100');
  assert.equal(layers({ config: file }).whereOf(['port']), undefined);
});

test('drop-ins are the names that end in .conf, in the order of the kubelet', () => {
  const names = ['b.conf', 'a.yaml', '10-x/z.conf', 'B.conf', '10-x.conf', 'a.conf.bak', '10-x/a.conf'];
  assert.deepEqual(dropInFiles(names), ['10-x/a.conf', '10-x/z.conf', '10-x.conf', 'B.conf', 'b.conf']);
});

test('drop-ins are merged into the file with its defaults: evictionHard of one adds to the usual thresholds', () => {
  const dropIns = [doc('evictionHard: {memory.available: 1Gi}\nmaxParallelImagePulls: 5\n', '/d/10.conf')];
  const layered = layers({ config: doc('port: 1\n'), dropIns });
  assert.deepEqual(layered.value['evictionHard'], { 'imagefs.available': '15%', 'imagefs.inodesFree': '5%', 'memory.available': '1Gi', 'nodefs.available': '10%', 'nodefs.inodesFree': '5%' });
  assert.deepEqual(layered.layersOf(['evictionHard', 'nodefs.available'])[0], { layer: 'default', value: '10%', set: false });
  assert.equal(layered.value['serializeImagePulls'], true, 'filled in before the drop-in was read');
  const inFile = layers({ config: doc('evictionHard: {memory.available: 1Gi}\nmaxParallelImagePulls: 5\n') });
  assert.deepEqual([inFile.value['evictionHard'], inFile.value['serializeImagePulls']], [{ 'memory.available': '1Gi' }, false]);
  assert.equal(layers({ config: doc('port: 1\n'), dropIns: [doc('evictionHard: null\n', '/d/10.conf')] }).value['evictionHard'], undefined);
});

test('flags come last: a zero of theirs is no gap to be filled', () => {
  const layered = layers({ config: file, flags: listFlags(['--max-pods=0']) });
  assert.deepEqual([layered.value['maxPods'], wins(layered, 'maxPods')], [0, 0]);
});
