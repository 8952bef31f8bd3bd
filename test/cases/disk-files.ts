/** Files of a node below a directory of this machine, as an editor writes them. */
import { chmodSync, lstatSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { readdirSync, readlinkSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Files } from './case-node.ts';

/** `find`: where this machine has a path of the node. */
export function diskFiles(find: (path: string) => string): Files {
  return {
    read(path) {
      try {
        return readFileSync(find(path));
      } catch {
        return undefined;
      }
    },
    write(path, data, mode) {
      const real = find(path);
      const hidden = join(dirname(real), `.${basename(real)}.case`);
      mkdirSync(dirname(real), { recursive: true });
      const kept = mode ?? modeOf(real) ?? 0o600;
      writeFileSync(hidden, data);
      chmodSync(hidden, kept);
      renameSync(hidden, real);
    },
    remove: (path) => rmSync(find(path)),
    move(path, to) {
      mkdirSync(dirname(find(to)), { recursive: true });
      renameSync(find(path), find(to));
    },
    link: (path, to) => symlinkSync(to, find(path)),
    chmod: (path, mode) => chmodSync(find(path), mode),
  };
}

function modeOf(real: string): number | undefined {
  try {
    return lstatSync(real).mode & 0o7777;
  } catch {
    return undefined;
  }
}

/** What a case and kcfg can change; what a kubelet writes by itself is not in it. */
const WATCHED = ['/etc', '/root', '/usr/lib/systemd/system', '/usr/bin/kubelet', '/usr/sbin/runc', '/var/lib/kubelet/config.yaml', '/var/lib/kubelet/kubeadm-flags.env', '/var/lib/kubelet/instance-config.yaml', '/var/lib/kubelet/pki'];
/** kcfg's own boot unit. */
const OWN = /\/kcfg-recover\.service$|\/\.[^/]*\.case$/;

export function hashTree(find: (path: string) => string): Record<string, string> {
  const found: Record<string, string> = {};
  const visit = (path: string): void => {
    if (OWN.test(path)) return;
    const real = find(path);
    const mode = modeOf(real);
    if (mode === undefined) return;
    const info = lstatSync(real);
    const content = info.isSymbolicLink() ? readlinkSync(real) : info.isFile() ? createHash('sha256').update(readFileSync(real)).digest('hex') : '';
    found[path] = `${mode.toString(8)} ${info.uid}:${info.gid} ${content}`;
    if (info.isDirectory()) for (const name of readdirSync(real)) visit(`${path}/${name}`);
  };
  for (const path of WATCHED) visit(path);
  return found;
}
