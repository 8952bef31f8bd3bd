/**
 * A container runtime without containers, for a kubelet that is to start and do nothing: every call is answered with
 * an empty message, but for the two that a kubelet waits for. Written by hand, for it must not change with kcfg.
 */
import { rmSync } from 'node:fs';
import { createServer } from 'node:http2';

const UNIMPLEMENTED = new Set(['RuntimeConfig', 'GetContainerEvents', 'PodSandboxStats']);

/** A field of text in protobuf, shorter than 128 bytes. */
const text = (number: number, value: string | Buffer): Buffer => Buffer.concat([Buffer.from([(number << 3) | 2, Buffer.byteLength(value)]), Buffer.from(value)]);
/** VersionResponse: version, runtime_name, runtime_version, runtime_api_version. */
const VERSION = Buffer.concat([text(1, '0.1.0'), text(2, 'none'), text(3, 'v2.0.0'), text(4, 'v1')]);
const ready = (type: string): Buffer => text(1, Buffer.concat([text(1, type), Buffer.from([2 << 3, 1])]));
/** StatusResponse: both conditions true. */
const STATUS = text(1, Buffer.concat([ready('RuntimeReady'), ready('NetworkReady')]));

/** `heard`: the name of each call, as it comes. */
export async function serveNoContainers(socket: string, heard: (name: string) => void = () => {}): Promise<() => void> {
  rmSync(socket, { force: true });
  const server = createServer();
  const sessions = new Set<{ destroy(): void }>();
  server.on('session', (session) => {
    sessions.add(session);
    session.on('error', () => {});
    session.on('close', () => sessions.delete(session));
  });
  server.on('stream', (stream, headers) => {
    const name = String(headers[':path']).split('/')[2] ?? '';
    const known = !UNIMPLEMENTED.has(name);
    heard(name);
    stream.on('error', () => {});
    stream.on('end', () => {
      if (stream.destroyed) return;
      stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': known ? '0' : '12' }));
      stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
      if (known) {
        const body = name === 'Version' ? VERSION : name === 'Status' ? STATUS : Buffer.alloc(0);
        const prefix = Buffer.alloc(5);
        prefix.writeUInt32BE(body.length, 1);
        stream.write(Buffer.concat([prefix, body]));
      }
      stream.end();
    });
    stream.resume();
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(socket, resolve));
  return () => {
    server.close();
    for (const session of sessions) session.destroy();
  };
}
