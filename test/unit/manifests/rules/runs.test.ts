/** What is refused as an edit, and what its program starts with all the same: a node that runs is not said to be broken for it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judged, kubeadmText, swap } from '../kubeadm-texts.ts';

const A = 'kube-apiserver';
const C = 'kube-controller-manager';
const S = 'kube-scheduler';

async function ends(pod: string, from: string | RegExp, to: string, files?: [string, 'file' | null][]): Promise<string> {
  const errors = (await judged(swap(kubeadmText(pod), from, to), '1.37.2', files === undefined ? {} : { files: new Map(files) })).filter(({ severity }) => severity === 'error');
  assert.notEqual(errors.length, 0, 'nothing is said of it');
  return errors.filter(({ runs }) => runs !== true).map(({ id }) => id).join();
}

test('a field that the kubelet drops, and that nobody misses', async () => {
  assert.equal(await ends(S, 'priorityClassName', 'priorityClbssName'), '');
  assert.equal(await ends(S, 'failureThreshold', 'failureTreshold'), '');
});

test('a volume that lost its kind', async () => {
  const lost = (volume: string): RegExp => new RegExp(`hostPath(?=:\\n +path: ${volume}\\n)`);
  assert.equal(await ends(A, lost('/etc/ssl/certs'), 'hstPath'), '');
  assert.match(await ends(A, lost('/etc/kubernetes/pki'), 'hstPath'), /^path/);
});

test('a field that is missed', async () => {
  assert.equal(await ends(S, 'hostNetwork', 'hostNetwrk'), 'unknown-field');
  assert.equal(await ends(S, '- command', '- commmand'), 'unknown-field');
});

test('a line without its dash: where the two are a text for the first', async () => {
  assert.equal(await ends(A, '- --proxy-client-key-file', '  --proxy-client-key-file'), '');
  assert.equal(await ends(A, '- --client-ca-file', '  --client-ca-file'), 'glued');
});

test('a file that is read with the first call', async () => {
  const pki = '/etc/kubernetes/pki/apiserver-kubelet-';
  assert.equal(await ends(A, `key=${pki}client.key`, `key=${pki}client.crt`, [[`${pki}client.crt`, 'file']]), '');
  assert.equal(await ends(A, `key=${pki}client.key`, `key=${pki}cleint.key`, [[`${pki}cleint.key`, null]]), 'path');
  // the certificate's path then goes on with the flag behind it
  assert.equal(await ends(A, '- --kubelet-client-key', '  --kubelet-client-key', [[`${pki}client.crt --kubelet-client-key=${pki}client.key`, null]]), 'glued');
  assert.equal(await ends(A, '- --service-account-key-file', '  --service-account-key-file'), 'glued');
});

test('a flag without its value takes the one that stands next', async () => {
  assert.equal(await ends(C, '--cluster-name=kubernetes', '--cluster-name'), '');
  assert.equal(await ends(C, '--authorization-kubeconfig=/etc/kubernetes/controller-manager.conf', '--authorization-kubeconfig'), 'flag-value');
});

test('a probe that asks where nobody answers', async () => {
  assert.match(await ends(S, /\n +scheme: HTTPS/, ''), /^probe-scheme/);
  assert.match(await ends(A, 'path: /readyz', 'path: /readz'), /^probe-path/);
  assert.match(await ends(C, /\n +host: 127.0.0.1/, ''), /^probe-host/);
});
