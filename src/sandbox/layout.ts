/**
 * Where the sandbox keeps things: BASE/NAME/{node.json,root,bin} for a node, BASE/.daemon/{socket,log} for the daemon.
 *
 * A node's name is a host name, so nothing of the daemon can be mistaken for a node. A unix socket's path is at most
 * 107 bytes (unix(7)), and the runtime's socket lies deep in the tree: names that would not fit are refused.
 */
import { homedir } from 'node:os';
import { join } from 'node:path';
import { KcfgError } from '../errors.ts';

export const RUNTIME_SOCKET = '/run/containerd/containerd.sock';
const LONGEST_SOCKET_PATH = 107;

/** What a node was made with; kept in BASE/NAME/node.json. */
export interface NodeSettings {
  name: string;
  role: 'control plane' | 'worker';
  /** 1 = the timings measured on real nodes; 10 = ten times as fast. */
  speed: number;
  /** Kubernetes version without `v`. */
  version: string;
  ports: Ports;
  /** API server that the kubelet and its kubeconfig talk to. */
  server: string;
  /** Control plane of the same sandbox that a worker belongs to; absent: a pretend API server outside all nodes. */
  cluster?: string;
}
export interface Ports {
  healthz: number;
  kubelet: number;
  api: number;
  etcd: number;
  etcdMetrics: number;
}

/** KCFG_SANDBOX_HOME, or ~/.local/share/kcfg/sandbox (XDG base directory for a user's data). */
export function sandboxHome(env: Record<string, string | undefined>): string {
  return env.KCFG_SANDBOX_HOME ?? join(env.XDG_DATA_HOME ?? join(env.HOME ?? homedir(), '.local/share'), 'kcfg/sandbox');
}

export const daemonDirectory = (base: string): string => join(base, '.daemon');
export const controlSocket = (base: string): string => join(daemonDirectory(base), 'socket');
export const nodeDirectory = (base: string, name: string): string => join(base, name);
export const nodeRoot = (base: string, name: string): string => join(base, name, 'root');

/** Throws `usage` for a name that is no host name, or too long for the directory. */
export function checkName(base: string, name: string): void {
  if (!/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(name) || name.length > 63) {
    throw new KcfgError('usage', `${name} is no name for a node`, {
      help: ['a name is lower-case letters, digits and hyphens, as a host name: kcfg sandbox up cp1'],
    });
  }
  const socket = join(nodeRoot(base, name), RUNTIME_SOCKET);
  if (Buffer.byteLength(socket) > LONGEST_SOCKET_PATH) {
    throw new KcfgError('usage', `${base} is too long a path for a sandbox`, {
      notes: [`the runtime's socket would be ${socket}, and a socket's path has at most ${LONGEST_SOCKET_PATH} bytes`],
      help: ['a shorter name, or a shorter directory: KCFG_SANDBOX_HOME=/tmp/kcfg kcfg sandbox up cp1'],
    });
  }
}
