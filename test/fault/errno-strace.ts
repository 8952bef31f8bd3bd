/**
 * The fault loop with real system calls, as a check of the model: `kcfg set … --root TREE` under strace, which makes the Nth call
 * of a kind fail, in kcfg itself, in cp(1) and in touch(1). What kcfg says must be true of the tree.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, lstatSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeTree } from '../../src/sandbox/tree.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
/** Each way of changing a disk that Node.js has no use for by itself. */
const CALLS = ['fsync', 'fdatasync', 'rename', 'mkdir', 'fchmod', 'unlink', 'copy_file_range', 'utimensat', 'pwrite64'];
const ERRNOS = ['EIO', 'ENOSPC', 'EACCES', 'EROFS', 'EMFILE'];
const FILE = '/var/lib/kubelet/config.yaml';
const PORTS = { healthz: 10248, kubelet: 10250, api: 6443, etcd: 2379, etcdMetrics: 2381 };

interface Said {
  result?: string;
  error?: { code: string; message: string };
}

export async function straced(say: (words: string) => void): Promise<{ counts: Record<string, number>; bad: string[] }> {
  const counts = { 'system calls that failed, by strace': 0, 'of them undone or done by the next kcfg': 0 };
  const bad: string[] = [];
  if (spawnSync('strace', ['-V']).status !== 0) return { counts: { ...counts, 'left out: strace is not installed': 1 }, bad };
  const scratch = mkdtempSync(join(tmpdir(), 'kcfg-strace-'));
  try {
    const dist = join(scratch, 'dist');
    if (spawnSync(process.execPath, [join(ROOT, 'build.mjs'), dist]).status !== 0) throw new Error('kcfg does not build');
    makeTree(scratch, { name: 'cp1', role: 'control plane', speed: 1, version: '1.37.2', ports: PORTS, server: `https://127.0.0.1:${PORTS.api}` });
    const before = join(scratch, 'cp1/root');
    const tree = join(scratch, 'tree');
    const log = join(scratch, 'log');
    const kcfg = (words: string[], prefix: string[] = []): Said => {
      const [program = process.execPath, ...rest] = [...prefix, process.execPath, join(dist, 'main.js'), ...words, '--root', tree, '-o', 'json'];
      const { stdout, stderr } = spawnSync(program, rest, { encoding: 'utf8', timeout: 120_000 });
      const text = stdout.trim().split('\n').at(-1) ?? '';
      if (/\n {4}at /.test(stderr)) return { error: { code: 'a bug', message: stderr.slice(0, 300) } };
      return text.startsWith('{') ? (JSON.parse(text) as Said) : { error: { code: 'silent', message: stderr.slice(0, 300) } };
    };
    const fresh = (): void => {
      rmSync(tree, { recursive: true, force: true });
      cpSync(before, tree, { recursive: true, preserveTimestamps: true, verbatimSymlinks: true });
    };
    fresh();
    const old = listed(tree);
    kcfg(['set', 'maxPods=90', '--yes']);
    const wanted = listed(tree);
    for (const [index, call] of CALLS.entries()) {
      say(`strace: ${call}`);
      for (let n = 1; ; n++) {
        const errno = ERRNOS[(n + index) % ERRNOS.length] ?? 'EIO';
        fresh();
        const said = kcfg(['set', 'maxPods=90', '--yes'], ['strace', '-f', '-o', log, '-e', `trace=${call}`, '-e', `inject=${call}:error=${errno}:when=${n}`]);
        if (!readFileSync(log, 'utf8').includes('(INJECTED)')) break;
        counts['system calls that failed, by strace']++;
        const words = `strace: ${errno} at ${call} ${n}, said ${said.result ?? said.error?.code ?? 'nothing'}`;
        const side = sideOf(tree, old, wanted);
        if (said.error?.code === 'a bug' || said.error?.code === 'silent') bad.push(`${words}: ${said.error.message}`);
        else if (said.result === 'done' ? side !== 'new' : said.result === 'unchanged' || said.result === 'rolled-back' ? side !== 'old' : false) bad.push(`${words}, and it is ${side}`);
        if (!readdirSync(join(tree, 'var/lib')).includes('kcfg') || !readdirSync(join(tree, 'var/lib/kcfg')).includes('pending')) {
          if (side !== 'old' && side !== 'new') bad.push(`${words}, and it is ${side}`);
          continue;
        }
        counts['of them undone or done by the next kcfg']++;
        const then = kcfg(['abort']);
        const after = sideOf(tree, old, wanted);
        if (after !== 'old' && after !== 'new') bad.push(`${words}; then abort said ${then.result ?? then.error?.message ?? 'nothing'}, and it is ${after}`);
      }
    }
    return { counts, bad };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** Path → what it is. Of the file that changes the time is left out: it is another one each time. */
function listed(root: string, below = ''): Map<string, string> {
  const found = new Map<string, string>();
  for (const name of readdirSync(join(root, below)).sort()) {
    const path = `${below}/${name}`;
    if (path === '/var/lib/kcfg' || path === '/run') continue;
    const info = lstatSync(join(root, path), { bigint: true });
    const owner = `${info.mode.toString(8)} ${info.uid}:${info.gid}`;
    if (info.isSymbolicLink()) found.set(path, `-> ${readlinkSync(join(root, path))}`);
    else if (info.isDirectory()) {
      found.set(path, owner);
      for (const [each, what] of listed(root, path)) found.set(each, what);
    } else found.set(path, `${owner} ${path === FILE ? '' : info.mtimeNs} ${readFileSync(join(root, path), 'utf8')}`);
  }
  return found;
}

function sideOf(tree: string, old: ReadonlyMap<string, string>, wanted: ReadonlyMap<string, string>): string {
  const now = listed(tree);
  const odd = (from: ReadonlyMap<string, string>): string[] => [...new Set([...from.keys(), ...now.keys()])].filter((path) => from.get(path) !== now.get(path));
  if (odd(old).length === 0) return 'old';
  return odd(wanted).length === 0 ? 'new' : `neither: ${odd(old).slice(0, 3).join(', ')}`;
}
