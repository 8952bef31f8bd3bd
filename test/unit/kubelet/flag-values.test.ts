import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadFields } from '../../../src/kubelet/fields/load.ts';
import { flagText, flagValue } from '../../../src/kubelet/flag-values.ts';

const fields = await loadFields('1.37');
const fieldOf = (flag: string) => fields.byFlag(flag) ?? assert.fail(`no field of --${flag}`);
const value = (flag: string, ...texts: string[]): unknown => flagValue(flag, fieldOf(flag), texts);

const TABLE: [flag: string, texts: string[], value: unknown][] = [
  ['max-pods', ['70'], 70],
  ['max-pods', ['70', '80'], 80],
  ['max-pods', ['0x10'], 16],
  ['max-pods', ['010'], 8],
  ['max-pods', ['1e2'], undefined],
  ['max-pods', ['seventy'], undefined],
  ['oom-score-adj', ['-999'], -999],
  ['anonymous-auth', ['T'], true],
  ['anonymous-auth', ['0'], false],
  ['anonymous-auth', ['yes'], undefined],
  ['cluster-domain', [''], ''],
  ['node-status-update-frequency', ['10s'], '10s'],
  ['cluster-dns', ['10.0.0.1,10.0.0.2'], ['10.0.0.1', '10.0.0.2']],
  ['cluster-dns', ['10.0.0.1', '10.0.0.2'], ['10.0.0.1', '10.0.0.2']],
  ['cluster-dns', [''], []],
  ['eviction-hard', ['memory.available<1Gi,nodefs.available<10%'], { 'memory.available': '1Gi', 'nodefs.available': '10%' }],
  ['eviction-minimum-reclaim', ['memory.available=1Gi'], { 'memory.available': '1Gi' }],
  ['eviction-hard', ['memory.available'], undefined],
  ['feature-gates', ['A=true,B=false'], { A: true, B: false }],
  ['kube-reserved', ['cpu=100m', 'memory=1Gi'], { cpu: '100m', memory: '1Gi' }],
  ['manifest-url-header', ['a:1,b:2', 'a:3'], { a: ['1', '3'], b: ['2'] }],
  ['register-with-taints', ['a=b:NoSchedule,c:NoExecute'], [{ key: 'a', value: 'b', effect: 'NoSchedule' }, { key: 'c', effect: 'NoExecute' }]],
  ['register-with-taints', ['a'], undefined],
  ['reserved-memory', ['0:memory=1Gi,hugepages-1Gi=2Gi', '1:memory=2Gi'], [{ numaNode: 0, limits: { memory: '1Gi', 'hugepages-1Gi': '2Gi' } }, { numaNode: 1, limits: { memory: '2Gi' } }]],
  ['reserved-memory', ['memory=1Gi'], undefined],
  ['vmodule', ['a=1,b*=2'], [{ filePattern: 'a', verbosity: 1 }, { filePattern: 'b*', verbosity: 2 }]],
  ['v', ['4'], 4],
];
for (const [flag, texts, wanted] of TABLE) {
  test(`--${flag} ${JSON.stringify(texts)} is ${JSON.stringify(wanted)}`, () => assert.deepEqual(value(flag, ...texts), wanted));
}

test('what is written behind a flag is read as the same value again', () => {
  const cases: [string, unknown][] = [
    ['max-pods', 70],
    ['anonymous-auth', false],
    ['cluster-dns', ['10.0.0.1', '10.0.0.2']],
    ['eviction-hard', { 'memory.available': '1Gi', 'nodefs.available': '10%' }],
    ['feature-gates', { A: true, B: false }],
    ['kube-reserved', { cpu: '100m' }],
    ['cluster-domain', 'a.b'],
  ];
  for (const [flag, wanted] of cases) {
    const text = flagText(flag, fieldOf(flag), wanted) ?? assert.fail(flag);
    assert.deepEqual(value(flag, text), wanted, text);
  }
});

test('what no single text can say is not written', () => {
  assert.equal(flagText('register-with-taints', fieldOf('register-with-taints'), [{ key: 'a', effect: 'NoSchedule' }]), undefined);
  assert.equal(flagText('cluster-dns', fieldOf('cluster-dns'), ['a,b']), undefined);
  assert.equal(flagText('manifest-url-header', fieldOf('manifest-url-header'), { a: ['1'] }), undefined);
  assert.equal(flagText('kube-reserved', fieldOf('kube-reserved'), { cpu: '1,2' }), undefined);
});
