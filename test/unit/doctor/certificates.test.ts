/** Certificates and keys as evidence, and what the rules conclude: with real ones, on the files of a control plane. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { diagnose } from '../../../src/doctor/diagnose.ts';
import type { Rule } from '../../../src/doctor/cause.ts';
import { certificateEarly } from '../../../src/doctor/rules/certificate-early.ts';
import { certificateExpired } from '../../../src/doctor/rules/certificate-expired.ts';
import { certificateExpires } from '../../../src/doctor/rules/certificate-expires.ts';
import { certificateKey } from '../../../src/doctor/rules/certificate-key.ts';
import { certificateNames } from '../../../src/doctor/rules/certificate-names.ts';
import { certificateSigner } from '../../../src/doctor/rules/certificate-signer.ts';
import { etcdData } from '../../../src/doctor/rules/etcd-data.ts';
import { etcdWords } from '../../../src/doctor/rules/etcd-words.ts';
import { kubeconfig } from '../../../src/doctor/rules/kubeconfig.ts';
import { kubeconfigServer } from '../../../src/doctor/rules/kubeconfig-server.ts';
import { kubeconfigStale } from '../../../src/doctor/rules/kubeconfig-stale.ts';
import { kubeletEmbedded } from '../../../src/doctor/rules/kubelet-embedded.ts';
import { ownAddress } from '../../../src/doctor/rules/own-address.ts';
import { serviceAccountKey } from '../../../src/doctor/rules/service-account-key.ts';
import { makeAuthority } from '../../../src/sandbox/certificates.ts';
import { between, embed, openssl, PEM, PKI, put, tree, typed } from './tree.ts';

const RULES: Record<string, Rule> = { certificateEarly, certificateExpired, certificateExpires, certificateKey, certificateNames, certificateSigner, etcdData, etcdWords, kubeconfig, kubeconfigServer, kubeconfigStale, kubeletEmbedded, ownAddress, serviceAccountKey };

test('on a healthy control plane every certificate, key and kubeconfig is read, and no rule finds anything', async (t) => {
  const evidence = await tree(t).gathered();
  assert.deepEqual(evidence.certificates.filter(({ broken }) => broken !== undefined), []);
  assert.deepEqual(evidence.keys.filter(({ broken }) => broken !== undefined), []);
  const files = evidence.certificates.map(({ file }) => file);
  for (const file of [`${PKI}/apiserver.crt`, `${PKI}/etcd/server.crt`, PEM, '/etc/kubernetes/scheduler.conf']) assert.ok(files.includes(file), file);
  for (const [name, rule] of Object.entries(RULES)) assert.deepEqual(rule.find(evidence).map(({ message }) => message), [], name);
});

test('no key, no token and no certificate text is in the evidence', async (t) => {
  const files = tree(t);
  const evidence = JSON.stringify(await files.gathered());
  assert.doesNotMatch(evidence, /BEGIN|PRIVATE/);
  const key = files.read(`${PKI}/apiserver.key`).split('\n')[1] ?? assert.fail('no key');
  const embedded = /client-key-data: (\S+)/.exec(files.read('/etc/kubernetes/admin.conf'))?.[1] ?? assert.fail('no key');
  assert.ok(!evidence.includes(key.slice(0, 30)) && !evidence.includes(embedded.slice(0, 60)));
});

test('an RSA certificate of openssl is read as what openssl says of it', async (t) => {
  const files = tree(t);
  const key = openssl('genpkey', '-quiet', '-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048');
  files.write('/tmp/own.key', key);
  const cert = openssl('req', '-x509', '-key', files.path('/tmp/own.key'), '-subj', '/O=system:nodes/CN=system:node:cp1', '-days', '10', '-addext', 'subjectAltName=DNS:cp1,IP:10.0.0.11,IP:fd00::1');
  files.write(`${PKI}/own.pem`, cert + key);
  const { certificates, keys } = await files.gathered();
  const own = certificates.find(({ file }) => file === `${PKI}/own.pem`) ?? assert.fail('not read');
  assert.equal(own.subject, 'O=system:nodes, CN=system:node:cp1');
  assert.deepEqual(own.names.slice(0, 2), ['cp1', '10.0.0.11']);
  assert.match(own.names[2] ?? '', /^fd00:/i);
  assert.equal(keys.find(({ file }) => file === `${PKI}/own.pem`)?.publicKey, own.publicKey);
});

test('one certificate that expired: whose it is, what comes of it, and the line that renews it', async (t) => {
  const files = tree(t);
  put(files, 'apiserver', files.signed('kube-apiserver', { until: -2 }, { hosts: ['127.0.0.1', '10.96.0.1'] }));
  const [cause, ...more] = await files.found(certificateExpired);
  assert.deepEqual(more, []);
  assert.match(cause?.message ?? '', /^apiserver\.crt expired on \d{4}-\d\d-\d\d$/);
  assert.deepEqual([cause?.component, cause?.severity, cause?.now, cause?.where[0]?.file], ['kube-apiserver', 'error', true, `${PKI}/apiserver.crt`]);
  assert.deepEqual(typed(cause), ['kubeadm certs renew apiserver', 'systemctl restart kubelet']);
  for (const rule of [certificateKey, certificateNames, certificateSigner, certificateExpires]) assert.deepEqual(await files.found(rule), []);
});

test('a cluster that was not upgraded for a year: one cause, etcd first, and one line for all', async (t) => {
  const files = tree(t);
  const etcd = files.authority('etcd/ca');
  const local = ['cp1', 'localhost', '127.0.0.1'];
  put(files, 'apiserver', files.signed('kube-apiserver', { until: -1 }, { hosts: ['127.0.0.1', '10.96.0.1'] }));
  put(files, 'apiserver-etcd-client', files.signed('kube-apiserver-etcd-client', { until: -1 }, { by: etcd }));
  put(files, 'apiserver-kubelet-client', files.signed('kube-apiserver-kubelet-client', { until: -1 }));
  for (const name of ['etcd/server', 'etcd/peer']) put(files, name, files.signed('cp1', { until: -1 }, { by: etcd, hosts: local }));
  for (const name of ['controller-manager', 'scheduler', 'admin']) embed(files, `/etc/kubernetes/${name}.conf`, files.signed(`system:${name}`, { until: -1 }));
  const found = await files.found(certificateExpired);
  assert.equal(found.length, 1);
  assert.deepEqual([found[0]?.component, found[0]?.layer], ['etcd', 'etcd']);
  assert.equal(found[0]?.where.length, 8);
  assert.deepEqual(typed(found[0]), ['kubeadm certs renew all', 'systemctl restart kubelet']);
  assert.match(diagnose(await files.gathered()).causes[0]?.id ?? '', /^certificate-expired$/);
});

test('what only kubectl uses is a warning when it has expired', async (t) => {
  const files = tree(t);
  embed(files, '/etc/kubernetes/admin.conf', files.signed('kubernetes-admin', { until: -1 }));
  const [cause] = await files.found(certificateExpired);
  assert.deepEqual([cause?.severity, cause?.now, typed(cause)], ['warning', false, ['kubeadm certs renew admin.conf']]);
});

test('without the authority\'s key no renewal is promised', async (t) => {
  const files = tree(t);
  put(files, 'apiserver', files.signed('kube-apiserver', { until: -2 }, { hosts: ['127.0.0.1', '10.96.0.1'] }));
  files.remove(`${PKI}/ca.key`);
  const [cause] = await files.found(certificateExpired);
  assert.deepEqual(typed(cause), []);
  assert.ok(cause?.notes.some((note) => note.includes('key of the authority')));
});

test('a certificate with 20 days to go is a warning, with 40 none; the kubelet renews its own and has until 7', async (t) => {
  const files = tree(t);
  put(files, 'front-proxy-client', files.signed('front-proxy-client', { until: 40.5 }, { by: files.authority('front-proxy-ca') }));
  const node = (until: number): void => {
    const { cert, key } = files.signed('system:node:cp1', { until }, { uses: ['client'] });
    files.write(PEM, cert + key);
  };
  node(20.5);
  assert.deepEqual(await files.found(certificateExpires), []);
  put(files, 'front-proxy-client', files.signed('front-proxy-client', { until: 20.5 }, { by: files.authority('front-proxy-ca') }));
  const [soon, ...more] = await files.found(certificateExpires);
  assert.deepEqual(more, []);
  assert.deepEqual([soon?.severity, typed(soon)], ['warning', ['kubeadm certs renew front-proxy-client']]);
  assert.match(soon?.message ?? '', /in 20 days$/);
  node(5.5);
  assert.deepEqual((await files.found(certificateExpires)).map(({ component }) => component), ['others', 'kubelet']);
});

test('a certificate that begins tomorrow', async (t) => {
  const files = tree(t);
  put(files, 'apiserver-etcd-client', files.signed('kube-apiserver-etcd-client', { from: 1, until: 300 }, { by: files.authority('etcd/ca') }));
  const found = await files.found(certificateEarly);
  assert.deepEqual(found.map(({ id, component, now }) => [id, component, now]), [['certificate-early', 'kube-apiserver', true]]);
});

test('a key of another certificate: told with whose key it is', async (t) => {
  const files = tree(t);
  files.write(`${PKI}/apiserver.key`, files.read(`${PKI}/apiserver-etcd-client.key`));
  const [cause, ...more] = await files.found(certificateKey);
  assert.deepEqual(more, []);
  assert.equal(cause?.message, 'apiserver.key is not the key of apiserver.crt');
  assert.deepEqual([cause?.component, cause?.where[0]?.file], ['kube-apiserver', `${PKI}/apiserver.key`]);
  assert.equal(cause?.where[0]?.label, 'by --tls-private-key-file');
  assert.ok(cause?.notes.includes(`it is the key of ${PKI}/apiserver-etcd-client.crt`));
  assert.deepEqual(typed(cause), ['kubeadm certs renew apiserver', 'systemctl restart kubelet']);
});

test('files that are empty, cut or no PEM: what each has instead', async (t) => {
  const files = tree(t);
  files.write(`${PKI}/etcd/server.crt`, '');
  files.change(`${PKI}/apiserver-etcd-client.crt`, (text) => text.slice(0, 200));
  files.write(`${PKI}/front-proxy-client.key`, 'none\n');
  files.change(`${PKI}/etcd/peer.key`, (text) => text.replace(/\n[^\n]{20}/, '\n'));
  const found = await files.found(certificateKey);
  assert.deepEqual(
    found.map(({ id, message, severity }) => [id, message, severity]),
    [
      ['certificate-broken', 'apiserver-etcd-client.crt is no certificate: it has no PEM block of a certificate', 'error'],
      ['key-broken', 'front-proxy-client.key is no key: it is not PEM', 'warning'],
      ['certificate-broken', 'etcd/server.crt is no certificate: the file is empty', 'error'],
      ['key-broken', 'etcd/peer.key is no key: the key cannot be decoded', 'warning'],
    ],
  );
  assert.deepEqual(typed(found[2]), [`mv ${PKI}/etcd/server.crt ${PKI}/etcd/server.crt.old`, `mv ${PKI}/etcd/server.key ${PKI}/etcd/server.key.old`, 'kubeadm init phase certs etcd-server --kubernetes-version v1.37.2', 'systemctl restart kubelet']);
});

test('one certificate of another authority: which, and what does not trust it', async (t) => {
  const files = tree(t);
  put(files, 'apiserver-etcd-client', files.signed('kube-apiserver-etcd-client', { until: 300 }));
  const found = await files.found(certificateSigner);
  assert.deepEqual(found.map(({ id, component, severity }) => [id, component, severity]), [['signer-mismatch', 'kube-apiserver', 'error']]);
  assert.match(found[0]?.message ?? '', /^apiserver-etcd-client\.crt is not signed by \/etc\/kubernetes\/pki\/etcd\/ca\.crt/);
});

test('an authority of the same name and another key signed nothing here: one cause, and the old one is put back', async (t) => {
  const files = tree(t);
  const other = makeAuthority({ commonName: 'kubernetes' }, between(-1, 3000));
  files.write(`${PKI}/ca.crt`, other.cert);
  files.write(`${PKI}/ca.key`, other.key);
  const found = await files.found(certificateSigner);
  assert.deepEqual(found.map(({ id, where }) => [id, where[0]?.file]), [['wrong-authority', `${PKI}/ca.crt`]]);
  assert.match(typed(found[0])[1] ?? '', /certificate-authority-data.* > \/etc\/kubernetes\/pki\/ca\.crt$/);
  assert.match(found[0]?.help[0] ?? '', /^its key is not in \/etc\/kubernetes\/pki\/ca\.key/);
  const { causes } = diagnose(await files.gathered());
  assert.equal(causes[0]?.id, 'wrong-authority', JSON.stringify(causes.map(({ id, message }) => [id, message])));
});

test('an authority that was renewed with its old key still trusts what the old one signed', async (t) => {
  const files = tree(t);
  const evidence = await files.gathered();
  const authority = evidence.certificates.find(({ file }) => file === `${PKI}/ca.crt`) ?? assert.fail('no authority');
  const renewed = { ...evidence, certificates: evidence.certificates.map((one) => (one === authority ? { ...one, fingerprint: 'renewed' } : one)) };
  assert.deepEqual(certificateSigner.find(renewed), []);
});

test('a kubeconfig with the authority of another cluster refuses the API server', async (t) => {
  const files = tree(t);
  const other = makeAuthority({ commonName: 'kubernetes' }, between(-1, 3000));
  files.change('/etc/kubernetes/scheduler.conf', (text) => text.replace(/certificate-authority-data: .*/, `certificate-authority-data: ${Buffer.from(other.cert).toString('base64')}`));
  const found = await files.found(certificateSigner);
  assert.deepEqual(found.map(({ id, component }) => [id, component]), [['authority-mismatch', 'kube-scheduler']]);
  assert.deepEqual(typed(found[0]), ['mv /etc/kubernetes/scheduler.conf /etc/kubernetes/scheduler.conf.old', 'kubeadm init phase kubeconfig scheduler --kubernetes-version v1.37.2 --apiserver-advertise-address 127.0.0.1', 'systemctl restart kubelet']);
});

