/**
 * The daemon of the sandbox: hosts the pretend nodes of one directory, and ends with the last of them.
 * Started by `kcfg sandbox up`, detached. With a parent it never outlives it, and takes its nodes' files along.
 */
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import type { Server } from 'node:net';
import { join } from 'node:path';
import { KcfgError } from '../errors.ts';
import { type Cluster, createCluster } from './cluster.ts';
import { type ControlRequest, type NodeState, serveControl, type UpRequest } from './control.ts';
import { FAULT_NAMES } from './faults.ts';
import { checkName, controlSocket, daemonDirectory, type NodeSettings, nodeDirectory } from './layout.ts';
import { nodeNames } from './manage.ts';
import { createNode, type PretendNode } from './node.ts';
import { allocatePorts } from './ports.ts';
import { makeTree } from './tree.ts';

const VERSION = '1.37.2';
const PARENT_CHECK_MS = 500;
/** A daemon without a node waits this long for its first. */
const IDLE_MS = 10_000;

export interface DaemonOptions {
  base: string;
  /** Ends, and removes what it made, when this process is gone. */
  parent?: number;
  /** Calls back when the daemon is told to end (SIGTERM, SIGINT). */
  onInterrupt(end: () => void): void;
}

/** Resolves when it ends. Returns at once when a daemon is there already. */
export async function runDaemon({ base, parent, onInterrupt }: DaemonOptions): Promise<void> {
  mkdirSync(daemonDirectory(base), { recursive: true, mode: 0o700 });
  const nodes = new Map<string, PretendNode>();
  let finish = (): void => {};
  const finished = new Promise<void>((resolve) => {
    finish = resolve;
  });

  const node = (name: string): PretendNode => {
    const found = nodes.get(name);
    if (found !== undefined) return found;
    const up = [...nodes.keys()];
    throw new KcfgError('sandbox', `there is no node ${name} in the sandbox`, {
      help: [up.length === 0 ? `kcfg sandbox up ${name}` : `nodes that are up: ${up.join(', ')}`],
    });
  };
  const take = async (name: string, files: boolean): Promise<void> => {
    await nodes.get(name)?.powerOff();
    nodes.delete(name);
    if (files) rmSync(nodeDirectory(base, name), { recursive: true, force: true });
  };

  const handle = async (request: ControlRequest): Promise<object> => {
    switch (request.op) {
      case 'program':
        return await node(request.node).program(request);
      case 'up':
        return await up(base, nodes, request);
      case 'down': {
        const names = request.name === undefined ? nodeNames(base) : [request.name];
        if (request.name !== undefined && !existsSync(nodeDirectory(base, request.name))) node(request.name);
        for (const name of names) await take(name, true);
        // after the answer is on its way
        if (nodes.size === 0 && parent === undefined) setTimeout(finish, 50);
        return { names };
      }
      case 'list':
        return { nodes: [...nodes.values()].map(({ machine }) => machine.settings) };
      case 'reboot':
        await node(request.name).reboot();
        return {};
      case 'fault':
        if (!FAULT_NAMES.includes(request.fault))
          throw new KcfgError('usage', `there is no fault ${request.fault}`, { help: [FAULT_NAMES.join(' ')] });
        if (request.argument === null) node(request.name).faults.clear(request.fault);
        else node(request.name).faults.set(request.fault, request.argument as never);
        return {};
      case 'state': {
        const { machine, runtime, cluster } = node(request.name);
        const mirrors = [...cluster.mirrors.values()].map(({ name, hash }) => ({ name, hash }));
        return {
          settings: machine.settings,
          containers: runtime.containers(),
          sandboxes: runtime.sandboxes(),
          mirrors,
        } satisfies NodeState;
      }
    }
  };

  const server: Server | undefined = await serveControl(controlSocket(base), handle);
  if (server === undefined) return;
  const idle = setTimeout(() => {
    if (nodes.size === 0 && parent === undefined) finish();
  }, IDLE_MS);
  const orphaned =
    parent === undefined
      ? undefined
      : setInterval(() => {
          if (!alive(parent)) finish();
        }, PARENT_CHECK_MS);
  onInterrupt(finish);
  await finished;
  clearTimeout(idle);
  clearInterval(orphaned);
  server.close();
  rmSync(controlSocket(base), { force: true });
  for (const name of [...nodes.keys()]) await take(name, parent !== undefined);
  if (parent !== undefined) rmSync(base, { recursive: true, force: true });
}

async function up(base: string, nodes: Map<string, PretendNode>, request: UpRequest): Promise<object> {
  const { name, worker = false, speed = 1, version = VERSION, files } = request;
  const began = performance.now();
  checkName(base, name);
  if (nodes.has(name)) throw new KcfgError('sandbox', `${name} is up already`, { help: [`kcfg sandbox shell ${name}`] });
  const saved = join(nodeDirectory(base, name), 'node.json');
  const existed = existsSync(saved);
  const controlPlane = [...nodes.values()].find(({ machine }) => machine.settings.role === 'control plane');
  const settings = existed
    ? (JSON.parse(readFileSync(saved, 'utf8')) as NodeSettings)
    : await newSettings(name, worker, speed, version, controlPlane);
  if (!existed) {
    rmSync(nodeDirectory(base, name), { recursive: true, force: true }); // half a tree, of an up that was cut off
    makeTree(base, settings, files);
  }
  const cluster: Cluster = (settings.cluster === undefined ? undefined : nodes.get(settings.cluster)?.cluster) ?? createCluster();
  const node = createNode(base, settings, cluster);
  nodes.set(name, node);
  // a node whose daemon was killed boots as after a power cut
  await node.boot(!existed);
  return { settings, seconds: (performance.now() - began) / 1000, existed };
}

async function newSettings(
  name: string,
  worker: boolean,
  speed: number,
  version: string,
  controlPlane: PretendNode | undefined,
): Promise<NodeSettings> {
  const ports = await allocatePorts();
  const joins = worker ? controlPlane?.machine.settings : undefined;
  const server = `https://127.0.0.1:${joins?.ports.api ?? ports.api}`;
  const role = worker ? 'worker' : 'control plane';
  return { name, role, speed, version, ports, server, ...(joins === undefined ? {} : { cluster: joins.name }) };
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

// Started directly, from source, by tests: node --import tsx src/sandbox/daemon.ts BASE [PARENT]
if (process.argv[1]?.endsWith('/sandbox/daemon.ts')) {
  const [, , base = '', parent] = process.argv;
  const onInterrupt = (end: () => void): void => void process.once('SIGTERM', end).once('SIGINT', end);
  await runDaemon({ base, onInterrupt, ...(parent === undefined ? {} : { parent: Number(parent) }) });
  process.exit();
}
