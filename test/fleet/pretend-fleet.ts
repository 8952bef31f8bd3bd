/**
 * A fleet of pretend nodes, reached by Ansible's local connection, and `kcfg fleet` as it is typed on the administrator's machine.
 *
 *     const fleet = await startFleet(['cp1', 'w1'], { speed: 20 });   // those named w… are workers
 *     const { code, stdout } = await fleet.kcfg(['status', '-i', fleet.inventory]);
 *     await fleet.down();
 */
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import assert from 'node:assert/strict';
import { kcfgCommand, type Run, type SandboxNode, startNode } from '../sandbox/node.ts';

const [NODE = '', PROGRAM = ''] = kcfgCommand();

export interface PretendFleet {
  nodes: readonly SandboxNode[];
  node(name: string): SandboxNode;
  /** YAML, in a directory for other files as well: `file('move.plan')`. */
  inventory: string;
  file(name: string): string;
  /** `kcfg fleet …`; `watch` gets standard error as it comes, and the process group with `detached`. */
  kcfg(words: readonly string[], options?: { watch?: (text: string, pid: number) => void; detached?: boolean }): Promise<Run>;
  /** staticPodPath in the file of each node. */
  paths(): Record<string, string>;
  down(): Promise<void>;
}

export async function startFleet(names: readonly string[], { speed }: { speed: number }): Promise<PretendFleet> {
  const nodes: SandboxNode[] = [];
  for (const name of names) nodes.push(await startNode({ name, worker: name.startsWith('w'), speed }));
  const file = (name: string): string => join(dirname(PROGRAM), '..', name);
  const inventory = file('inventory.yaml');
  const hosts = Object.fromEntries(nodes.map(({ name, dir }) => [name, { kcfg_command: ['env', `KCFG_SANDBOX=${dir}`, NODE, PROGRAM] }]));
  writeFileSync(inventory, JSON.stringify({ all: { vars: { ansible_connection: 'local', ansible_python_interpreter: '/usr/bin/python3' }, hosts } }));
  return {
    nodes,
    node: (name) => nodes.find((each) => each.name === name) ?? assert.fail(name),
    inventory,
    file,
    kcfg: (words, { watch, detached = false } = {}) => {
      const env = { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '/', LANG: 'C.UTF-8', KCFG_SANDBOX_HOME: nodes[0]?.env.KCFG_SANDBOX_HOME ?? '' };
      return new Promise((resolve, reject) => {
        const child = spawn(NODE, [PROGRAM, 'fleet', ...words], { env, detached, stdio: ['ignore', 'pipe', 'pipe'] });
        let [stdout, stderr] = ['', ''];
        child.stdout.setEncoding('utf8').on('data', (text: string) => {
          stdout += text;
        });
        child.stderr.setEncoding('utf8').on('data', (text: string) => {
          stderr += text;
          watch?.(text, child.pid ?? 0);
        });
        child.once('error', reject);
        child.once('close', (code) => resolve({ code: code ?? 137, stdout, stderr }));
      });
    },
    paths: () => Object.fromEntries(nodes.map((node) => [node.name, /^staticPodPath: (.*)$/m.exec(node.read('/var/lib/kubelet/config.yaml'))?.[1] ?? ''])),
    async down() {
      for (const node of nodes) await node.down();
    },
  };
}
