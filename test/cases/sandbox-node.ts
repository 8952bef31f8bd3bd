/** A case on a pretend node. */
import { renameSync, rmSync } from 'node:fs';
import { get } from 'node:https';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SandboxNode } from '../sandbox/node.ts';
import { type CaseNode, COMPONENTS } from './case-node.ts';
import { diskFiles, hashTree } from './disk-files.ts';

export function pretendNode(node: SandboxNode, speed: number): CaseNode {
  const find = (path: string): string => join(node.root, path);
  const files = diskFiles(find);
  const pause = (seconds: number): Promise<void> => sleep((seconds * 1000) / speed);
  const up = async (): Promise<Record<string, boolean>> => {
    const running = new Set((await node.containers()).map(({ name }) => name));
    const { ports } = node.settings;
    const found: Record<string, boolean> = { kubelet: await answers(`http://127.0.0.1:${ports.healthz}/healthz`) };
    for (const name of COMPONENTS) found[name] = running.has(name);
    found['kube-apiserver'] &&= await answers(`${node.settings.server}/readyz`);
    return found;
  };
  return {
    ...files,
    kind: 'sandbox',
    async run(argv) {
      const [program = '', ...args] = argv;
      // a pretend node has no coreutils
      const [from = '', to = ''] = args.filter((arg) => arg.startsWith('/'));
      if (program === 'rm') rmSync(find(from), { recursive: true, force: true });
      else if (program === 'mv') renameSync(find(from), to.endsWith('/') ? join(find(to), basename(from)) : find(to));
      if (program === 'rm' || program === 'mv') return { code: 0, stdout: '', stderr: '' };
      const { exit, stdout, stderr } = await node.program(program, args);
      return { code: exit, stdout, stderr };
    },
    kcfg: (args) => node.kcfg(args, { timeout: 280_000 }),
    up,
    async attempts(component) {
      const { containers } = await node.state();
      const last = containers.filter(({ name }) => name === component).sort((a, b) => b.createdAt - a.createdAt)[0];
      return last === undefined ? { pod: '', count: 0 } : { pod: last.labels['io.kubernetes.pod.uid'] ?? last.sandboxId, count: last.attempt + 1 };
    },
    kill: (component) => node.fault('container-restarts', { name: component }),
    kubelet: async () => (await node.program('systemctl', ['is-active', 'kubelet'])).stdout.trim(),
    sleep: pause,
    async ready(seconds) {
      for (let waited = 0; ; waited += 1) {
        const down = Object.entries(await up()).filter(([, is]) => !is);
        if (down.length === 0) return;
        if (waited > seconds) throw new Error(`${down.map(([name]) => name).join(', ')} not up after ${seconds} s`);
        await pause(1);
      }
    },
    tree: () => hashTree(find),
    etcdData: async () => '',
  };
}

async function answers(url: string): Promise<boolean> {
  if (url.startsWith('http:')) return fetch(url, { signal: AbortSignal.timeout(5000) }).then(({ ok }) => ok, () => false);
  return new Promise((resolve) => {
    const request = get(url, { rejectUnauthorized: false, timeout: 5000 }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    request.on('timeout', () => request.destroy()).on('error', () => resolve(false));
  });
}
