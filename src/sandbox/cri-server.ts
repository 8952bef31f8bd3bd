/** The runtime's socket: gRPC over HTTP/2, runtime.v1, as containerd speaks it. Unary calls, one message each. */
import { create, fromBinary, type MessageInitShape, toBinary } from '@bufbuild/protobuf';
import type { GenMessage } from '@bufbuild/protobuf/codegenv2';
import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { createServer, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2';
import { ContainerState, ImageService, PodSandboxState, RuntimeService } from '../host/gen/api_pb.ts';
import { findInside } from './inside.ts';
import type { Machine } from './machine.ts';
import type { Container, Runtime, Sandbox } from './runtime.ts';

type Methods = typeof RuntimeService.method & typeof ImageService.method;
type Handlers = {
  [M in keyof Methods]: (request: Record<string, unknown>) => object | Promise<object>;
};

const nanoseconds = (ms: number): bigint => BigInt(Math.round(ms)) * 1_000_000n;
const NOT_FOUND = 5;
const UNIMPLEMENTED = 12;

class RpcError extends Error {
  readonly code: number;
  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

/** Listens on a unix socket; the returned function closes it and ends every call. */
export async function serveCri(socket: string, runtime: Runtime, machine: Machine): Promise<() => Promise<void>> {
  rmSync(socket, { force: true });
  const handlers = createHandlers(runtime, machine);
  const sessions = new Set<ServerHttp2Session>();
  const server = createServer();
  server.on('session', (session) => {
    sessions.add(session);
    session.on('close', () => sessions.delete(session));
    session.on('error', () => {});
  });
  server.on('stream', (stream, headers) => {
    stream.on('error', () => {});
    void respond(stream, String(headers[':path']), handlers);
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(socket, resolve));
  return async () => {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    for (const session of sessions) session.destroy();
    await closed;
    rmSync(socket, { force: true });
  };
}

async function respond(stream: ServerHttp2Stream, path: string, handlers: Handlers): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  const [, service, name] = path.split('/');
  const method = [RuntimeService, ImageService].find(({ typeName }) => typeName === service)?.methods.find((each) => each.name === name);
  const end = (code: number, message: string, body?: Uint8Array): void => {
    if (stream.destroyed) return;
    stream.on('wantTrailers', () =>
      stream.sendTrailers({ 'grpc-status': String(code), 'grpc-message': encodeURIComponent(message) }),
    );
    stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
    if (body !== undefined) {
      // one message: not compressed, length in four bytes (gRPC over HTTP2, "Length-Prefixed-Message")
      const prefix = Buffer.alloc(5);
      prefix.writeUInt32BE(body.length, 1);
      stream.write(prefix);
      stream.write(body);
    }
    stream.end();
  };
  if (method === undefined) {
    end(UNIMPLEMENTED, `unknown method ${name ?? ''}`);
    return;
  }
  try {
    const request = fromBinary(method.input as GenMessage<never>, Buffer.concat(chunks).subarray(5));
    const answer = await handlers[method.localName as keyof Handlers](request);
    const output = method.output as GenMessage<never>;
    end(0, '', toBinary(output, create(output, answer as MessageInitShape<typeof output>)));
  } catch (error) {
    end(error instanceof RpcError ? error.code : 2, (error as Error).message);
  }
}

function createHandlers(runtime: Runtime, machine: Machine): Handlers {
  const container = (id: unknown): Container => {
    const found = runtime.containers().find((c) => c.id === id);
    if (found === undefined)
      throw new RpcError(NOT_FOUND, `an error occurred when try to find container "${String(id)}": not found`);
    return found;
  };
  const sandbox = (id: unknown): Sandbox => {
    const found = runtime.sandboxes().find((s) => s.id === id);
    if (found === undefined) throw new RpcError(NOT_FOUND, `an error occurred when try to find sandbox: not found`);
    return found;
  };
  const selects = (labels: Record<string, string>, filter: unknown): boolean =>
    Object.entries((filter as { labelSelector?: Record<string, string> } | undefined)?.labelSelector ?? {}).every(
      ([key, value]) => labels[key] === value,
    );
  return {
    version: () => ({ version: '0.1.0', runtimeName: 'containerd', runtimeVersion: versionOf(machine), runtimeApiVersion: 'v1' }),
    status: () => ({
      status: { conditions: ['RuntimeReady', 'NetworkReady'].map((type) => ({ type, status: true, reason: '', message: '' })) },
    }),
    runtimeConfig: () => ({ linux: { cgroupDriver: 0 } }),
    listPodSandbox: ({ filter }) => ({
      items: runtime
        .sandboxes()
        .filter((s) => selects(s.labels, filter))
        .map(sandboxMessage),
    }),
    podSandboxStatus: ({ podSandboxId }) => ({ status: sandboxMessage(sandbox(podSandboxId)) }),
    stopPodSandbox: async ({ podSandboxId }) => {
      await runtime.stopSandbox(String(podSandboxId));
      return {};
    },
    removePodSandbox: async ({ podSandboxId }) => {
      await runtime.stopSandbox(String(podSandboxId));
      runtime.removeSandbox(String(podSandboxId));
      return {};
    },
    listContainers: ({ filter }) => ({
      containers: runtime
        .containers()
        .filter((c) => selects(c.labels, filter))
        .map(containerMessage),
    }),
    containerStatus: ({ containerId, verbose }) => {
      const found = container(containerId);
      const pid = found.state === 'running' ? found.pid : 0;
      return {
        status: {
          ...containerMessage(found),
          startedAt: nanoseconds(found.startedAt),
          finishedAt: nanoseconds(found.finishedAt),
          exitCode: found.exitCode,
          reason: found.reason,
          message: '',
          logPath: found.logPath,
        },
        ...(verbose === true ? { info: { info: JSON.stringify({ sandboxID: found.sandboxId, pid, config: configOf(found) }) } } : {}),
      };
    },
    listImages: () => ({ images: runtime.images().map((image) => ({ id: image, repoTags: [image] })) }),
    stopContainer: async ({ containerId, timeout }) => {
      machine.journal.write({
        at: machine.now(),
        unit: 'containerd.service',
        identifier: 'containerd',
        pid: 0,
        priority: 6,
        message: `StopContainer for "${String(containerId)}" with timeout ${String(timeout)} (s)`,
      });
      await runtime.stop(String(containerId), Number(timeout));
      return {};
    },
  };
}

function versionOf({ faults, root }: Machine): string {
  const upgraded = faults.get('runtime-upgraded');
  const holds = upgraded !== undefined && (upgraded.when === undefined || findInside(root, upgraded.when) !== undefined);
  return holds ? upgraded.version : 'v2.4.2';
}

/** The kubelet's words to it, as containerd keeps them (CRI ContainerConfig, by its JSON names). */
function configOf({ image, argv, name, attempt }: Container): object {
  return { metadata: { name, attempt }, image: { image: `sha256:${createHash('sha256').update(image).digest('hex')}`, user_specified_image: image }, command: argv, envs: [], mounts: [] };
}

function sandboxMessage(s: Sandbox): object {
  return {
    id: s.id,
    metadata: { name: s.podName, uid: s.podUid, namespace: s.namespace, attempt: s.attempt },
    state: s.ready ? PodSandboxState.SANDBOX_READY : PodSandboxState.SANDBOX_NOTREADY,
    createdAt: nanoseconds(s.createdAt),
    labels: s.labels,
    annotations: s.annotations,
  };
}

function containerMessage(c: Container): object {
  return {
    id: c.id,
    podSandboxId: c.sandboxId,
    metadata: { name: c.name, attempt: c.attempt },
    image: { image: c.image },
    imageRef: c.image,
    state: c.state === 'running' ? ContainerState.CONTAINER_RUNNING : ContainerState.CONTAINER_EXITED,
    createdAt: nanoseconds(c.createdAt),
    labels: c.labels,
    annotations: c.annotations,
  };
}
