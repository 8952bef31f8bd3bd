/**
 * What a change of a whole fleet takes through `kcfg fleet`, beside the shortest playbook for the same edit (lineinfile and a
 * restart, nothing asked before and nothing proven after): the same Ansible, settings, hosts and machine, in turn, in one run.
 * `npm run bench:fleet -- --nodes 30,300` writes the table into BENCHMARKS.md.
 *
 * Hosts are pretend workers, reached by Ansible's local connection: what they work themselves counts too, on the same
 * processors, which a real fleet spreads over its nodes.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { kcfgCommand, type SandboxNode, startNode } from '../sandbox/node.ts';
import { writeSection } from './report.ts';

const { values } = parseArgs({ options: { nodes: { type: 'string', default: '30,300' }, forks: { type: 'string', default: '10' } } });
const SIZES = values.nodes.split(',').map(Number);
const FORKS = values.forks;
const [NODE = '', PROGRAM = ''] = kcfgCommand();
const scratch = mkdtempSync(join(tmpdir(), 'kcfg-bench-'));

interface Taken {
  seconds: number;
  /** MiB that the process itself held at most (proc(5), VmHWM). */
  peak: number;
}

/** Throws with what it said where it does not end with 0. */
function run(argv: readonly string[], env: Record<string, string> = {}): Promise<Taken> {
  const began = performance.now();
  const [program = '', ...args] = argv;
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '/', LANG: 'C.UTF-8', ...env } });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-4000);
  });
  let peak = 0;
  const look = setInterval(() => {
    try {
      peak = Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
    } catch {
      // it has ended
    }
  }, 100);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      clearInterval(look);
      if (code === 0) resolve({ seconds: (performance.now() - began) / 1000, peak });
      else reject(new Error(`${argv.slice(0, 4).join(' ')} ended with ${code}: ${said}`));
    });
  });
}

function inventoryOf(nodes: readonly SandboxNode[]): string {
  const file = join(scratch, `inventory-${nodes.length}.json`);
  const hosts = Object.fromEntries(nodes.map(({ name, dir, root }) => [name, { root, bin: join(dir, 'bin'), kcfg_command: ['env', `KCFG_SANDBOX=${dir}`, NODE, PROGRAM] }]));
  writeFileSync(file, JSON.stringify({ all: { vars: { ansible_connection: 'local', ansible_python_interpreter: '/usr/bin/python3' }, hosts } }));
  return file;
}

/** The same pace as the fleet's: one worker first, then the others in batches. */
function naivePlaybook(value: number, batch: number): string {
  const file = join(scratch, `naive-${value}.json`);
  const tasks = [
    { 'ansible.builtin.lineinfile': { path: '{{ root }}/var/lib/kubelet/config.yaml', regexp: '^maxPods:', line: `maxPods: ${value}` } },
    { 'ansible.builtin.command': { argv: ['{{ bin }}/systemctl', 'restart', 'kubelet'] } },
  ];
  writeFileSync(file, JSON.stringify([{ hosts: 'all', gather_facts: false, serial: [1, batch], tasks }]));
  return file;
}

const rows: string[] = [];
const nodes: SandboxNode[] = [];
try {
  for (const size of SIZES) {
    while (nodes.length < size) nodes.push(await startNode({ worker: true, speed: 20 }));
    const inventory = inventoryOf(nodes.slice(0, size));
    const env = { ANSIBLE_FORKS: FORKS };
    const batch = Math.max(1, Math.ceil(size / 10));
    const naive = await run(['ansible-playbook', '-i', inventory, naivePlaybook(90 + rows.length, batch)], env);
    const file = join(scratch, `${size}.plan`);
    const planned = await run([NODE, PROGRAM, 'fleet', 'plan', 'set', `maxPods=${80 + rows.length}`, '-i', inventory, '--out', file], env);
    const applied = await run([NODE, PROGRAM, 'fleet', 'apply', file, '--yes', '--batch', String(batch)], env);
    const both = planned.seconds + applied.seconds;
    rows.push(`| ${size} | ${naive.seconds.toFixed(1)} | ${planned.seconds.toFixed(1)} | ${applied.seconds.toFixed(1)} | ${(naive.seconds / size).toFixed(2)} | ${(both / size).toFixed(2)} | ${(both / naive.seconds).toFixed(2)} | ${Math.max(planned.peak, applied.peak).toFixed(0)} |`);
    console.log(rows.at(-1));
  }
  writeSection('fleet', [
    '## A fleet',
    '',
    `\`npm run bench:fleet -- --nodes ${values.nodes} --forks ${FORKS}\`, ${new Date().toISOString().slice(0, 10)}, Node.js ${process.version}: pretend workers on one machine, maxPods changed on each, a tenth at a time. Seconds of the clock; MiB that kcfg held at most.`,
    '',
    '| nodes | lineinfile and restart | kcfg: plan | kcfg: apply | a node, lineinfile | a node, kcfg | × lineinfile | MiB |',
    '|---|---|---|---|---|---|---|---|',
    ...rows,
  ]);
} finally {
  for (const node of nodes) await node.down();
  rmSync(scratch, { recursive: true, force: true });
}
