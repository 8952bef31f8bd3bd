/**
 * Real nodes for tests, through the script beside this file.
 *
 *     const lab = await openLab();                                  // takes away what an earlier run left
 *     const cp = await lab.controlPlane('cp1', { kcfg: true });     // up, Ready, kcfg installed
 *     await cp.save('fresh');
 *     const poll = await cp.poll();
 *     const { code } = await cp.run(['kcfg', 'set', 'staticPodPath', '/etc/kubernetes/static', '--yes']);
 *     const { failed } = await poll.stop();
 *     await lab.close();                                            // takes everything away
 *
 * Needs root. One process uses a lab at a time; KCFG_LAB_NAME (default: test) gives another its own.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { type LabContainer, runningContainers } from './containers.ts';
import { type Poll, startPoll } from './poller.ts';
import { missing, type Until } from './ready.ts';

export interface Run {
  /** 137 when it was killed at its timeout. */
  code: number;
  stdout: string;
  stderr: string;
}
export interface LabNode {
  readonly name: string;
  /** Runs a program in the node; `timeout` in ms, default 120 s. */
  run(argv: readonly string[], options?: { input?: string; timeout?: number }): Promise<Run>;
  /** kubectl with the administrator's rights; on a worker, through the first control plane. */
  kubectl(...args: string[]): Promise<Run>;
  /** Where this machine has a file of the node's disk; not for /run, /proc, /var/lib/etcd and /var/lib/containerd. */
  file(path: string): string;
  read(path: string): string;
  /** Running containers by name, sandboxes left out; [] when the node is off. */
  containers(): Promise<LabContainer[]>;
  /** Asks its API server every 50 ms until stopped. */
  poll(): Promise<Poll>;
  /** Installs the package, built from this checkout; with KCFG_LAB_PACKAGED=1, the one in dist. */
  installKcfg(): Promise<void>;
  /** Puts another version's programs there (all, unless some are named) and its images; restarts nothing. */
  upgrade(version: string, ...programs: string[]): Promise<void>;
  stop(how?: 'hard' | 'soft'): Promise<void>;
  /** Powers on and waits; `until` (also below): 'ready' unless told otherwise. */
  start(until?: Until): Promise<void>;
  reboot(how: 'hard' | 'soft', until?: Until): Promise<void>;
  /** Pulls the plug, copies the disk, powers on, waits. */
  save(snapshot: string, until?: Until): Promise<void>;
  restore(snapshot: string, until?: Until): Promise<void>;
  /** Waits until the node and all its pods are up with the containers that run now; throws after `ms`, default 120 s. */
  ready(until?: Until, ms?: number): Promise<void>;
  down(): Promise<void>;
}
export interface Lab {
  readonly name: string;
  /** The first makes the cluster, each other joins as one more control plane. */
  controlPlane(name: string, options?: { kcfg?: boolean }): Promise<LabNode>;
  worker(name: string, options?: { kcfg?: boolean }): Promise<LabNode>;
  /** A control plane that an earlier run left; with `keep`. */
  left(name: string): LabNode;
  /** Once more a control plane, after `kubeadm reset` on it. */
  rejoin(node: LabNode): Promise<void>;
  /** In front of all control planes there are now; with haproxy. */
  balancer(): Promise<Balancer>;
  close(): Promise<void>;
}
export interface Balancer {
  /** Asks through it every 50 ms until stopped, as the cluster's administrator. */
  poll(path: string): Promise<Poll>;
  close(): Promise<void>;
}

const script = fileURLToPath(new URL('lab', import.meta.url));
const repository = fileURLToPath(new URL('../../', import.meta.url));
const KUBECTL = ['kubectl', '--kubeconfig', '/etc/kubernetes/admin.conf'];
const STATIC_PODS = 4; // of a kubeadm control plane: etcd, kube-apiserver, kube-controller-manager, kube-scheduler
let packaged: Promise<unknown> | undefined;

/** Throws when a command of the lab fails, with what it said. `keep`: what an earlier run left stays. `kubernetes`: its version, where it is not the lab's own; `apiServer`: a flag for its API servers, name=value. */
export async function openLab({ name = process.env.KCFG_LAB_NAME ?? 'test', kubernetes, apiServer, keep = false }: { name?: string; kubernetes?: string; apiServer?: string; keep?: boolean } = {}): Promise<Lab> {
  const env = { KCFG_LAB_NAME: name, ...(kubernetes === undefined ? {} : { KCFG_LAB_K8S: kubernetes }), ...(apiServer === undefined ? {} : { KCFG_LAB_APISERVER: apiServer }) };
  const home = join(process.env.KCFG_LAB ?? '/var/tmp/kcfg-lab', 'labs', name);
  const lab = async (...args: string[]): Promise<void> => {
    // a build takes longer
    await execa(script, args, { env, timeout: args[0] === 'build' ? 3_600_000 : 600_000, stdin: 'ignore', all: true });
  };
  let first: LabNode | undefined;

  const make = async (node: string, pods: number, kcfg: boolean): Promise<LabNode> => {
    const made = labNode({ node, pods, env, home, lab, first: () => first });
    first ??= made;
    await made.ready();
    if (kcfg) await made.installKcfg();
    return made;
  };
  if (!keep) await lab('clean');
  if (kubernetes !== undefined) await lab('build');
  return {
    name,
    async controlPlane(node, { kcfg = false } = {}) {
      await lab('control-plane', node);
      return make(node, STATIC_PODS, kcfg);
    },
    async worker(node, { kcfg = false } = {}) {
      await lab('worker', node);
      return make(node, 0, kcfg);
    },
    left(node) {
      first ??= labNode({ node, pods: STATIC_PODS, env, home, lab, first: () => first });
      return first;
    },
    async rejoin(node) {
      await lab('join', node.name, 'control-plane');
      await node.ready();
    },
    balancer: () => startBalancer(env, join(home, 'nodes', first?.name ?? '', 'root/etc/kubernetes/admin.conf')),
    close: () => lab('clean'),
  };
}

