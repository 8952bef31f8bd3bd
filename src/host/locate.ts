/**
 * From a node's path to a path of this machine.
 *
 * A Host may look at a tree (an image, a mounted disk, a sandbox node). A link in it that says /etc/x means the
 * tree's own /etc/x, so links are resolved here, component by component, and never lead out of the root. On a
 * running machine (root '/') the same code gives what the kernel would.
 */
import { join } from 'node:path';
import { KcfgError } from '../errors.ts';
import { linkText, type Disk } from './disk.ts';

/** As in the kernel: MAXSYMLINKS, include/linux/namei.h. */
const MAX_LINKS = 40;

export interface Located {
  /** Where the entry is on this machine: to be opened, never to be shown. */
  machine: string;
  /** The same in the node's own words, links resolved as far as asked for. */
  node: string;
}

/** Resolves node paths below `root` (absolute, itself free of links). */
export interface Locator {
  readonly root: string;
  /** Links resolved in every component but the last: the entry itself. Throws `link-loop`, `unusable-path`. */
  entry(path: string): Promise<Located>;
  /** Links resolved in every component. What does not exist is kept as written. Throws `link-loop`, `unusable-path`. */
  target(path: string): Promise<Located>;
}

export function makeLocator(root: string, disk: Pick<Disk, 'linkText'> = { linkText }): Locator {
  return {
    root,
    entry: (path) => walk(disk, root, path, false),
    target: (path) => walk(disk, root, path, true),
  };
}

async function walk(disk: Pick<Disk, 'linkText'>, root: string, path: string, throughLast: boolean): Promise<Located> {
  if (!path.startsWith('/') || path.includes('\0')) {
    throw new KcfgError('unusable-path', `${JSON.stringify(path)} is not an absolute path`);
  }
  const todo = path.split('/');
  const done: string[] = [];
  let links = 0;
  while (todo.length > 0) {
    const part = todo.shift();
    if (part === undefined || part === '' || part === '.') continue;
    if (part === '..') {
      done.pop(); // done is free of links, so the parent is one component less; above the root is the root
      continue;
    }
    done.push(part);
    const isLast = todo.every((rest) => rest === '' || rest === '.');
    if (isLast && !throughLast) continue;
    const text = disk.linkText(join(root, ...done));
    if (text === undefined) continue;
    links += 1;
    if (links > MAX_LINKS) {
      throw new KcfgError('link-loop', `${path} leads through more than ${MAX_LINKS} links`, {
        where: [{ file: `/${done.join('/')}`, label: `this link says ${text}` }],
      });
    }
    if (text.startsWith('/')) done.length = 0;
    else done.pop();
    todo.unshift(...text.split('/'));
  }
  return { machine: join(root, ...done), node: `/${done.join('/')}` };
}
