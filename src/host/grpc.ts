/**
 * Unary gRPC calls over a unix socket: HTTP/2, one request and one answer, each behind a 5-byte frame head (flag, length).
 * `:authority` is localhost, for servers refuse a socket's path there (kubernetes/kubernetes#112597). One connection
 * serves all calls; it keeps the process alive while one is under way, and lets it end when none is.
 */
import { connect as connectHttp2, constants, type ClientHttp2Session, type IncomingHttpHeaders } from 'node:http2';
import { connect } from 'node:net';

export class GrpcError extends Error {
  /** gRPC status; 14 is UNAVAILABLE, 12 UNIMPLEMENTED; -1: no answer that is gRPC, or no connection at all. */
  readonly status: number;
  constructor(status: number, message: string, cause?: unknown) {
    super(message, { cause });
    this.status = status;
  }
}

export const DEADLINE_EXCEEDED = 4;
/** What the server needs to say by itself that the time is over (ms), before we stop waiting. */
const SLACK_MS = 2000;

export interface GrpcClient {
  /** `method` as '/runtime.v1.RuntimeService/Version'. Throws GrpcError. */
  call(method: string, message: Uint8Array, timeoutMs: number): Promise<Uint8Array>;
}

interface Connection {
  session: ClientHttp2Session;
  /** Calls under way. */
  calls: number;
}

/** Connects with the first call, and again whenever the connection is gone. */
export function openGrpc(socket: string): GrpcClient {
  let current: Connection | undefined;
  const connection = (): Connection => {
    if (current !== undefined && !current.session.closed && !current.session.destroyed) return current;
    const session = connectHttp2('http://localhost', { createConnection: () => connect(socket) });
    // Each call also listens; a list of containers is looked at side by side.
    session.setMaxListeners(0);
    session.on('error', () => session.destroy());
    current = { session, calls: 0 };
    return current;
  };
  return {
    async call(method, message, timeoutMs) {
      const used = connection();
      used.calls++;
      used.session.ref();
      try {
        return await callOn(used.session, method, message, timeoutMs);
      } catch (error) {
        throw error instanceof GrpcError ? error : noAnswer(error);
      } finally {
        used.calls--;
        if (used.calls === 0 && !used.session.destroyed) used.session.unref();
      }
    },
  };
}

/** A call that waited for its connection is cancelled: the reason is in the cause. */
function noAnswer(error: unknown): GrpcError {
  if (!(error instanceof Error)) return new GrpcError(-1, String(error));
  return error.cause instanceof Error ? noAnswer(error.cause) : new GrpcError(-1, error.message, error);
}

function callOn(session: ClientHttp2Session, method: string, message: Uint8Array, timeoutMs: number): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const stream = session.request({
      [constants.HTTP2_HEADER_AUTHORITY]: 'localhost',
      [constants.HTTP2_HEADER_METHOD]: 'POST',
      [constants.HTTP2_HEADER_PATH]: method,
      'content-type': 'application/grpc',
      te: 'trailers',
      'grpc-timeout': `${Math.ceil(timeoutMs)}m`,
    });
    const settle = (deed: () => void): void => {
      clearTimeout(timer);
      session.off('error', fail);
      deed();
    };
    const fail = (error: unknown): void => settle(() => reject(error));
    const timer = setTimeout(() => {
      stream.close(constants.NGHTTP2_CANCEL);
      // Whoever hangs may hang for good: the next call makes a connection of its own.
      session.close();
      fail(new GrpcError(DEADLINE_EXCEEDED, `no answer within ${(timeoutMs + SLACK_MS) / 1000} s`));
    }, timeoutMs + SLACK_MS);
    session.once('error', fail);
    const chunks: Buffer[] = [];
    let headers: IncomingHttpHeaders = {};
    // An answer without a message has its status in the headers, any other in the trailers.
    stream.on('response', (received) => (headers = { ...headers, ...received }));
    stream.on('trailers', (received: IncomingHttpHeaders) => (headers = { ...headers, ...received }));
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('error', fail);
    stream.on('close', () => {
      try {
        const answer = readAnswer(headers, Buffer.concat(chunks));
        settle(() => resolve(answer));
      } catch (error) {
        fail(error);
      }
    });
    const head = Buffer.alloc(5);
    head.writeUInt32BE(message.length, 1);
    stream.end(Buffer.concat([head, message]));
  });
}

/** The message of an answer whose status is 0. Throws GrpcError for any other, and for what is no gRPC. */
function readAnswer(headers: IncomingHttpHeaders, body: Buffer): Uint8Array {
  const status = headers['grpc-status'];
  if (status === undefined) {
    const http = headers[':status'] as string | number | undefined;
    throw new GrpcError(-1, http === undefined || Number(http) === 200 ? 'the connection was closed' : `it answers with HTTP status ${http}, not in gRPC`);
  }
  if (Number(status) !== 0) throw new GrpcError(Number(status), unescape(String(headers['grpc-message'] ?? '')));
  // One message, not compressed, length in four bytes (gRPC over HTTP2, "Length-Prefixed-Message").
  if (body.length < 5 || body[0] !== 0 || body.readUInt32BE(1) !== body.length - 5) throw new GrpcError(-1, 'its answer is cut off or compressed');
  return body.subarray(5);
}

/** Percent-encoded; what is not is taken as it is (gRPC over HTTP2, "Responses"). */
function unescape(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
