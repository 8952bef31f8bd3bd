/** Which certificates an alert counts: those in use, and none that nobody is refused for. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Certificate } from '../../../src/doctor/pki/evidence.ts';
import { expiries } from '../../../src/doctor/pki/expiry.ts';
import { roleOf } from '../../../src/doctor/pki/roles.ts';

const PKI = '/etc/kubernetes/pki';
const KUBELET = '/var/lib/kubelet/pki';
const [SOON, LATER] = ['2026-12-01T00:00:00.000Z', '2027-11-28T00:00:00.000Z'];
const certificate = (file: string, more: Partial<Certificate> = {}): Certificate => ({ file, role: roleOf(file), subject: 'CN=a', issuer: 'CN=b', notBefore: '', notAfter: LATER, ca: false, names: [], publicKey: '', fingerprint: '', signedBy: [], ...more });
const files = (certificates: Certificate[], named: string[] = []): string[] => expiries(certificates, named).map(({ file }) => file);

test("kubeadm's and those that a flag names count, copies below the PKI do not", () => {
  const all = [`${PKI}/apiserver.crt`, `${PKI}/backup/apiserver.crt`, '/srv/pki/web.crt'].map((file) => certificate(file));
  assert.deepEqual(files(all), [`${PKI}/apiserver.crt`]);
  assert.deepEqual(files(all, ['/srv/pki/web.crt']), [`${PKI}/apiserver.crt`, '/srv/pki/web.crt']);
});

test("of the kubelet's own the one that it shows: no earlier rotation, no self-signed one", () => {
  const all = ['kubelet-client-2026-01-01-00-00-00.pem', 'kubelet-client-current.pem', 'kubelet-server-current.pem', 'kubelet.crt'].map((name) => certificate(`${KUBELET}/${name}`));
  assert.deepEqual(files(all), [`${KUBELET}/kubelet-client-current.pem`, `${KUBELET}/kubelet-server-current.pem`]);
  assert.deepEqual(expiries(all, []).map(({ renewedBy }) => renewedBy), ['kubelet', 'kubelet']);
});

test('what kubelet.conf was made with counts only until there is a rotated one', () => {
  const embedded = certificate('/etc/kubernetes/kubelet.conf', { part: 'client', notAfter: SOON });
  assert.deepEqual(files([embedded]), ['/etc/kubernetes/kubelet.conf']);
  assert.deepEqual(files([embedded, certificate(`${KUBELET}/kubelet-client-current.pem`)]), [`${KUBELET}/kubelet-client-current.pem`]);
});

test('of several certificates in one file the first that ends, of a kubeconfig its user and not its authority', () => {
  const all = [certificate(`${PKI}/ca.crt`, { ca: true }), certificate(`${PKI}/ca.crt`, { ca: true, notAfter: SOON }), certificate('/etc/kubernetes/admin.conf', { part: 'authority', notAfter: SOON }), certificate('/etc/kubernetes/admin.conf', { part: 'client' })];
  assert.deepEqual(expiries(all, []), [{ file: `${PKI}/ca.crt`, role: 'cluster CA', notAfter: SOON }, { file: '/etc/kubernetes/admin.conf', role: 'admin', notAfter: LATER, renewedBy: 'kubeadm' }]);
});

test('what cannot be read has no end', () => {
  assert.deepEqual(files([certificate(`${PKI}/apiserver.crt`, { broken: 'the file is empty', notAfter: '' })]), []);
});
