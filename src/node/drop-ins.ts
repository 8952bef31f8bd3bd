/**
 * The drop-in directory as the kubelet walks it (filepath.WalkDir): `.conf` files at any depth, links to files
 * followed, links to directories not. What lies there and is never read is told too: nothing else will say it.
 */
import type { Host } from '../host/host.ts';
import { dropInFiles } from '../kubelet/layers.ts';

export interface DropIns {
  /** Absolute, in the order in which they are merged. */
  files: string[];
  unread: Unread[];
}
export interface Unread {
  file: string;
  why: string;
}

/** A kubelet has a few drop-ins; a tree that is deeper than this is not one of them. */
const DEEPEST = 8;

export async function listDropIns(host: Host, directory: string): Promise<DropIns> {
  const unread: Unread[] = [];
  const names: string[] = [];
  const info = await host.files.info(directory);
  if (info?.kind === 'link') return { files: [], unread: [{ file: directory, why: 'the directory is a link, and the kubelet does not follow it' }] };
  const walk = async (below: string, depth: number): Promise<void> => {
    for (const name of (await host.files.list(`${directory}/${below}`)) ?? []) {
      const path = `${directory}/${below}${name}`;
      const kind = (await host.files.info(path))?.kind;
      if (kind === 'directory' && depth < DEEPEST) await walk(`${below}${name}/`, depth + 1);
      else if (kind === 'link' && (await host.files.target(path))?.kind === 'directory') unread.push({ file: path, why: 'a link to a directory is not followed' });
      else if (!name.endsWith('.conf')) unread.push({ file: path, why: 'its name does not end in .conf' });
      else names.push(`${below}${name}`);
    }
  };
  await walk('', 0);
  return { files: dropInFiles(names).map((name) => `${directory}/${name}`), unread };
}
