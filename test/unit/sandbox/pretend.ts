/** A pretend node inside the test's own process, without a daemon: the state machine, and nothing around it. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { createCluster } from '../../../src/sandbox/cluster.ts';
import type { NodeSettings } from '../../../src/sandbox/layout.ts';
import { createNode, type PretendNode } from '../../../src/sandbox/node.ts';
import { allocatePorts } from '../../../src/sandbox/ports.ts';
import { makeTree } from '../../../src/sandbox/tree.ts';

export interface Pretend {
  node: PretendNode;
  root: string;
  /** As an editor writes: hidden, then renamed. */
  edit(path: string, change: (text: string) => string): void;
  /** Copies the manifests to another directory, with or without the UIDs of the running pods, and sets the path. */
  move(to: string, pinned: boolean): void;
  /** These three fail when the program does, with its words. */
  systemctl(...args: string[]): Promise<void>;
  systemdRun(...args: string[]): Promise<void>;
  journalctl(...args: string[]): Promise<string>;
  /** `systemctl show`, without the last newline. */
  show(unit: string, ...properties: string[]): Promise<string>;
  journal(): Promise<string>;
  /** Running containers: name → id. */
  running(): Record<string, string>;
  /** Waits some of the node's seconds. */
  seconds(count: number): Promise<void>;
}

export async function pretend(t: TestContext, options: { worker?: boolean; speed?: number } = {}): Promise<Pretend> {
  const base = mkdtempSync(join(tmpdir(), 'kcfg-'));
  const ports = await allocatePorts();
  const { worker = false, speed = 40 } = options;
  const settings: NodeSettings = {
    name: 'cp1',
    role: worker ? 'worker' : 'control plane',
    speed,
    version: '1.37.2',
    ports,
    server: `https://127.0.0.1:${ports.api}`,
  };
  makeTree(base, settings);
  const node = createNode(base, settings, createCluster());
  t.after(async () => {
    await node.powerOff();
    rmSync(base, { recursive: true, force: true });
  });
  await node.boot(true);
  const root = join(base, 'cp1/root');
  const edit: Pretend['edit'] = (path, change) => {
    const real = join(root, path);
    const hidden = real.replace(/([^/]+)$/, '.$1.new');
    writeFileSync(hidden, change(readFileSync(real, 'utf8')), { mode: 0o600 });
    renameSync(hidden, real);
  };
  const program = async (name: string, args: string[]): Promise<string> => {
    const { exit, stdout, stderr } = await node.program({ op: 'program', node: 'cp1', program: name, args, cwd: '/', pid: 1 });
    if (exit !== 0) throw new Error(stderr);
    return stdout;
  };
  return {
    node,
    root,
    edit,
    move(to, pinned) {
      const from = join(root, 'etc/kubernetes/manifests');
      mkdirSync(join(root, to), { mode: 0o700 });
      for (const name of readdirSync(from)) {
        const uid = node.runtime.sandboxes().find((s) => s.ready && s.podName === name.replace('.yaml', '-cp1'))?.podUid;
        const text = readFileSync(join(from, name), 'utf8');
        writeFileSync(join(root, to, name), pinned ? text.replace('metadata:\n', `metadata:\n  uid: "${uid}"\n`) : text);
      }
      edit('/var/lib/kubelet/config.yaml', (text) => text.replace(/staticPodPath: .*/, `staticPodPath: ${to}`));
    },
    systemctl: async (...args) => void (await program('systemctl', args)),
    systemdRun: async (...args) => void (await program('systemd-run', args)),
    journalctl: (...args) => program('journalctl', args),
    show: async (unit, ...properties) =>
      (await program('systemctl', ['show', ...properties.flatMap((p) => ['-p', p]), '--', unit])).trimEnd(),
    journal: () => program('journalctl', ['-u', 'kubelet', '-o', 'cat']),
    running: () =>
      Object.fromEntries(
        node.runtime
          .containers()
          .filter((c) => c.state === 'running')
          .map((c) => [c.name, c.id]),
      ),
    seconds: (count) => new Promise((resolve) => setTimeout(resolve, (count * 1000) / speed)),
  };
}

/** Waits until `check` holds, 15 s at most. */
export async function until(what: string, check: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 15_000;
  while (!(await check())) {
    if (Date.now() > deadline) throw new Error(`waited in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
