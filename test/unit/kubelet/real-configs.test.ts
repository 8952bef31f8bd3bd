/** Configurations in the shapes that installers write (test/fixtures/configs): what an edit looks like in each, line by line. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { diffLines } from 'diff';
import type { Change } from '../../../src/kubelet/editing/changed-data.ts';
import { editDocument, readConfig, setValue } from '../../../src/kubelet/document.ts';
import { applyEdits, invertEdits } from '../../../src/kubelet/edits.ts';

const FOLDER = new URL('../../fixtures/configs/', import.meta.url);
const bytesOf = (file: string): Buffer => readFileSync(new URL(file, FOLDER));
const files = readdirSync(FOLDER).sort();

/** Lines that went, with `-`, and lines that came, with `+`. */
function changed(file: string, changes: Change[]): string[] {
  const bytes = bytesOf(file);
  const edits = editDocument(readConfig(file, bytes), changes);
  const result = applyEdits(bytes, edits);
  assert.deepEqual(applyEdits(result, invertEdits(bytes, edits)), bytes, 'there is a way back');
  return diffLines(bytes.toString(), result.toString()).flatMap(({ added, removed, value }) => {
    const lines = value.replace(/\n$/, '').split('\n');
    return added ? lines.map((line) => `+${line}`) : removed ? lines.map((line) => `-${line}`) : [];
  });
}

