/** CRI v1 (k8s.io/cri-api runtime.v1): the runtime's own view of pods, which is there also when every API is down. */
import { create, fromBinary, toBinary, type DescMessage, type MessageInitShape, type MessageShape } from '@bufbuild/protobuf';
import { KcfgError } from '../errors.ts';
import * as api from './gen/api_pb.ts';
import { configIn } from './container-config.ts';
import { DEADLINE_EXCEEDED, GrpcError, openGrpc } from './grpc.ts';
import type { Container, ContainerState, Cri, PodSandbox } from './host.ts';
import { errnoOf } from './io-errors.ts';

const TIMEOUT_MS = 10_000;

/** `socket`: the machine's path of the endpoint's socket. */
export function openCri(endpoint: string, socket: string): Cri {
  const grpc = openGrpc(socket);
  const call = async <I extends DescMessage, O extends DescMessage>(
    method: string,
    input: I,
    init: MessageInitShape<I>,
    output: O,
    timeout = TIMEOUT_MS,
    service = 'RuntimeService',
  ): Promise<MessageShape<O>> => {
    const answer = await grpc.call(`/runtime.v1.${service}/${method}`, toBinary(input, create(input, init)), timeout).catch((error: unknown) => {
      throw error instanceof GrpcError ? runtimeError(endpoint, method, error) : error;
    });
    try {
      return fromBinary(output, answer);
    } catch (cause) {
      throw new KcfgError('runtime-down', `the container runtime at ${endpoint} does not speak CRI v1`, { notes: [`${method}: its answer cannot be read`], cause });
    }
  };
  return {
    endpoint,
    async version() {
      const { runtimeName, runtimeVersion } = await call('Version', api.VersionRequestSchema, {}, api.VersionResponseSchema);
      return { runtimeName, runtimeVersion };
    },
    async sandboxes() {
      const { items } = await call('ListPodSandbox', api.ListPodSandboxRequestSchema, {}, api.ListPodSandboxResponseSchema);
      return items.map(
        (item): PodSandbox => ({
          id: item.id,
          name: item.metadata?.name ?? '',
          namespace: item.metadata?.namespace ?? '',
          uid: item.metadata?.uid ?? '',
          attempt: item.metadata?.attempt ?? 0,
          ready: item.state === api.PodSandboxState.SANDBOX_READY,
          createdAt: item.createdAt.toString(),
          labels: item.labels,
          annotations: item.annotations,
        }),
      );
    },
    async containers() {
      const { containers } = await call('ListContainers', api.ListContainersRequestSchema, {}, api.ListContainersResponseSchema);
      return containers.map(
        (item): Container => ({
          id: item.id,
          sandboxId: item.podSandboxId,
          name: item.metadata?.name ?? '',
          podUid: item.labels['io.kubernetes.pod.uid'] ?? '',
          podName: item.labels['io.kubernetes.pod.name'] ?? '',
          namespace: item.labels['io.kubernetes.pod.namespace'] ?? '',
          attempt: item.metadata?.attempt ?? 0,
          state: stateOf(item.state),
          createdAt: item.createdAt.toString(),
          image: item.image?.image ?? '',
          annotations: item.annotations,
        }),
      );
    },
    async status(containerId) {
      const { status, info } = await call('ContainerStatus', api.ContainerStatusRequestSchema, { containerId, verbose: true }, api.ContainerStatusResponseSchema);
      const pid = pidIn(info.info);
      return {
        state: stateOf(status?.state),
        startedAt: (status?.startedAt ?? 0n).toString(),
        finishedAt: (status?.finishedAt ?? 0n).toString(),
        exitCode: status?.exitCode ?? 0,
        reason: status?.reason ?? '',
        message: status?.message ?? '',
        logPath: status?.logPath ?? '',
        ...(pid === undefined ? {} : { pid }),
      };
    },
    async config(containerId) {
      const { info } = await call('ContainerStatus', api.ContainerStatusRequestSchema, { containerId, verbose: true }, api.ContainerStatusResponseSchema);
      return configIn(info.info);
    },
    async images() {
      const { images } = await call('ListImages', api.ListImagesRequestSchema, {}, api.ListImagesResponseSchema, TIMEOUT_MS, 'ImageService');
      return images.flatMap(({ repoTags, repoDigests }) => [...repoTags, ...repoDigests]);
    },
    async stop(containerId, seconds) {
      // The runtime itself needs a moment beyond the grace to kill and to clean up.
      await call('StopContainer', api.StopContainerRequestSchema, { containerId, timeout: BigInt(seconds) }, api.StopContainerResponseSchema, (seconds + 30) * 1000).catch((error: unknown) => {
        // Gone altogether is as stopped as can be.
        if (!(error instanceof KcfgError && error.cause instanceof GrpcError && error.cause.status === NOT_FOUND)) throw error;
      });
    },
  };
}

function stateOf(state: api.ContainerState | undefined): ContainerState {
  switch (state) {
    case api.ContainerState.CONTAINER_CREATED:
      return 'created';
    case api.ContainerState.CONTAINER_RUNNING:
      return 'running';
    case api.ContainerState.CONTAINER_EXITED:
      return 'exited';
    default:
      return 'unknown';
  }
}

/** containerd and CRI-O put a JSON text with the PID of the first process under `info`, when asked to be verbose. */
function pidIn(info: string | undefined): number | undefined {
  if (info === undefined) return undefined;
  try {
    const { pid } = JSON.parse(info) as { pid?: number };
    return typeof pid === 'number' && pid > 0 ? pid : undefined;
  } catch {
    return undefined;
  }
}

/** gRPC statuses (grpc/doc/statuscodes.md). */
const NOT_FOUND = 5;
const UNIMPLEMENTED = 12;
const UNAVAILABLE = 14;

function runtimeError(endpoint: string, method: string, error: GrpcError): KcfgError {
  const notes = [`${method}: ${error.message}`];
  if (error.status === UNIMPLEMENTED) {
    return new KcfgError('runtime-down', `the container runtime at ${endpoint} does not speak CRI v1`, {
      notes,
      help: ['containerd 1.6 and later do, with the cri plugin enabled: see disabled_plugins in /etc/containerd/config.toml'],
      cause: error,
    });
  }
  if (error.status >= 0 && error.status !== UNAVAILABLE && error.status !== DEADLINE_EXCEEDED) {
    return new KcfgError('host-command', `the container runtime refuses ${method}: ${error.message || `status ${error.status}`}`, { cause: error });
  }
  const errno = errnoOf(error.cause);
  const help =
    errno === 'ENOENT'
      ? ['nothing listens there: is the runtime installed and running?', '  systemctl status containerd crio']
      : errno === 'EACCES'
        ? ['only root may talk to it: run kcfg as root']
        : ['see what it says:', '  systemctl status containerd crio'];
  return new KcfgError('runtime-down', `the container runtime does not answer at ${endpoint}`, { notes, help, cause: error });
}
