/**
 * What one edit of a large configuration costs, against yq (github.com/mikefarah/yq, built here from the Go module at
 * its exact version), in turn, in one run. `npm run bench:edit` writes the table into BENCHMARKS.md.
 *
 * A process with kcfg's own modules reads the file, edits one value, proves it and writes the result, as `yq -i` does
 * without the proof. Times are CPU milliseconds of whole processes; Node.js on an empty file is told apart, for the slope.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { writeSection } from './report.ts';

const YQ = 'v4.44.3';
const LINES = [1000, 2000, 5000, 10000, 20000];
const { values } = parseArgs({ options: { runs: { type: 'string', default: '7' } } });
const runs = Number(values.runs);
const scratch = mkdtempSync(join(tmpdir(), 'kcfg-bench-'));

/** A commented configuration of that many lines, with the value that is edited in its middle. */
function config(lines: number): string {
  const block = (at: number): string[] => [
    `# taint ${at}: set by the platform team`,
    `  - key: example.com/pool-${at}   # one of many`,
    `    value: "pool ${at}"`,
    '    effect: NoSchedule',
    ...(at % 10 === 0 ? [''] : []),
  ];
  const half = (from: number, size: number): string[] => {
    const rows: string[] = [];
    for (let at = from; rows.length < size; at++) rows.push(...block(at));
    return rows.slice(0, size - (size % 4));
  };
  const head = ['apiVersion: kubelet.config.k8s.io/v1beta1', 'kind: KubeletConfiguration', 'registerWithTaints:'];
  const middle = ['evictionHard:   # measured on this hardware', '  memory.available: 200Mi   # was 100Mi', 'otherTaints:'];
  const each = Math.floor((lines - head.length - middle.length) / 2);
  return `${[...head, ...wholeItems(half(0, each)), ...middle, ...wholeItems(half(lines, each))].join('\n')}\n`;
}

/** Without a last item that was cut off. */
function wholeItems(rows: string[]): string[] {
  const last = rows.findLastIndex((row) => row.startsWith('#'));
  return rows.slice(0, last);
}

/** yq, built once into the user's cache. */
function buildYq(): string {
  const folder = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'kcfg', `yq-${YQ}`);
  if (!existsSync(join(folder, 'yq'))) {
    mkdirSync(folder, { recursive: true });
    const { status, stderr } = spawnSync('go', ['install', `github.com/mikefarah/yq/v4@${YQ}`], { env: { ...process.env, GOBIN: folder }, encoding: 'utf8' });
    if (status !== 0) throw new Error(`yq ${YQ} cannot be built: ${stderr}`);
  }
  return join(folder, 'yq');
}

/** Milliseconds of CPU and of the clock of one run, by wait4(2): Node.js does not tell what a child used. */
function measure(argv: string[]): { cpu: number; wall: number } {
  const script = 'import os,sys,time\nt=time.time()\np=os.fork()\nif p==0:\n  os.execv(sys.argv[1],sys.argv[1:])\n_,s,u=os.wait4(p,0)\nprint((u.ru_utime+u.ru_stime)*1000 if s==0 else "failed",(time.time()-t)*1000)';
  const { stdout } = spawnSync('python3', ['-c', script, ...argv], { encoding: 'utf8' });
  const [cpu, wall] = stdout.trim().split(' ').map(Number);
  if (cpu === undefined || wall === undefined || !Number.isFinite(cpu)) throw new Error(`${argv.join(' ')} failed`);
  return { cpu, wall };
}

function median(list: readonly number[]): number {
  return [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)] ?? 0;
}

/** Lines of `before` that are not in `after`, and the other way: a line that moved counts, one that is the same does not. */
function linesTouched(before: string, after: string): number {
  const counts = new Map<string, number>();
  for (const line of before.split('\n')) counts.set(line, (counts.get(line) ?? 0) + 1);
  for (const line of after.split('\n')) counts.set(line, (counts.get(line) ?? 0) - 1);
  return [...counts.values()].filter((count) => count > 0).reduce((sum, count) => sum + count, 0);
}

try {
  const yq = buildYq();
  const source = fileURLToPath(new URL('../../src/kubelet/', import.meta.url));
  const program = join(scratch, 'edit.mjs');
  const stdin = {
    contents: `import { readFileSync, writeFileSync } from 'node:fs';
      import { editDocument, readConfig } from ${JSON.stringify(`${source}document.ts`)};
      import { applyEdits } from ${JSON.stringify(`${source}edits.ts`)};
      const [file, count] = process.argv.slice(2);
      const bytes = readFileSync(file);
      const changes = [{ path: ['evictionHard', 'memory.available'], value: '500Mi' }];
      for (let at = 1; at < Number(count); at++) changes.push({ path: ['registerWithTaints', at, 'effect'], value: 'NoExecute' });
      writeFileSync(file, applyEdits(bytes, editDocument(readConfig(file, bytes), changes)));`,
    resolveDir: source,
    loader: 'ts' as const,
  };
  await build({ stdin, outfile: program, bundle: true, platform: 'node', format: 'esm', banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" }, logLevel: 'error' });
  const empty = join(scratch, 'empty.mjs');
  writeFileSync(empty, '');
  const expression = '.evictionHard."memory.available" = "500Mi"';
  const commands: Record<string, (file: string) => string[]> = {
    node: () => [process.execPath, empty],
    kcfg: (file) => [process.execPath, program, file, '1'],
    hundred: (file) => [process.execPath, program, file, '100'],
    yq: (file) => [yq, '-i', expression, file],
  };
  const rows: string[] = [];
  for (const lines of LINES) {
    const text = config(lines);
    const times: Record<string, { cpu: number; wall: number }[]> = {};
    const touched: Record<string, number> = {};
    for (let run = 0; run < runs; run++) {
      for (const [name, command] of Object.entries(commands)) {
        const file = join(scratch, `${name}.yaml`);
        writeFileSync(file, text);
        (times[name] ??= []).push(measure(command(file)));
        touched[name] = linesTouched(text, readFileSync(file, 'utf8'));
      }
    }
    const cpu = (name: string): number => median((times[name] ?? []).map((each) => each.cpu));
    const wall = (name: string): number => median((times[name] ?? []).map((each) => each.wall));
    const work = cpu('kcfg') - cpu('node');
    const real = text.split('\n').length - 1;
    rows.push(
      `| ${real} | ${cpu('kcfg').toFixed(0)} (${wall('kcfg').toFixed(0)}) | ${cpu('hundred').toFixed(0)} (${wall('hundred').toFixed(0)}) | ${cpu('yq').toFixed(0)} (${wall('yq').toFixed(0)}) | ${((work / real) * 1000).toFixed(0)} | ${touched.kcfg} | ${touched.yq} |`,
    );
  }
  writeSection('edit', [
    '## Editing a large configuration',
    '',
    `\`npm run bench:edit -- --runs ${runs}\`, ${new Date().toISOString().slice(0, 10)}, Node.js ${process.version}, yq ${YQ}: medians of CPU milliseconds of the whole process, of the clock in parentheses. kcfg reads the file, edits, and proves the edit by reading the result; yq reads and writes. The slope is kcfg's CPU without that of an empty Node.js, for 1,000 lines: where it does not rise with the size, time is linear (it falls while Node.js still compiles). Lines touched: those of the file that are not in the result.`,
    '',
    '| lines | kcfg, one edit | kcfg, 100 edits | yq, one edit | slope | lines touched: kcfg | yq |',
    '|---|---|---|---|---|---|---|',
    ...rows,
  ]);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
