/** A small gRPC server on a unix socket, to be answered from as a test likes: right, wrong, late or never. */
import { createServer, type IncomingHttpHeaders, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2';
import { after } from 'node:test';

export interface Call {
  method: string;
  headers: IncomingHttpHeaders;
  /** The request's message, without its frame head. */
  message: Buffer;
  stream: ServerHttp2Stream;
}
export interface GrpcServer {
  calls: Call[];
  /** Connections ever made. */
  sessions: ServerHttp2Session[];
  close(): Promise<void>;
}

export async function serveGrpc(socket: string, answer: (call: Call) => void | Promise<void>): Promise<GrpcServer> {
  const server = createServer();
  const calls: Call[] = [];
  const sessions: ServerHttp2Session[] = [];
  server.on('session', (session) => {
    sessions.push(session);
    session.on('error', () => {});
  });
  server.on('stream', async (stream, headers) => {
    stream.on('error', () => {});
    const chunks: Buffer[] = [];
    for await (const chunk of stream) chunks.push(chunk as Buffer);
    const call = { method: String(headers[':path']), headers, message: Buffer.concat(chunks).subarray(5), stream };
    calls.push(call);
    await answer(call);
  });
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  const close = async (): Promise<void> => {
    for (const session of sessions) session.destroy();
    if (server.listening) await new Promise<void>((resolve) => server.close(() => resolve()));
  };
  after(close);
  return { calls, sessions, close };
}

export function frame(message: Uint8Array, flag = 0): Buffer {
  const head = Buffer.alloc(5);
  head[0] = flag;
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}

/** Message first, status in the trailers. */
export function reply({ stream }: Call, body: Uint8Array, trailers: Record<string, string> = { 'grpc-status': '0' }): void {
  stream.on('wantTrailers', () => stream.sendTrailers(trailers));
  stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
  stream.end(body);
}

/** An answer that is headers only ("trailers-only"), as Go's server fails. */
export function refuse({ stream }: Call, status: number, message: string): void {
  stream.respond({ ':status': 200, 'content-type': 'application/grpc', 'grpc-status': String(status), 'grpc-message': message }, { endStream: true });
}