const CASES: [file: string, what: string, changes: Change[], lines: string[]][] = [
  ['kubeadm-1.28.yaml', 'a new field is the last line', [{ path: ['maxPods'], value: 150 }], ['+maxPods: 150']],
  ['kubeadm-1.28.yaml', 'a map that is not there', [{ path: ['evictionHard', 'memory.available'], value: '200Mi' }], ['+evictionHard:', '+  memory.available: 200Mi']],
  ['kubeadm-1.28.yaml', 'an empty map becomes a block', [{ path: ['memorySwap', 'swapBehavior'], value: 'LimitedSwap' }], ['-memorySwap: {}', '+memorySwap:', '+  swapBehavior: LimitedSwap']],
  ['kubeadm-1.28.yaml', 'quotes stay', [{ path: ['containerRuntimeEndpoint'], value: 'unix:///run/containerd/containerd.sock' }], ['-containerRuntimeEndpoint: ""', '+containerRuntimeEndpoint: "unix:///run/containerd/containerd.sock"']],
  ['kubeadm-1.28.yaml', 'another server, below its list', [{ path: ['clusterDNS', 1], value: '10.96.0.11' }], ['+- 10.96.0.11']],
  ['kubeadm-1.37.yaml', 'one item of a list', [{ path: ['clusterDNS'], value: ['10.96.0.10'] }], ['-- fd00:10:96::a']],
  ['kubeadm-1.37.yaml', 'the last value of a block takes the block along', [{ path: ['logging', 'options', 'text', 'infoBufferSize'] }], ['-    text:', '-      infoBufferSize: "0"']],
  ['kubeadm-1.37.yaml', 'a list of maps', [{ path: ['registerWithTaints'], value: [{ key: 'gpu', value: 'yes', effect: 'NoSchedule' }] }], ['+registerWithTaints:', '+- key: gpu', '+  value: "yes"', '+  effect: NoSchedule']],
  ['kubespray.yaml', 'a key with a blank before its colon', [{ path: ['containerRuntimeEndpoint'], value: 'unix:///run/crio/crio.sock' }], ['-containerRuntimeEndpoint : unix:///var/run/containerd/containerd.sock', '+containerRuntimeEndpoint : unix:///run/crio/crio.sock']],
  ['kubespray.yaml', 'a comment above, and a blank line behind the block', [{ path: ['kubeReserved', 'cpu'], value: '250m' }, { path: ['systemReserved', 'hugepages-2Mi'], value: '0' }], ['-  cpu: "100m"', '+  cpu: "250m"', '+  hugepages-2Mi: "0"']],
  ['kubespray.yaml', 'a whole list', [{ path: ['enforceNodeAllocatable'], value: ['none'] }], ['-- pods', '-- kube-reserved', '+- none']],
  ['kubespray.yaml', 'before the blank line at the end', [{ path: ['allowedUnsafeSysctls', 0], value: 'net.*' }], ['+allowedUnsafeSysctls:', '+- net.*']],
  ['rke2.yaml', 'a field of an item', [{ path: ['registerWithTaints', 0, 'effect'], value: 'NoSchedule' }], ['-- effect: NoExecute', '+- effect: NoSchedule']],
  ['rke2.yaml', 'another taint', [{ path: ['registerWithTaints', 1], value: { effect: 'NoSchedule', key: 'x' } }], ['+- effect: NoSchedule', '+  key: x']],
  ['rke2.yaml', 'the only item takes its list along', [{ path: ['registerWithTaints', 0] }], ['-registerWithTaints:', '-- effect: NoExecute', '-  key: CriticalAddonsOnly', '-  value: "true"']],
  ['eks.json', 'a number', [{ path: ['maxPods'], value: 58 }], ['-  "maxPods": 29,', '+  "maxPods": 58,']],
  ['eks.json', 'a new field needs no comma on another line', [{ path: ['imageGCHighThresholdPercent'], value: 80 }], ['+  "imageGCHighThresholdPercent": 80,']],
  ['eks.json', 'a new block', [{ path: ['evictionSoft', 'memory.available'], value: '1Gi' }], ['+  "evictionSoft": {', '+    "memory.available": "1Gi"', '+  },']],
  ['eks.json', 'a value of a block goes', [{ path: ['evictionHard', 'nodefs.available'] }], ['-    "nodefs.available": "10%",']],
  ['eks.json', 'another item of a list', [{ path: ['clusterDNS', 1], value: '172.20.0.11' }], ['-    "172.20.0.10"', '+    "172.20.0.10",', '+    "172.20.0.11"']],
  ['gke.yaml', 'four blanks, and lists indented', [{ path: ['clusterDNS', 1], value: '169.254.20.10' }, { path: ['crashLoopBackOff', 'maxContainerRestartPeriod'], value: '60s' }, { path: ['tlsCipherSuites'], value: ['A', 'B'] }], ['+    - 169.254.20.10', '+crashLoopBackOff:', '+    maxContainerRestartPeriod: 60s', '+tlsCipherSuites:', '+    - A', '+    - B']],
  ['openshift.yaml', 'a feature gate', [{ path: ['featureGates', 'NodeSwap'], value: true }], ['+  NodeSwap: true']],
  ['openshift.yaml', 'a block goes', [{ path: ['featureGates'] }], ['-featureGates:', '-  DisableKubeletCloudCredentialProviders: true', '-  RotateKubeletServerCertificate: true']],
  ['talos.yaml', 'in braces', [{ path: ['evictionHard', 'pid.available'], value: '10%' }], ['-evictionHard: { memory.available: 100Mi, nodefs.available: "10%" }   # in one line', '+evictionHard: { memory.available: 100Mi, nodefs.available: "10%", pid.available: 10% }   # in one line']],
  ['talos.yaml', 'in braces over several lines', [{ path: ['systemReserved', 'hugepages-2Mi'], value: '0' }, { path: ['systemReserved', 'cpu'] }], ['-    cpu: 50m,', '+    hugepages-2Mi: "0",']],
  ['talos.yaml', 'empty brackets become a block', [{ path: ['registerWithTaints', 0], value: { key: 'a', effect: 'NoExecute' } }], ['-registerWithTaints: []', '+registerWithTaints:', '+- key: a', '+  effect: NoExecute']],
  ['by-hand.yaml', 'comments stay where they are', [{ path: ['maxPods'], value: 200 }, { path: ['evictionHard', 'memory.available'], value: '500Mi' }, { path: ['evictionHard', 'imagefs.available'], value: '15%' }], ['-maxPods: 110              # /24 이면 254 까지', '+maxPods: 200              # /24 이면 254 까지', "-   memory.available: '200Mi'", "+   memory.available: '500Mi'", '+   imagefs.available: 15%']],
  ['by-hand.yaml', 'a taint in the middle', [{ path: ['registerWithTaints', 0] }], ['-   - key: dedicated       # 전용', "-     value: 'db'", '-     effect: NoSchedule']],
  ['by-hand.yaml', 'a field without a value', [{ path: ['allowedUnsafeSysctls', 0], value: 'kernel.msg*' }], ['+   - kernel.msg*']],
  ['by-hand.yaml', 'a field below the last comment', [{ path: ['failSwapOn'], value: false }], ['+failSwapOn: false']],
  ['by-hand.yaml', 'three levels that are not there', [{ path: ['logging', 'options', 'json', 'infoBufferSize'], value: '0' }], ['+logging:', '+   options:', '+      json:', '+         infoBufferSize: "0"']],
  ['windows.yaml', 'line ends stay, and so does the last line without one', [{ path: ['maxPods'], value: 150 }, { path: ['clusterDNS', 1], value: '10.96.0.11' }], ['+- 10.96.0.11\r', '-volumeStatsAggPeriod: 0s', '+volumeStatsAggPeriod: 0s\r', '+maxPods: 150']],
];
for (const file of files) {
  describe(file, () => {
    for (const [, what, changes, lines] of CASES.filter(([name]) => name === file)) {
      test(what, () => assert.deepEqual(changed(file, changes), lines));
    }
    test('every field can be set, and again, and taken out', () => everywhere(file));
  });
}

