import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { GrpcError, openGrpc } from '../../../src/host/grpc.ts';
import { frame, refuse, reply, serveGrpc } from './grpc-server.ts';
import { makeTree } from './tree.ts';

const { at } = makeTree();
let count = 0;
const socketPath = (): string => at(`/${++count}.sock`);
const bytes = (text: string): Uint8Array => Buffer.from(text);
const grpcError = (status: number, message: RegExp) => (error: unknown): boolean =>
  error instanceof GrpcError && error.status === status && message.test(error.message);
const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

test('a call carries what gRPC wants, and its answer comes back', async () => {
  const socket = socketPath();
  const server = await serveGrpc(socket, (call) => reply(call, frame(Buffer.concat([Buffer.from('re: '), call.message]))));
  const answer = await openGrpc(socket).call('/a.B/C', bytes('hello'), 1500);
  assert.equal(Buffer.from(answer).toString(), 're: hello');
  const { headers, method } = server.calls[0] ?? assert.fail('no call came');
  assert.equal(method, '/a.B/C');
  assert.equal(headers[':authority'], 'localhost');
  assert.deepEqual([headers[':method'], headers.te, headers['content-type'], headers['grpc-timeout']], ['POST', 'trailers', 'application/grpc', '1500m']);
});

test('many calls at once share one connection, each gets its own answer, and nothing is printed', async () => {
  const socket = socketPath();
  const server = await serveGrpc(socket, async (call) => {
    await wait(Number(call.message.toString()) % 7);
    reply(call, frame(call.message));
  });
  const client = openGrpc(socket);
  const warnings: Error[] = [];
  const note = (warning: Error): void => void warnings.push(warning);
  process.on('warning', note);
  const answers = await Promise.all(Array.from({ length: 40 }, (_, i) => client.call('/x/Y', bytes(String(i)), 2000)));
  await wait(10);
  process.off('warning', note);
  assert.deepEqual(answers.map((answer) => Number(Buffer.from(answer).toString())), Array.from({ length: 40 }, (_, i) => i));
  assert.equal(server.sessions.length, 1);
  assert.deepEqual(warnings, []);
});

test('a large answer comes whole', async () => {
  const socket = socketPath();
  const large = Buffer.alloc(6 * 1024 * 1024, 'x');
  await serveGrpc(socket, (call) => reply(call, frame(large)));
  assert.equal((await openGrpc(socket).call('/x/Y', bytes(''), 5000)).length, large.length);
});

test('a refusal is told with its status and words, in headers or in trailers, however they are written', async () => {
  const socket = socketPath();
  await serveGrpc(socket, (call) => {
    if (call.method === '/x/headers') refuse(call, 5, 'no such container%3A %C3%A9');
    else if (call.method === '/x/raw') refuse(call, 2, '100% of the disk');
    else reply(call, Buffer.alloc(0), { 'grpc-status': '12', 'grpc-message': 'unknown service' });
  });
  const client = openGrpc(socket);
  await assert.rejects(client.call('/x/headers', bytes(''), 1000), grpcError(5, /^no such container: é$/));
  await assert.rejects(client.call('/x/raw', bytes(''), 1000), grpcError(2, /^100% of the disk$/));
  await assert.rejects(client.call('/x/trailers', bytes(''), 1000), grpcError(12, /^unknown service$/));
});

test('an answer that is cut off, compressed or no gRPC at all is an error', async () => {
  const socket = socketPath();
  await serveGrpc(socket, (call) => {
    if (call.method === '/x/short') reply(call, frame(bytes('hello')).subarray(0, 8));
    else if (call.method === '/x/none') reply(call, Buffer.alloc(0));
    else if (call.method === '/x/packed') reply(call, frame(bytes('hello'), 1));
    else if (call.method === '/x/http') call.stream.respond({ ':status': 404 }, { endStream: true });
    else call.stream.close(2);
  });
  const client = openGrpc(socket);
  for (const method of ['short', 'none', 'packed']) await assert.rejects(client.call(`/x/${method}`, bytes(''), 1000), grpcError(-1, /cut off or compressed/), method);
  await assert.rejects(client.call('/x/http', bytes(''), 1000), grpcError(-1, /HTTP status 404/));
  await assert.rejects(client.call('/x/reset', bytes(''), 1000), grpcError(-1, /INTERNAL_ERROR/));
});

test('a socket that is missing, or where HTTP/1 is spoken, is told at once', async () => {
  await assert.rejects(openGrpc(at('/missing.sock')).call('/x/Y', bytes(''), 1000), grpcError(-1, /ENOENT/));
  const socket = socketPath();
  const other = createServer((connection) => connection.on('error', () => {}).end('HTTP/1.1 400 Bad Request\r\n\r\n'));
  await new Promise<void>((resolve) => other.listen(socket, resolve));
  after(() => other.close());
  await assert.rejects(openGrpc(socket).call('/x/Y', bytes(''), 1000), grpcError(-1, /./));
});

test('a server that never answers is given up after the deadline, and the next call gets a new connection', async () => {
  const socket = socketPath();
  const server = await serveGrpc(socket, (call) => {
    if (call.method !== '/x/hang') reply(call, frame(bytes('ok')));
  });
  const client = openGrpc(socket);
  const began = performance.now();
  await assert.rejects(client.call('/x/hang', bytes(''), 100), grpcError(4, /no answer within 2.1 s/));
  assert.ok(performance.now() - began < 4000);
  await client.call('/x/Y', bytes(''), 1000);
  assert.equal(server.sessions.length, 2);
});

test('after the server went away and came back, calls work again', async () => {
  const socket = socketPath();
  const answer = (call: Parameters<typeof refuse>[0]): void => reply(call, frame(bytes('ok')));
  const first = await serveGrpc(socket, answer);
  const client = openGrpc(socket);
  await client.call('/x/Y', bytes(''), 1000);
  await first.close();
  await wait(20);
  await assert.rejects(client.call('/x/Y', bytes(''), 1000), grpcError(-1, /ENOENT|ECONNREFUSED/));
  await serveGrpc(socket, answer);
  assert.equal(Buffer.from(await client.call('/x/Y', bytes(''), 1000)).toString(), 'ok');
});

test('a process stays for a call under way, and ends right after the last one', async () => {
  const socket = socketPath();
  await serveGrpc(socket, async (call) => {
    // The connection is given up while a call is under way: the one made for the next call must not keep the process.
    if (call.method === '/x/2') call.stream.session?.goaway();
    await wait(call.method === '/x/2' ? 400 : 100);
    reply(call, frame(bytes('ok')));
  });
  const program = fileURLToPath(new URL('grpc-caller.ts', import.meta.url));
  const caller = spawn(process.execPath, ['--import', 'tsx', program, socket], { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  caller.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
  const hung = setTimeout(() => caller.kill('SIGKILL'), 10_000);
  const [code] = await once(caller, 'exit');
  clearTimeout(hung);
  assert.equal(said, 'ok ok ok\n');
  assert.equal(code, 0);
});
