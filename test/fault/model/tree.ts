/** The tree of a kubeadm node, as the sandbox writes it, taken into memory: as root's, and with labels that a restore must keep. */
import { lstatSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeTree } from '../../../src/sandbox/tree.ts';
import { apply, emptyState, newInode, ROOT, type Inode, type State } from './disk-state.ts';
import { NODE } from './machine.ts';
import { VERSION } from './kubelet.ts';

const PORTS = { healthz: 10248, kubelet: 10250, api: 6443, etcd: 2379, etcdMetrics: 2381 };
/** Owners and modes that nothing has by chance: node path → what is odd about it. */
const ODD: Record<string, Partial<Inode>> = {
  '/var/lib/kubelet/config.yaml': { mode: 0o640, uid: 12, gid: 34 },
  '/var/lib/kubelet/cpu_manager_state': { mode: 0o600, gid: 56 },
  '/var/lib/kubelet/kubeadm-flags.env': { mode: 0o604, gid: 78 },
  '/etc/kubernetes/manifests/etcd.yaml': { mode: 0o440 },
};

export function nodeTree(now: Date, extra: Record<string, string | null> = {}): State {
  const base = mkdtempSync(join(tmpdir(), 'kcfg-fault-'));
  try {
    makeTree(base, { name: NODE, role: 'control plane', speed: 1, version: VERSION, ports: PORTS, server: `https://127.0.0.1:${PORTS.api}` }, extra, now);
    const state = emptyState();
    const root = join(base, NODE, 'root');
    let next = ROOT;
    const read = (path: string, dir: number): void => {
      for (const name of readdirSync(join(root, path))) {
        const node = `${path}/${name}`;
        const found = lstatSync(join(root, node), { bigint: true });
        const kind = found.isDirectory() ? 'directory' : found.isSymbolicLink() ? 'link' : 'file';
        const data = kind === 'file' ? readFileSync(join(root, node)) : kind === 'link' ? Buffer.from(readlinkSync(join(root, node))) : Buffer.alloc(0);
        const xattrs = kind === 'file' ? { 'security.selinux': `system_u:object_r:${name.replaceAll('.', '_')}_t:s0` } : {};
        const ino = ++next;
        const inode = newInode(kind, found.mtimeNs, Number(found.mode) & 0o7777, { data, xattrs, ...ODD[node] });
        apply(state, { op: 'names', names: [{ dir, name, ino }], makes: { ino, inode } });
        if (kind === 'directory') read(node, ino);
      }
    };
    read('', ROOT);
    return state;
  } finally {
    rmSync(base, { recursive: true, force: true });
  }
}