test('a list in one line of JSON stays in that line, without blanks', () => {
  const bytes = bytesOf('aks.json');
  const result = applyEdits(bytes, setValue(readConfig('aks.json', bytes), ['clusterDNS', 1], '10.0.0.11')).toString();
  assert.equal(result, bytes.toString().replace('["10.0.0.10"]', '["10.0.0.10","10.0.0.11"]'));
  const added = applyEdits(bytes, setValue(readConfig('aks.json', bytes), ['evictionSoft', 'pid.available'], '5%')).toString();
  assert.equal(added, bytes.toString().replace(/\}$/, ',"evictionSoft":{"pid.available":"5%"}}'));
});

/** Sets, adds to and takes out what stands at each place; only lines of one place go, and at most as many come. */
function everywhere(file: string): void {
  const one = file === 'aks.json' || file === 'talos.yaml';
  const walk = (data: unknown, path: (string | number)[]): void => {
    if (typeof data !== 'object' || data === null) {
      const lines = changed(file, [{ path, value: 'a new value' }]);
      assert.deepEqual(lines.map((line) => line[0]), ['-', '+'], `one line changes: ${path.join('/')}`);
    } else if (Array.isArray(data)) {
      const lines = changed(file, [{ path: [...path, data.length], value: 'new' }]);
      assert.ok(one || lines.filter((line) => line.startsWith('-')).every((line) => lines.includes(`+${line.slice(1)},`)), `${path.join('/')}: ${lines.join('\n')}`);
    } else {
      const lines = changed(file, [{ path: [...path, 'new'], value: { deep: [1] } }]);
      const gone = lines.filter((line) => line.startsWith('-'));
      assert.ok(one || path.length === 0 || gone.every((line) => line.includes('{')) || Object.keys(data).length < 2, `${path.join('/')}: ${lines.join('\n')}`);
    }
    if (path.length > 0 && path[0] !== 'kind') {
      // of the first field of an item the dash stays
      const lines = changed(file, [{ path }]).filter((line) => !/^\+ *-$/.test(line));
      assert.ok(one || file === 'windows.yaml' || lines.filter((line) => line.startsWith('+') && !line.includes('{')).length <= (file === 'eks.json' ? 1 : 0), `only lines of ${path.join('/')} go: ${lines.join('\n')}`);
    }
    if (typeof data === 'object' && data !== null) for (const [key, value] of Object.entries(data)) walk(value, [...path, Array.isArray(data) ? Number(key) : key]);
  };
  walk(readConfig(file, bytesOf(file)).value, []);
}
