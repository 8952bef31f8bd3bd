/**
 * What a manifest comes to: read as the kubelet reads it (kubelet/main.go, with its own code), its volumes checked and mounted
 * as the kubelet does, and its program run in a root of its own. It survives when it gets as far as it would on a node: the
 * others serve, the API server waits for etcd.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { posix } from 'node:path';
import { createInterface } from 'node:readline';
import { type FuzzNode, install } from './node.ts';

export interface Truth {
  survives: boolean;
  /** Why not, in the words of who said it. */
  words: string;
}
interface Parsed {
  error?: string;
  image?: string;
  command?: string[];
  mounts?: [host: string, type: string, path: string][];
  hostNetwork?: boolean;
}

const PATIENCE_MS = 20_000;
/** Once it is that far, what is still to fail fails within this. */
const AFTERWARDS_MS = 2000;
const SERVES = /Serving securely on|serving client traffic|ready to serve client requests|createTransport failed to connect/;

export interface Parser {
  parse(bytes: Buffer): Promise<Parsed>;
  close(): void;
}

export function startParser(program: string): Parser {
  const child: ChildProcess = spawn(program, [], { stdio: ['pipe', 'pipe', 'inherit'] });
  const waiting: ((line: string) => void)[] = [];
  if (child.stdout === null || child.stdin === null) throw new Error('no pipes');
  const { stdin } = child;
  createInterface({ input: child.stdout }).on('line', (line) => waiting.shift()?.(line));
  return {
    parse: (bytes) => new Promise((resolve) => {
      waiting.push((line) => resolve(JSON.parse(line) as Parsed));
      stdin.write(`${bytes.toString('base64')}\n`);
    }),
    close: () => void stdin.end(),
  };
}

/** `image`: the one that there is, `binary` its program. `keep`: what it leaves is the node's from now on. */
export async function truthOf(node: FuzzNode, parser: Parser, bytes: Buffer, image: string, binary: string, slot: number, keep: boolean): Promise<Truth> {
  const parsed = await parser.parse(bytes);
  const dies = (words: string): Truth => ({ survives: false, words });
  if (parsed.error !== undefined) return dies(`kubelet: ${parsed.error}`);
  if (parsed.image !== image) return dies(`no image ${parsed.image ?? ''}`);
  const root = mkdtempSync(`${node.scratch}/root-`);
  try {
    mkdirSync(`${root}/tmp`);
    const program = posix.basename(binary);
    install(node, binary, program, root);
    const mounts = [...(parsed.mounts ?? [])].sort((a, b) => a[2].length - b[2].length);
    for (const [host, type, path] of mounts) {
      const wrong = mount(node, host, type, `${root}${path}`);
      if (wrong !== undefined) return dies(wrong);
    }
    const command = parsed.command ?? [];
    const truth = await start(node.namespaces[slot] ?? '', root, command);
    if (keep && program === 'etcd') cpSync(`${root}/var/lib/etcd`, `${node.files}/var/lib/etcd`, { recursive: true });
    return truth;
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
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

function start(namespace: string, root: string, command: readonly string[]): Promise<Truth> {
  return new Promise((resolve) => {
    const child = spawn('ip', ['netns', 'exec', namespace, 'chroot', root, ...command], { stdio: ['ignore', 'pipe', 'pipe'], env: { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' } });
    let said = '';
    let timer = setTimeout(() => end(true), PATIENCE_MS);
    let far = false;
    const end = (survives: boolean): void => {
      clearTimeout(timer);
      if (survives) child.kill('SIGKILL');
      const last = said.split('\n').filter((line) => line.trim() !== '' && !/^[IW]\d{4}|"level":"(info|warn)"|^\s+--|^goroutine|^\t/.test(line));
      resolve({ survives, words: survives ? '' : (last.find((line) => /unknown|invalid|flag|rror|failed/i.test(line)) ?? last.at(-1) ?? '').slice(0, 300) });
    };
    const hear = (data: Buffer): void => {
      said = (said + data.toString()).slice(-40_000);
      if (far || !SERVES.test(said)) return;
      far = true;
      clearTimeout(timer);
      timer = setTimeout(() => end(true), AFTERWARDS_MS);
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.on('error', () => end(false));
    // `ip netns exec` gives way to the program: its end is the program's
    child.on('close', (_, signal) => (signal === 'SIGKILL' ? undefined : end(false)));
  });
}