test('a serving certificate of another authority: one cause, not one for each kubeconfig', async (t) => {
  const files = tree(t);
  put(files, 'apiserver', files.signed('kube-apiserver', { until: 300 }, { by: makeAuthority({ commonName: 'kubernetes' }, between(-1, 3000)), hosts: ['127.0.0.1', '10.96.0.1'] }));
  const found = await files.found(certificateSigner);
  assert.deepEqual(found.map(({ id, component, where }) => [id, component, where[0]?.file]), [['signer-mismatch', 'kube-apiserver', `${PKI}/apiserver.crt`]]);
  assert.equal(found[0]?.message, 'apiserver.crt is not signed by /etc/kubernetes/pki/ca.crt, which every kubeconfig trusts');
});

test('a serving certificate without the address that kubeconfigs have', async (t) => {
  const files = tree(t);
  put(files, 'apiserver', files.signed('kube-apiserver', { until: 300 }, { hosts: ['cp1', 'kubernetes', '10.0.0.7', '10.96.0.1'] }));
  const [cause, ...more] = await files.found(certificateNames);
  assert.deepEqual(more, []);
  assert.deepEqual([cause?.severity, cause?.component, cause?.message], ['error', 'kube-apiserver', 'apiserver.crt is not for 127.0.0.1']);
  assert.match(typed(cause).at(-2) ?? '', /^kubeadm init phase certs apiserver --kubernetes-version v1\.37\.2 --apiserver-advertise-address 127\.0\.0\.1 --service-cidr 10\.96\.0\.0\/12 --apiserver-cert-extra-sans cp1,10\.0\.0\.7,10\.96\.0\.1$/);
});

