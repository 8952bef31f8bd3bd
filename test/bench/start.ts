/**
 * What it costs to start kcfg: CPU time (user and system) of whole processes against the same Node.js on an empty file, in
 * turn, in one run. `npm run bench:start` writes the table into BENCHMARKS.md. On a node: a pretend one, whose kubelet started
 * after its files were written, as most do, and is a program file, where pretend ones are scripts, which would have to be run.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { kubeletFile } from '../unit/node/elf.ts';
import { writeSection } from './report.ts';

const { values } = parseArgs({ options: { runs: { type: 'string', default: '30' }, node: { type: 'string', default: process.execPath } } });
const runs = Number(values.runs);
const node = values.node;
const main = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'kcfg-bench-'));
const empty = join(scratch, 'empty.mjs');
writeFileSync(empty, '');
const home = { ...process.env, KCFG_SANDBOX_HOME: join(scratch, 'sandbox') };

const kcfg = (args: string[]): void => {
  const { status, stderr } = spawnSync(process.execPath, [main, ...args], { env: home, encoding: 'utf8' });
  if (status !== 0) throw new Error(`kcfg ${args.join(' ')}: ${stderr}`);
};

/** Milliseconds of CPU of one run, by wait4(2): Node.js does not tell what a child used. */
function cpu(argv: string[], env: NodeJS.ProcessEnv): number {
  const script = 'import os,sys\np=os.fork()\nif p==0:\n  d=os.open("/dev/null",os.O_RDWR); os.dup2(d,1); os.execv(sys.argv[1],sys.argv[1:])\n_,s,u=os.wait4(p,0)\nprint((u.ru_utime+u.ru_stime)*1000 if s==0 else "failed")';
  const { stdout } = spawnSync('python3', ['-c', script, ...argv], { env, encoding: 'utf8' });
  const milliseconds = Number(stdout.trim());
  if (!Number.isFinite(milliseconds)) throw new Error(`${argv.join(' ')} failed`);
  return milliseconds;
}

try {
  kcfg(['sandbox', 'up', 'bench1']);
  const directory = join(scratch, 'sandbox', 'bench1');
  await sleep(3000); // in-force.ts tells the times of files and of a start apart to 2 s
  const { status } = spawnSync(join(directory, 'bin/systemctl'), ['restart', 'kubelet'], { env: { ...home, KCFG_SANDBOX: directory } });
  if (status !== 0) throw new Error('the pretend kubelet does not restart');
  writeFileSync(join(directory, 'root/usr/bin/kubelet'), kubeletFile('1.37.2'));
  const tree = join(directory, 'root');
  const file = join(tree, 'var/lib/kubelet/config.yaml');
  const onNode = { ...home, KCFG_SANDBOX: directory };
  const commands: Record<string, string[]> = {
    'Node.js, an empty file': [node, empty],
    'kcfg --version': [node, main, '--version'],
    'kcfg get staticPodPath, on a node': [node, main, 'get', 'staticPodPath'],
    'kcfg get maxPods, on a node': [node, main, 'get', 'maxPods'],
    'kcfg explain cpuManagerPolicy, on a node': [node, main, 'explain', 'cpuManagerPolicy'],
    'kcfg explain cpuManagerPolicy --kubelet 1.37.2': [node, main, 'explain', 'cpuManagerPolicy', '--kubelet', '1.37.2'],
    'kcfg validate FILE --kubelet 1.37.2': [node, main, 'validate', file, '--kubelet', '1.37.2'],
    'kcfg validate --root TREE': [node, main, 'validate', '--root', tree],
  };
  const times: Record<string, number[]> = {};
  for (let run = 0; run < runs; run++) {
    for (const [name, argv] of Object.entries(commands)) (times[name] ??= []).push(cpu(argv, onNode));
  }
  const median = (list: readonly number[]): number => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)] ?? 0;
  const bare = times['Node.js, an empty file'] ?? [];
  const rows = Object.entries(times).map(([name, list]) => {
    const ratio = median(list.map((each, index) => each / (bare[index] ?? each)));
    return `| ${name} | ${Math.min(...list).toFixed(0)} | ${median(list).toFixed(0)} | ${ratio.toFixed(2)} |`;
  });
  const { stdout: version } = spawnSync(node, ['--version'], { encoding: 'utf8' });
  writeSection('start', [
    `## Starting kcfg`,
    ``,
    `\`npm run bench:start -- --runs ${runs}\`, ${new Date().toISOString().slice(0, 10)}, Node.js ${version.trim()}: CPU milliseconds of the whole process, bundled. The ratio is the median of the ratios pair by pair.`,
    ``,
    `| command | minimum | median | × bare Node.js |`,
    `|---|---|---|---|`,
    ...rows,
  ]);
} finally {
  spawnSync(process.execPath, [main, 'sandbox', 'down', '--all'], { env: home });
  rmSync(scratch, { recursive: true, force: true });
}
