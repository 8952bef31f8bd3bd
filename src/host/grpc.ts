/**
 * Unary gRPC calls over a unix socket: HTTP/2, one request and one answer, each behind a 5-byte frame head (flag, length).
 * `:authority` is localhost, for servers refuse a socket's path there (kubernetes/kubernetes#112597).
 */
import { connect as connectHttp2, constants, type ClientHttp2Session } from 'node:http2';
import { connect } from 'node:net';

export class GrpcError extends Error {
  /** gRPC status; 14 is UNAVAILABLE, 12 UNIMPLEMENTED; -1: no connection at all. */
  readonly status: number;
  constructor(status: number, message: string, cause?: unknown) {
    super(message, { cause });
    this.status = status;
  }
}

export interface GrpcClient {
  /** `method` as '/runtime.v1.RuntimeService/Version'. Throws GrpcError. */
  call(method: string, message: Uint8Array, timeoutMs: number): Promise<Uint8Array>;
}

export function openGrpc(socket: string): GrpcClient {
  let session: ClientHttp2Session | undefined;
  /** Calls under way: while there are any the process must not end, and an idle connection must not keep it. */
  let underWay = 0;
  const open = (): ClientHttp2Session => {
    if (session !== undefined && !session.closed && !session.destroyed) return session;
    const opened = connectHttp2('http://localhost', { createConnection: () => connect(socket) });
    opened.on('error', () => opened.destroy());
    opened.on('goaway', () => opened.close());
    session = opened;
    return opened;
  };
  return {
    call(method, message, timeoutMs) {
      return new Promise((resolve, reject) => {
        const http2 = open();
        underWay++;
        http2.ref();
        const fail = (error: unknown): void => settle(() => reject(error instanceof GrpcError ? error : new GrpcError(-1, error instanceof Error ? error.message : String(error), error)));
        let settled = false;
        const settle = (deed: () => void): void => {
          if (settled) return;
          settled = true;
          http2.off('error', fail);
          underWay--;
          if (underWay === 0 && !http2.destroyed) http2.unref();
          deed();
        };
        http2.once('error', fail);
        const stream = http2.request({
          [constants.HTTP2_HEADER_METHOD]: 'POST',
          [constants.HTTP2_HEADER_PATH]: method,
          'content-type': 'application/grpc',
          te: 'trailers',
          'grpc-timeout': `${Math.ceil(timeoutMs)}m`,
        });
        const chunks: Buffer[] = [];
        let status: { code: number; message: string } | undefined;
        const readStatus = (headers: Record<string, unknown>): void => {
          if (headers['grpc-status'] === undefined) return;
          status = { code: Number(headers['grpc-status']), message: decodeURIComponent(String(headers['grpc-message'] ?? '')) };
        };
        stream.setTimeout(timeoutMs + 2000, () => {
          stream.close(constants.NGHTTP2_CANCEL);
          fail(new GrpcError(4, 'no answer in time'));
        });
        stream.on('response', readStatus);
        stream.on('trailers', readStatus);
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.on('error', fail);
        stream.on('close', () => {
          if (status === undefined) return fail(new GrpcError(-1, 'the connection was closed'));
          if (status.code !== 0) return fail(new GrpcError(status.code, status.message));
          settle(() => resolve(Buffer.concat(chunks).subarray(5)));
        });
        const head = Buffer.alloc(5);
        head.writeUInt32BE(message.length, 1);
        stream.end(Buffer.concat([head, message]));
      });
    },
  };
}