test('a serving certificate without the first service address: a warning, for pods alone ask by it', async (t) => {
  const files = tree(t);
  put(files, 'apiserver', files.signed('kube-apiserver', { until: 300 }, { hosts: ['127.0.0.1'] }));
  const found = await files.found(certificateNames);
  assert.deepEqual(found.map(({ severity, message }) => [severity, message]), [['warning', 'apiserver.crt is not for 10.96.0.1']]);
});

test('etcd\'s serving certificate without the address that the API server dials; that of its peer alone is a warning', async (t) => {
  const files = tree(t);
  for (const name of ['etcd/server', 'etcd/peer']) put(files, name, files.signed('cp1', { until: 300 }, { by: files.authority('etcd/ca'), hosts: ['cp1', 'localhost'] }));
  assert.deepEqual((await files.found(certificateNames)).map(({ component, severity, message }) => [component, severity, message]), [['etcd', 'error', 'etcd/server.crt is not for 127.0.0.1'], ['etcd', 'warning', 'etcd/peer.crt is not for 127.0.0.1']]);
});

test('a public half that is not the signing key\'s: tokens are refused', async (t) => {
  const files = tree(t);
  files.write(`${PKI}/sa.key`, files.read(`${PKI}/ca.key`));
  const found = await files.found(serviceAccountKey);
  assert.deepEqual(found.map(({ id, where }) => [id, where.length]), [['service-account-key', 3]]);
});
