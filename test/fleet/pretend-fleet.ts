/**
 * A fleet of pretend nodes, reached by Ansible's local connection, and `kcfg fleet` as it is typed on the administrator's machine.
 *
 *     const fleet = await startFleet(['cp1', 'w1'], { speed: 20 });   // those named w… are workers
 *     const { code, stdout } = await fleet.kcfg(['status', '-i', fleet.inventory]);
 *     await fleet.down();
 */
import { dirname, join } from 'node:path';
import assert from 'node:assert/strict';
import { type Run, type RunOptions, run } from '../run.ts';
import { kcfgCommand, type SandboxNode, startNode } from '../sandbox/node.ts';
import { inventoryOf } from './ansible.ts';

const [NODE = '', PROGRAM = ''] = kcfgCommand();

export interface PretendFleet {
  nodes: readonly SandboxNode[];
  node(name: string): SandboxNode;
  /** YAML, in a directory for other files as well: `file('move.plan')`. */
  inventory: string;
  file(name: string): string;
  /** `kcfg fleet …`; `watch` gets standard error as it comes, and the process group with `detached`. */
  kcfg(words: readonly string[], options?: Pick<RunOptions, 'watch' | 'detached'>): Promise<Run>;
  /** staticPodPath in the file of each node. */
  paths(): Record<string, string>;
  down(): Promise<void>;
}

export async function startFleet(names: readonly string[], { speed }: { speed: number }): Promise<PretendFleet> {
  const nodes: SandboxNode[] = [];
  for (const name of names) nodes.push(await startNode({ name, worker: name.startsWith('w'), speed }));
  const file = (name: string): string => join(dirname(PROGRAM), '..', name);
  const inventory = inventoryOf(nodes, file('inventory.yaml'));
  return {
    nodes,
    node: (name) => nodes.find((each) => each.name === name) ?? assert.fail(name),
    inventory,
    file,
    kcfg: (words, options = {}) => {
      const env = { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '/', LANG: 'C.UTF-8', KCFG_SANDBOX_HOME: nodes[0]?.env.KCFG_SANDBOX_HOME ?? '' };
      return run([NODE, PROGRAM, 'fleet', ...words], { ...options, env });
    },
    paths: () => Object.fromEntries(nodes.map((node) => [node.name, /^staticPodPath: (.*)$/m.exec(node.read('/var/lib/kubelet/config.yaml'))?.[1] ?? ''])),
    async down() {
      for (const node of nodes) await node.down();
    },
  };
}
