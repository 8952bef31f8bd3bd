/**
 * What a manifest comes to: read as the kubelet reads it (kubelet/main.go, with its own code), its volumes checked and mounted
 * as the kubelet does, and its program run in a root of its own, with what it stands on there and answering. It survives when
 * all its probes are answered and it goes on: the controllers with what they do once they lead.
 */
import { cpus, totalmem } from 'node:os';
import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { posix } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { AS_ANOTHER, type FuzzNode, install, MACHINE, type Network } from './node.ts';
import type { Parsed, Parser } from './parser.ts';
import { answers, serves } from './probes.ts';

export interface Truth {
  survives: boolean;
  /** Why not, in the words of who said it. */
  words: string;
}

/** The 90 s of the lab. 500 and 403 are said while an API server starts, and that takes longer where others use the machine; 4xx stays. */
const PATIENCE_MS = 90_000;
const STARTS_MS = 240_000;
const REFUSED_MS = 20_000;
/** Once its probes are answered, and it leads, it is looked at until it says nothing more: controllers start one by one. */
const QUIET_MS = 3000;
const AFTERWARDS_MS = 20_000;
/** To become leader; who does not, runs all the same. */
const LEADS_MS = 12_000;
const POLL_MS = 700;
const LEADS = /successfully acquired lease/;
/** What the other three ask of a node, by kubeadm: 100m, 250m, 200m, 100m and 100Mi. */
const OTHERS = { cpu: 400, memory: 100 * 2 ** 20 };

export const NETWORK_OF: Record<string, Network> = { etcd: 'alone', 'kube-apiserver': 'stored', 'kube-controller-manager': 'cluster', 'kube-scheduler': 'cluster' };

const known = new Map<string, Truth>();

/** Of a cluster by kubeadm, with what each comes to (plugin/pkg/admission/priority). */
const CLASSES: Record<string, number> = { '': 0, 'system-node-critical': 2_000_001_000, 'system-cluster-critical': 2_000_000_000 };

/** What needs no program: the kubelet takes no pod, the node has no room or no image, the API server no mirror. */
export function atOnce({ error, image: named = '', cpu = 0, memory = 0, hostNetwork, probes = [], priority = '', number, namespace = '' }: Parsed, image: string): string | undefined {
  if (error !== undefined) return `kubelet: ${error}`;
  if (named !== image) return `no image ${named}`;
  if (cpu > cpus().length * 1000 - OTHERS.cpu || memory > totalmem() - OTHERS.memory) return 'kubelet: OutOfcpu or OutOfmemory';
  if (hostNetwork !== true && probes.some(({ host }) => host !== '')) return 'probes ask the network of the node, and it is in one of its own';
  if (CLASSES[priority] === undefined) return `no mirror pod: no PriorityClass with name ${priority} was found`;
  if (number !== undefined && number !== CLASSES[priority]) return `no mirror pod: the integer value of priority (${number}) must not be provided in pod spec`;
  return ['default', 'kube-system', 'kube-public', 'kube-node-lease'].includes(namespace) ? undefined : `no mirror pod: namespaces "${namespace}" not found`;
}

/** `image`: the one that there is, `binary` its program. `keep`: what it leaves is the node's from now on. */
export async function truthOf(node: FuzzNode, parser: Parser, bytes: Buffer, image: string, binary: string, keep: boolean): Promise<Truth> {
  const parsed = await parser.parse(bytes);
  const dies = (words: string): Truth => ({ survives: false, words });
  const wrong = atOnce(parsed, image);
  if (wrong !== undefined) return dies(wrong);
  const program = posix.basename(binary);
  // a label, a period, a limit: to the program it is the manifest from before
  const same = JSON.stringify([node.scratch, program, parsed.command, parsed.mounts, parsed.hostNetwork, parsed.probes]);
  const before = known.get(same);
  if (before !== undefined) return before;
  const namespace = node.networks[NETWORK_OF[program] ?? 'alone'];
  const root = prepare(node, parsed, binary);
  if (typeof root !== 'string') return dies(root.wrong);
  const child = spawnIn(namespace, root, parsed.command ?? []);
  try {
    const looked = await watch(child, namespace, parsed, program);
    let silent = looked.survives ? await serves(node, namespace, program) : undefined;
    for (let tries = 0; silent !== undefined && tries < 3; tries++) {
      await sleep(1500);
      silent = await serves(node, namespace, program);
    }
    const truth = silent === undefined ? looked : dies(silent);
    if (!MACHINE.test(truth.words)) known.set(same, truth);
    if (keep && program === 'etcd') cpSync(`${root}/var/lib/etcd`, `${node.files}/var/lib/etcd`, { recursive: true });
    return truth;
  } finally {
    await ended(child);
    rmSync(root, { recursive: true, force: true });
  }
}

