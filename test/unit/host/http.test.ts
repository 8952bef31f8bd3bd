import assert from 'node:assert/strict';
import * as http from 'node:http';
import * as https from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import { createServer } from 'node:net';
import { after, test } from 'node:test';
import type { TLSSocket } from 'node:tls';
import { request } from '../../../src/host/http.ts';
import { makeAuthority, makeIdentity } from '../../../src/sandbox/certificates.ts';

const validity = { from: new Date('2026-01-01T00:00:00Z'), until: new Date('2055-01-01T00:00:00Z') };
const ca = makeAuthority({ commonName: 'kubernetes' }, validity);
const stranger = makeAuthority({ commonName: 'kubernetes' }, validity);
const client = makeIdentity(ca, { commonName: 'admin', organization: 'system:masters' }, ['client'], validity);

async function listen(server: Server & { closeAllConnections?(): void }): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  after(() => {
    server.closeAllConnections?.();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}
const plain = (answer: http.RequestListener): Promise<number> => listen(http.createServer(answer));
const secure = (hosts: string[], answer: http.RequestListener): Promise<number> =>
  listen(https.createServer({ ...makeIdentity(ca, { commonName: 'server' }, ['server'], validity, hosts), ca: ca.cert, requestCert: true, rejectUnauthorized: false }, answer));
const who: http.RequestListener = (incoming, outgoing) => {
  const socket = incoming.socket as TLSSocket;
  outgoing.end(socket.authorized ? `${socket.getPeerCertificate().subject.O} at ${socket.servername}` : 'anonymous');
};

test('an answer has its status and body, whatever the status is', async () => {
  const port = await plain((incoming, outgoing) => outgoing.writeHead(incoming.url === '/readyz?verbose' ? 500 : 200).end('[+]ping é'));
  const { status, body, error, ms } = await request({ url: `http://127.0.0.1:${port}/readyz?verbose` });
  assert.deepEqual([status, body, error], [500, '[+]ping é', undefined]);
  assert.ok(ms > 0);
});

test('each request is a new connection, closed with its answer', async () => {
  let connections = 0;
  const server = http.createServer((_, outgoing) => outgoing.end('ok'));
  server.on('connection', () => connections++);
  const port = await listen(server);
  for (let i = 0; i < 3; i++) await request({ url: `http://127.0.0.1:${port}/` });
  assert.equal(connections, 3);
  const open = await new Promise((resolve) => setTimeout(() => server.getConnections((_, count) => resolve(count)), 50));
  assert.equal(open, 0);
});

test('who does not listen, answer, finish or speak HTTP is status 0 with a reason, in time', async () => {
  const silent = await plain(() => {});
  const halfway = await plain((_, outgoing) => outgoing.writeHead(200).write('half'));
  const dropping = await plain((_, outgoing) => {
    outgoing.writeHead(200, { 'content-length': '100' }).write('half');
    setTimeout(() => outgoing.destroy(), 10);
  });
  const odd = await listen(createServer((socket) => socket.on('error', () => {}).end('SSH-2.0-OpenSSH\r\n')));
  const unused = await new Promise<number>((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
  for (const [port, reason] of [[unused, /ECONNREFUSED/], [silent, /no answer within 150 ms/], [halfway, /no answer within 150 ms/], [dropping, /aborted|hang up|reset/], [odd, /Parse Error/]] as const) {
    const { status, body, error = '', ms } = await request({ url: `http://127.0.0.1:${port}/`, timeout: 150 });
    assert.deepEqual([status, body], [0, '']);
    assert.match(error, reason);
    assert.ok(ms < 1000);
  }
  // A name with several addresses fails as a whole, and still with words.
  assert.match((await request({ url: `http://localhost:${unused}/` })).error ?? '', /ECONNREFUSED/);
  assert.match((await request({ url: 'no url' })).error ?? '', /Invalid URL/);
});

test('an answer without end is cut off', async () => {
  const port = await plain((_, outgoing) => {
    const more = (): void => {
      while (!outgoing.destroyed && outgoing.write(Buffer.alloc(1024 * 1024)));
    };
    outgoing.writeHead(200).on('drain', more);
    more();
  });
  const { status, error } = await request({ url: `http://127.0.0.1:${port}/`, timeout: 8000 });
  assert.deepEqual([status, error], [0, 'the answer is too large']);
});

test('a server is believed by the pinned CA and its name only', async () => {
  const port = await secure(['127.0.0.1', 'kubernetes'], who);
  const url = `https://127.0.0.1:${port}/`;
  assert.equal((await request({ url, ca: [ca.cert], timeout: 3000 })).body, 'anonymous');
  assert.equal((await request({ url, ca: [makeAuthority({ commonName: 'front-proxy-ca' }, validity).cert, ca.cert], timeout: 3000 })).status, 200);
  const wrong = await request({ url, ca: [stranger.cert], timeout: 3000 });
  assert.equal(wrong.status, 0);
  assert.match(wrong.error ?? '', /certificate/);
  for (const none of [{}, { ca: [] }]) assert.equal((await request({ url, ...none })).error, 'no CA to trust');
});

test('the name to be checked can be another one, an address, or none', async () => {
  const warnings: Error[] = [];
  const note = (warning: Error): void => void warnings.push(warning);
  process.on('warning', note);
  const port = await secure(['kubernetes', '10.96.0.1'], who);
  const ask = async (serverName?: string | false) =>
    await request({ url: `https://127.0.0.1:${port}/`, ca: [ca.cert], cert: client.cert, key: client.key, timeout: 3000, ...(serverName === undefined ? {} : { serverName }) });
  assert.equal((await ask('kubernetes')).body, 'system:masters at kubernetes');
  assert.equal((await ask('10.96.0.1')).status, 200);
  assert.equal((await ask(false)).status, 200);
  assert.match((await ask()).error ?? '', /IP: 127\.0\.0\.1/);
  assert.match((await ask('other')).error ?? '', /other/);
  await new Promise((resolve) => setTimeout(resolve, 10));
  process.off('warning', note);
  assert.deepEqual(warnings, []);
});

test('without its name the chain still counts', async () => {
  const port = await secure(['kubernetes'], who);
  const { status, error } = await request({ url: `https://127.0.0.1:${port}/`, ca: [stranger.cert], serverName: false, timeout: 3000 });
  assert.equal(status, 0);
  assert.match(error ?? '', /certificate/);
});

test('a key or certificate that is none is status 0, not an exception', async () => {
  const port = await secure(['127.0.0.1'], who);
  const { status, error } = await request({ url: `https://127.0.0.1:${port}/`, ca: [ca.cert], cert: 'nonsense', key: 'nonsense' });
  assert.equal(status, 0);
  assert.ok(error);
});
