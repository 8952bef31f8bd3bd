/** A test on a pretend node of its own. */
import { test } from 'node:test';
import { type NodeOptions, type SandboxNode, startNode } from './node.ts';

/** The node is taken down also when the test fails. */
export function on(name: string, options: NodeOptions, body: (node: SandboxNode) => Promise<void>): void {
  test(name, { timeout: 240_000 }, async () => {
    const node = await startNode(options);
    try {
      await body(node);
    } finally {
      await node.down();
    }
  });
}