/** The same, and it goes on until the node is closed. Throws where it does not. */
export async function keepRunning(node: FuzzNode, parser: Parser, bytes: Buffer, binary: string, network: Network): Promise<void> {
  const parsed = await parser.parse(bytes);
  const root = prepare(node, parsed, binary);
  if (typeof root !== 'string') throw new Error(root.wrong);
  const child = spawnIn(node.networks[network], root, parsed.command ?? []);
  node.running.push(child);
  const { survives, words } = await watch(child, node.networks[network], parsed, posix.basename(binary));
  if (!survives) throw new Error(`${posix.basename(binary)}: ${words}`);
}

function prepare(node: FuzzNode, parsed: Parsed, binary: string): string | { wrong: string } {
  const root = mkdtempSync(`${node.scratch}/root-`);
  mkdirSync(`${root}/tmp`);
  install(node, binary, posix.basename(binary), root);
  for (const [host, type, path] of [...(parsed.mounts ?? [])].sort((a, b) => a[2].length - b[2].length)) {
    const wrong = mount(node, host, type, `${root}${path}`);
    if (wrong === undefined) continue;
    rmSync(root, { recursive: true, force: true });
    return { wrong };
  }
  // the node's own, for those on its network (kubelet_pods.go, makeHostsMount)
  mkdirSync(`${root}/etc`, { recursive: true });
  writeFileSync(`${root}/etc/hosts`, '127.0.0.1 localhost\n::1 localhost\n');
  return root;
}

/** volume/hostpath/host_path.go, checkType. */
function mount(node: FuzzNode, host: string, type: string, to: string): string | undefined {
  const kind = node.kind(host);
  const wanted = type.replace('OrCreate', '').toLowerCase();
  if (kind === null && !type.endsWith('OrCreate')) return type === '' ? undefined : `hostPath type check failed: ${host}`;
  if (kind !== null && wanted !== '' && kind !== wanted) return `hostPath type check failed: ${host} is not a ${wanted}`;
  if (existsSync(to) && kind === 'file') rmSync(to, { recursive: true });
  mkdirSync(kind === 'file' || wanted === 'file' ? posix.dirname(to) : to, { recursive: true });
  if (kind !== null) cpSync(`${node.files}${host}`, to, { recursive: true });
  else if (wanted === 'file') cpSync('/dev/null', to);
  return undefined;
}

/** `ip netns exec` gives way to the program: its end is the program's. */
function spawnIn(namespace: string, root: string, command: readonly string[]): ChildProcess {
  return spawn('ip', ['netns', 'exec', namespace, ...AS_ANOTHER, 'chroot', root, ...command], { stdio: ['ignore', 'pipe', 'pipe'], env: { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' } });
}

async function watch(child: ChildProcess, namespace: string, { probes = [] }: Parsed, program: string): Promise<Truth> {
  let said = '';
  let last = Date.now();
  const hear = (data: Buffer): void => {
    said = (said + data.toString()).slice(-60_000);
    last = Date.now();
  };
  child.stdout?.on('data', hear);
  child.stderr?.on('data', hear);
  const over = new Promise<true>((resolve) => void child.once('close', () => resolve(true)).once('error', () => resolve(true)));
  const within = (ms: number): Promise<boolean> => Promise.race([over, sleep(ms).then(() => false)]);
  const died = (): Truth => ({ survives: false, words: lastWords(said) });
  const leads = program === 'kube-controller-manager' || program === 'kube-scheduler';
  const began = Date.now();
  for (let refused: number | undefined; ; ) {
    if (await within(POLL_MS)) return died();
    const wrong = await answers(namespace, probes);
    if (wrong === undefined) break;
    refused = / 4(?!03)\d\d$/.test(wrong) ? (refused ?? Date.now()) : undefined;
    const lasts = Date.now() - began;
    if (lasts > (/ (500|403)$/.test(wrong) ? STARTS_MS : PATIENCE_MS) || Date.now() - (refused ?? Date.now()) > REFUSED_MS) return { survives: false, words: `probe: ${wrong}` };
  }
  for (const since = Date.now(); leads && !LEADS.test(said) && Date.now() - since < LEADS_MS; ) if (await within(POLL_MS)) return died();
  for (const since = Date.now(); Date.now() - Math.max(last, since) < QUIET_MS && Date.now() - since < AFTERWARDS_MS; ) if (await within(POLL_MS)) return died();
  const wrong = await answers(namespace, probes);
  return wrong === undefined ? { survives: true, words: '' } : { survives: false, words: `probe: ${wrong}` };
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const over = new Promise((resolve) => child.once('close', resolve));
  child.kill('SIGKILL');
  await over;
}

function lastWords(said: string): string {
  const last = said.split('\n').filter((line) => line.trim() !== '' && !/^[IW]\d{4}|"level":"(info|warn)"|^\s+--|^goroutine|^\t/.test(line));
  return (last.find((line) => /unknown|invalid|flag|rror|failed/i.test(line)) ?? last.at(-1) ?? '').slice(0, 300);
}