async function startBalancer(env: Record<string, string>, kubeconfig: string): Promise<Balancer> {
  const running = execa(script, ['balancer'], { env, stdin: 'ignore', all: true, reject: false });
  const poll = (path: string, seconds = 3600): Promise<Poll> => startPoll(script, ['poll', 'balancer', String(seconds), path, kubeconfig], env);
  let over: string | undefined;
  void running.then(({ all }) => {
    over = all;
  });
  // a server counts once it was asked twice; haproxy may have to be installed first
  for (let look = 0; ; look++) {
    if (over !== undefined) throw new Error(`the balancer ended: ${over}`);
    const { sent, failed, why } = await (await poll('/readyz')).stop();
    if (sent > 0 && failed === 0) break;
    if (look === 60) throw new Error(`the balancer finds no API server: ${JSON.stringify(why)}`);
    await sleep(1000);
  }
  return {
    poll,
    async close() {
      running.kill('SIGTERM');
      await running;
    },
  };
}

interface Parts {
  node: string;
  pods: number;
  env: Record<string, string>;
  home: string;
  lab: (...args: string[]) => Promise<void>;
  first: () => LabNode | undefined;
}

function labNode({ node, pods, env, home, lab, first }: Parts): LabNode {
  const root = join(home, 'nodes', node, 'root');
  const self: LabNode = {
    name: node,
    async run(argv, { input = '', timeout = 120_000 } = {}) {
      const { exitCode, stdout, stderr } = await execa(script, ['in', node, ...argv], {
        env,
        input,
        timeout,
        reject: false,
        stripFinalNewline: false,
        killSignal: 'SIGKILL',
      });
      return { code: exitCode ?? 137, stdout, stderr };
    },
    kubectl: (...args) => (pods > 0 ? self : (first() ?? self)).run([...KUBECTL, ...args]),
    file: (path) => join(root, path),
    read: (path) => readFileSync(join(root, path), 'utf8'),
    async containers() {
      const leader = leaderOf(env.KCFG_LAB_NAME ?? '', node);
      return leader === undefined ? [] : runningContainers(`/proc/${leader}/root`);
    },
    poll: () => startPoll(script, ['poll', node], env),
    async installKcfg() {
      if (process.env.KCFG_LAB_PACKAGED !== '1') packaged ??= execa('npm', ['run', '--silent', 'package', '--', '--fast'], { cwd: repository, timeout: 120_000 });
      await packaged;
      await lab('kcfg', node);
    },
    upgrade: (version, ...programs) => lab('upgrade', node, version, ...programs),
    stop: (how = 'soft') => lab('stop', node, ...(how === 'hard' ? ['hard'] : [])),
    async start(until) {
      await lab('start', node);
      await self.ready(until);
    },
    async reboot(how, until) {
      await self.stop(how);
      await self.start(until);
    },
    async save(snapshot, until) {
      await lab('save', node, snapshot);
      await self.ready(until);
    },
    async restore(snapshot, until) {
      await lab('restore', node, snapshot);
      await self.ready(until);
    },
    async ready(until = 'ready', ms = 120_000) {
      const deadline = Date.now() + ms;
      for (;;) {
        const { code } = await self.run(['curl', '--silent', '--fail', '--max-time', '5', 'http://127.0.0.1:10248/healthz']);
        const { stdout } = await self.kubectl('get', 'nodes,pods', '-A', '-o', 'json', '--request-timeout=5s');
        const lacks = code === 0 ? missing({ json: stdout, name: node, containers: await self.containers(), atLeast: pods, until }) : 'the kubelet is not healthy';
        if (lacks === undefined) return;
        if (Date.now() > deadline) throw new Error(`${lacks}, after ${ms / 1000} s`);
        await sleep(500);
      }
    },
    down: () => lab('down', node),
  };
  return self;
}

/** The node's systemd: the one process of its init.scope (machine.sh says why). */
function leaderOf(lab: string, node: string): string | undefined {
  try {
    return readFileSync(`/sys/fs/cgroup/systemd/kcfg-${lab}-${node}/payload/init.scope/cgroup.procs`, 'utf8').split('\n')[0] || undefined;
  } catch {
    return undefined; // it is off
  }
}
