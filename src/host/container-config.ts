/**
 * What a container was made with, from the runtime's verbose info: containerd (internal/cri/server/container_status.go) and
 * CRI-O (server/container_status.go, "runtimeSpec" only) put JSON there; containerd's has the kubelet's own ContainerConfig.
 */
import type { ContainerConfig } from './pod-runtime.ts';

interface Info {
  config?: {
    image?: { image?: string; user_specified_image?: string };
    command?: string[];
    args?: string[];
    mounts?: { container_path?: string; host_path?: string; readonly?: boolean }[];
    envs?: { key?: string; value?: unknown }[];
  };
  /** OCI, where there is no more. */
  runtimeSpec?: { process?: { args?: string[] } };
}

/** Undefined for a text that has none. */
export function configIn(info: string | undefined): ContainerConfig | undefined {
  let read: Info;
  try {
    read = JSON.parse(info ?? '') as Info;
  } catch {
    return undefined;
  }
  const { config } = read;
  const command = config?.command ?? (config?.args === undefined ? read.runtimeSpec?.process?.args : undefined) ?? [];
  if (config === undefined && command.length === 0) return undefined;
  return {
    // the image itself is an ID there; what the manifest said stands beside it since Kubernetes 1.29
    image: config?.image?.user_specified_image || (config?.image?.image ?? ''),
    command,
    args: config?.args ?? [],
    mounts: (config?.mounts ?? []).map(({ container_path = '', host_path = '', readonly = false }) => ({ hostPath: host_path, containerPath: container_path, readOnly: readonly })),
    envs: (config?.envs ?? []).map(({ key = '', value }) => ({ key, value: typeof value === 'string' ? value : '' })),
  };
}
