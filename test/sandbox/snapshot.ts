/** Every file of a node's tree as plain data, to be compared before and after. Follows no link. */
import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';

export interface FileState {
  kind: 'file' | 'directory' | 'link' | 'other';
  mode: number;
  uid: number;
  gid: number;
  /** Of files and links only: a directory's changes with every temporary file in it. */
  sha256?: string;
  target?: string;
  mtimeNs?: string;
  ino?: string;
}
/** Node path → state. */
export type Snapshot = Record<string, FileState>;

/** What a running node changes by itself. */
const LEFT_OUT = ['/proc', '/sys', '/run', '/var/log/pods', '/var/lib/kubelet/pods'];

export function snapshot(root: string, leftOut: readonly string[] = LEFT_OUT): Snapshot {
  const found: Snapshot = {};
  const visit = (path: string): void => {
    if (leftOut.includes(path)) return;
    const real = join(root, path);
    const info = lstatSync(real, { bigint: true });
    const kind = info.isFile() ? 'file' : info.isDirectory() ? 'directory' : info.isSymbolicLink() ? 'link' : 'other';
    found[path] = {
      kind,
      mode: Number(info.mode & 0o7777n),
      uid: Number(info.uid),
      gid: Number(info.gid),
      ...(kind === 'file' ? { sha256: createHash('sha256').update(readFileSync(real)).digest('hex') } : {}),
      ...(kind === 'link' ? { target: readlinkSync(real) } : {}),
      ...(kind === 'directory' ? {} : { mtimeNs: String(info.mtimeNs), ino: String(info.ino) }),
    };
    if (kind === 'directory') for (const name of readdirSync(real).sort()) visit(join(path, name));
  };
  visit('/');
  return found;
}
