/**
 * Paths of a pretend node, resolved as its own kernel would: links, absolute ones too, stay inside its root.
 * Promises what open(2) promises: ENOENT for what is missing, ELOOP after 40 links (path_resolution(7)).
 */
import { lstatSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';

const MOST_LINKS = 40;

export class PathError extends Error {
  readonly code: 'ENOENT' | 'ELOOP' | 'ENOTDIR';
  constructor(code: 'ENOENT' | 'ELOOP' | 'ENOTDIR', path: string) {
    const words = { ENOENT: 'no such file or directory', ELOOP: 'too many levels of symbolic links', ENOTDIR: 'not a directory' };
    super(`stat ${path}: ${words[code]}`);
    this.code = code;
  }
}

/** The real path on this machine of a node's path, every link followed. Throws PathError in the words of Go's os.Stat. */
export function resolveInside(root: string, path: string): string {
  const todo = path.split('/').filter((part) => part !== '' && part !== '.');
  let done: string[] = [];
  let links = 0;
  while (todo.length > 0) {
    const part = todo.shift() as string;
    if (part === '..') {
      done.pop();
      continue;
    }
    const here = join(root, ...done, part);
    const info = lstatSync(here, { throwIfNoEntry: false });
    if (info === undefined) throw new PathError('ENOENT', path);
    if (!info.isSymbolicLink()) {
      if (todo.length > 0 && !info.isDirectory()) throw new PathError('ENOTDIR', path);
      done.push(part);
      continue;
    }
    if (++links > MOST_LINKS) throw new PathError('ELOOP', path);
    const target = readlinkSync(here);
    if (target.startsWith('/')) done = [];
    todo.unshift(...target.split('/').filter((p) => p !== '' && p !== '.'));
  }
  return join(root, ...done);
}

/** As resolveInside, or undefined where nothing is. */
export function findInside(root: string, path: string): string | undefined {
  try {
    return resolveInside(root, path);
  } catch {
    return undefined;
  }
}
