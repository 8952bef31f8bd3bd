/** A case on a real node: the lab's disk is written from outside, programs run inside, health is asked by the healthy ports. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LabNode } from '../lab/node.ts';
import type { Attempts, CaseNode } from './case-node.ts';
import { diskFiles, hashTree } from './disk-files.ts';

/** An object that etcd had before the case. */
export const MARK = 'kept-by-etcd';
const ASKED: Record<string, string> = {
  kubelet: 'http://127.0.0.1:10248/healthz',
  etcd: 'http://127.0.0.1:2381/readyz',
  'kube-apiserver': 'https://127.0.0.1:6443/readyz',
  'kube-controller-manager': 'https://127.0.0.1:10257/healthz',
  'kube-scheduler': 'https://127.0.0.1:10259/readyz',
};

/** `old`: the process of the API server before the break. */
export function labNode(node: LabNode, old: number | undefined): CaseNode {
  const files = diskFiles((path) => node.file(path));
  let draining = old;
  return {
    ...files,
    kind: 'lab',
    run: (argv) => node.run(argv),
    kcfg: (args) => node.run(['kcfg', ...args], { timeout: 600_000 }),
    async up() {
      const urls = Object.values(ASKED).flatMap((url) => ['--output', '/dev/null', url]);
      const { stdout } = await node.run(['curl', '--silent', '--insecure', '--max-time', '3', '--parallel', '--write-out', '%{url} %{http_code}\n', ...urls]);
      const codes = new Map(stdout.split('\n').map((line) => line.split(' ') as [string, string]));
      // An API server that was told to go refuses connections and drains for a minute: that minute is nobody's.
      if (codes.get(ASKED['kube-apiserver'] ?? '') === '000' && draining !== undefined) {
        if ((await node.containers()).some(({ pid }) => pid === draining)) await node.run(['kill', '-KILL', String(draining)]);
        draining = undefined;
      }
      return Object.fromEntries(Object.entries(ASKED).map(([name, url]) => [name, codes.get(url) === '200']));
    },
    attempts: async (component) => newest(node.file('/var/log/pods'), component),
    async kill(component) {
      const found = (await node.containers()).find(({ name }) => name === component);
      if (found === undefined) throw new Error(`no container ${component} runs`);
      await node.run(['kill', '-KILL', String(found.pid)]);
    },
    kubelet: async () => (await node.run(['systemctl', 'is-active', 'kubelet'])).stdout.trim(),
    sleep: (seconds) => sleep(seconds * 1000),
    ready: (seconds) => node.ready('ready', seconds * 1000),
    tree: () => hashTree((path) => node.file(path)),
    async etcdData() {
      const { stdout: inode } = await node.run(['stat', '--format=%i', '/var/lib/etcd/member', '/var/lib/etcd/member/snap/db', '/var/lib/etcd/member/wal']);
      const { stdout: uid } = await node.kubectl('get', 'configmap', MARK, '-o', 'jsonpath={.metadata.uid}', '--request-timeout=5s');
      return `${inode}${uid}`;
    },
  };
}

/** Names are NAMESPACE_POD_UID/CONTAINER/ATTEMPT.log (pkg/kubelet/kuberuntime/helpers.go). */
function newest(logs: string, component: string): Attempts {
  const pods = readdirSync(logs).filter((name) => name.startsWith(`kube-system_${component}-`));
  const last = pods.map((name) => ({ name, at: statSync(join(logs, name)).birthtimeMs })).sort((a, b) => b.at - a.at)[0];
  if (last === undefined) return { pod: '', count: 0 };
  const directory = join(logs, last.name, component);
  const numbers = existsSync(directory) ? readdirSync(directory).map((name) => Number.parseInt(name, 10)) : [];
  return { pod: last.name, count: Math.max(-1, ...numbers) + 1 };
}

