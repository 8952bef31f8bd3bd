/**
 * Pretend nodes for tests: one daemon for each test file, which ends with it and takes all files along.
 *
 *     const node = await startNode({ speed: 10 });
 *     const { code } = await node.kcfg(['set', 'staticPodPath', '/etc/kubernetes/static', '--yes']);
 *     await node.down();
 *
 * kcfg runs as users run it, as a process of a bundle, which starts in a fifth of the time that the source needs.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ask, type NodeState } from '../../src/sandbox/control.ts';
import type { FaultArguments, FaultName } from '../../src/sandbox/faults.ts';
import { controlSocket, type NodeSettings, nodeDirectory } from '../../src/sandbox/layout.ts';
import { ensureDaemon } from '../../src/sandbox/manage.ts';
import type { Container } from '../../src/sandbox/runtime.ts';
import type { ProgramAnswer } from '../../src/sandbox/scripts.ts';
import { type Run, run } from '../run.ts';
import { type Poller, startPoller } from './poller.ts';
import { type Snapshot, snapshot } from './snapshot.ts';

export type { Run } from '../run.ts';

export interface NodeOptions {
  /** Default: cp1, cp2, … or w1, w2, … */
  name?: string;
  worker?: boolean;
  /** 1 = timings of a real node; default 10. */
  speed?: number;
  version?: string;
  /** Node path → content, or null to take a file away, before the first boot. */
  files?: Record<string, string | null>;
  /** A module that Node.js loads before kcfg, in each of its processes on this node. */
  hook?: string;
}
export interface SandboxNode {
  readonly name: string;
  /** What KCFG_SANDBOX is set to. */
  readonly dir: string;
  /** Its `/`. */
  readonly root: string;
  readonly settings: NodeSettings;
  readonly env: Record<string, string>;
  /** Runs kcfg on the node; `timeout` in ms, default 60 s. */
  kcfg(args: readonly string[], options?: { input?: string; timeout?: number; env?: Record<string, string> }): Promise<Run>;
  /** Runs one of the node's own programs, e.g. program('systemctl', ['restart', 'kubelet']). */
  program(name: string, args: readonly string[]): Promise<ProgramAnswer>;
  /** Sets a fault; `null` clears it. */
  fault<K extends FaultName>(name: K, argument: FaultArguments[K] | null): Promise<void>;
  state(): Promise<NodeState>;
  /** Running containers only, by name. */
  containers(): Promise<Container[]>;
  /** Every file outside /proc, /sys, /run and the kubelet's own pods, for comparison by assert.deepEqual. */
  tree(): Snapshot;
  /** Asks the API server's /readyz every `ms` (default 25), outside kcfg, until stopped. */
  poller(ms?: number): Poller;
  reboot(): Promise<void>;
  read(path: string): string;
  down(): Promise<void>;
}

const repository = fileURLToPath(new URL('../../', import.meta.url));
const counts = { cp: 0, w: 0 };
let base: string | undefined;

export async function startNode(options: NodeOptions = {}): Promise<SandboxNode> {
  base ??= mkdtempSync(join(tmpdir(), 'kcfg-'));
  const home = base;
  const socket = controlSocket(home);
  await ensureDaemon(home, [...kcfgCommand(), 'sandbox', 'daemon'], process.pid);
  const kind = options.worker === true ? 'w' : 'cp';
  const { name = `${kind}${++counts[kind]}`, speed = 10, hook, ...rest } = options;
  const { settings } = await ask(socket, { op: 'up', name, speed, ...rest });
  const dir = nodeDirectory(home, name);
  const root = join(dir, 'root');
  const env = { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '/', LANG: 'C.UTF-8', KCFG_SANDBOX: dir, KCFG_SANDBOX_HOME: home };
  const state = (): Promise<NodeState> => ask(socket, { op: 'state', name });
  return {
    name,
    dir,
    root,
    settings,
    env,
    kcfg: (args, { input, timeout = 60_000, env: more = {} } = {}) => runKcfg(args, { ...env, ...more }, timeout, input, hook),
    program: (program, args) => ask(socket, { op: 'program', node: name, program, args: [...args], cwd: '/', pid: process.pid }),
    async fault(fault, argument) {
      await ask(socket, { op: 'fault', name, fault, argument });
    },
    state,
    containers: async () => (await state()).containers.filter((c) => c.state === 'running').sort((a, b) => (a.name < b.name ? -1 : 1)),
    tree: () => snapshot(root),
    poller: (ms = 25) => startPoller(settings.server, readFileSync(join(root, 'etc/kubernetes/pki/ca.crt'), 'utf8'), ms),
    async reboot() {
      await ask(socket, { op: 'reboot', name });
    },
    read: (path) => readFileSync(join(root, path), 'utf8'),
    async down() {
      await ask(socket, { op: 'down', name });
    },
  };
}

/** argv that starts kcfg from anywhere: a bundle of the source as it is now, for this test file alone. */
export function kcfgCommand(): string[] {
  base ??= mkdtempSync(join(tmpdir(), 'kcfg-'));
  const program = join(base, '.program');
  if (!existsSync(program)) {
    execFileSync(process.execPath, [join(repository, 'build.mjs'), program]);
    writeFileSync(join(program, 'package.json'), '{"type":"module"}\n');
  }
  return [process.execPath, join(program, 'main.js')];
}

function runKcfg(args: readonly string[], env: Record<string, string>, timeout: number, input: string | undefined, hook: string | undefined): Promise<Run> {
  const [program = '', ...command] = kcfgCommand();
  return run([program, ...(hook === undefined ? [] : ['--import', hook]), ...command, ...args], { env, cwd: '/', timeout, input });
}

/** Waits until `check` holds, looking every `each` ms; fails with `what` after `ms`. */
export async function until(what: string, check: () => boolean | Promise<boolean>, ms = 10_000, each = 10): Promise<void> {
  const deadline = Date.now() + ms;
  while (!(await check())) {
    if (Date.now() > deadline) throw new Error(`${what}: not within ${ms / 1000} s`);
    await new Promise((resolve) => setTimeout(resolve, each));
  }
}
