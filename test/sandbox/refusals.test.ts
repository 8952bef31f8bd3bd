/** The list of refusals on pretend nodes: the words, the exit status, and a node that is as it was. */
import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, test } from 'node:test';
import { REFUSALS, type ScenarioNode } from '../scenarios/refusals.ts';
import { type SandboxNode, startNode, until } from './node.ts';

function scenarioNode(node: SandboxNode): ScenarioNode {
  const at = (path: string): string => join(node.root, path);
  return {
    async run([program, ...args]) {
      await node.program(program, args);
    },
    read: async (path) => readFileSync(at(path), 'utf8'),
    async write(path, text) {
      mkdirSync(dirname(at(path)), { recursive: true, mode: 0o700 });
      const hidden = join(dirname(at(path)), `.${basename(path)}.new`);
      writeFileSync(hidden, text, { mode: 0o600 });
      renameSync(hidden, at(path));
    },
    async mkdir(path) {
      mkdirSync(at(path), { recursive: true, mode: 0o700 });
    },
    async remove(path) {
      rmSync(at(path), { recursive: true });
    },
    async link(path, target) {
      symlinkSync(target, at(path));
    },
    async chmod(path, mode) {
      chmodSync(at(path), mode);
    },
    sandboxes: (pod, count) =>
      until(`${count} sandboxes of ${pod}`, async () => (await node.state()).sandboxes.filter((s) => s.ready && s.podName === `${pod}-${node.name}`).length === count),
    apiDown: () => node.fault('api-down', true),
  };
}

/** The kubelet's process, and each container with its process. */
async function alive(node: SandboxNode, restless: boolean): Promise<unknown> {
  const { stdout } = await node.program('systemctl', ['show', '-p', 'MainPID,NRestarts', 'kubelet']);
  const containers = restless ? [] : await node.containers();
  return { kubelet: stdout, containers: containers.map(({ name, id, pid, startedAt }) => ({ name, id, pid, startedAt })) };
}

describe('refused, and nothing is touched', { timeout: 400_000 }, () => {
  for (const { name, arrange, argv, exit, code, says, restless = false } of REFUSALS.filter(({ only }) => only !== 'lab')) {
    test(name, async () => {
      const node = await startNode({ speed: 20 });
      try {
        await arrange?.(scenarioNode(node));
        const [tree, before] = [node.tree(), await alive(node, restless)];
        const run = await node.kcfg(argv);
        const screen = `${run.stdout}${run.stderr}`;
        assert.equal(run.code, exit, screen);
        assert.equal(/error\[([a-z-]+)\]/.exec(run.stderr)?.[1], code, screen);
        for (const words of says) assert.match(screen, words);
        assert.deepEqual(node.tree(), tree);
        assert.deepEqual(await alive(node, restless), before);
      } finally {
        await node.down();
      }
    });
  }
});
