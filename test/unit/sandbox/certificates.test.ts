import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { createServer, request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import type { TLSSocket } from 'node:tls';
import { makeAuthority, makeIdentity } from '../../../src/sandbox/certificates.ts';

const validity = { from: new Date('2026-01-01T00:00:00Z'), until: new Date('2055-06-01T12:00:00Z') };
const ca = makeAuthority({ commonName: 'kubernetes' }, validity);

test('a certificate says what it was made with', () => {
  const { cert } = makeIdentity(ca, { commonName: 'kube-apiserver' }, ['server'], validity, ['cp1', '127.0.0.1']);
  const x509 = new X509Certificate(cert);
  assert.equal(x509.subject, 'CN=kube-apiserver');
  assert.equal(x509.issuer, 'CN=kubernetes');
  assert.equal(new Date(x509.validTo).toISOString(), validity.until.toISOString());
  assert.equal(x509.checkHost('cp1'), 'cp1');
  assert.equal(x509.checkIP('127.0.0.1'), '127.0.0.1');
  assert.equal(x509.checkHost('other'), undefined);
  assert.ok(x509.verify(new X509Certificate(ca.cert).publicKey));
});

test('a TLS server and a client accept each other by their authority, and no one else', async () => {
  const server = makeIdentity(ca, { commonName: 'server' }, ['server'], validity, ['127.0.0.1']);
  const client = makeIdentity(ca, { commonName: 'client', organization: 'system:masters' }, ['client'], validity);
  const other = makeAuthority({ commonName: 'kubernetes' }, validity);
  const stranger = makeIdentity(other, { commonName: 'client' }, ['client'], validity);
  const listening = createServer({ ...server, ca: ca.cert, requestCert: true, rejectUnauthorized: false }, (req, res) => {
    const socket = req.socket as TLSSocket;
    res.end(socket.authorized ? socket.getPeerCertificate().subject.O : 'unknown');
  });
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
  const { port } = listening.address() as AddressInfo;
  const ask = (options: object): Promise<string> =>
    new Promise((resolve, reject) => {
      request({ host: '127.0.0.1', port, agent: false, ...options }, (res) => {
        res.setEncoding('utf8').on('data', resolve);
      })
        .on('error', reject)
        .end();
    });
  try {
    assert.equal(await ask({ ca: ca.cert, cert: client.cert, key: client.key }), 'system:masters');
    assert.equal(await ask({ ca: ca.cert, cert: stranger.cert, key: stranger.key }), 'unknown');
    await assert.rejects(ask({ ca: other.cert }), /certificate/);
  } finally {
    listening.close();
  }
});
