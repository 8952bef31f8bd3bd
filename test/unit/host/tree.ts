/** A tree in a temporary directory, and the files of a Host that looks at it. Removed when the test file ends. */
import { mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { KcfgError } from '../../../src/errors.ts';
import { realDisk } from '../../../src/host/disk.ts';
import { openFiles } from '../../../src/host/files.ts';
import type { Files } from '../../../src/host/host.ts';
import { makeLocator } from '../../../src/host/locate.ts';
import { runProgram } from '../../../src/host/run.ts';

export interface Tree {
  root: string;
  files: Files;
  /** A node path's path on this machine. */
  at(path: string): string;
}

export function makeTree(): Tree {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'kcfg-host-')));
  after(() => rmSync(root, { recursive: true, force: true }));
  return { root, files: openFiles(makeLocator(root), realDisk(runProgram)), at: (path) => join(root, path) };
}

export const names = (directory: string): string[] => readdirSync(directory).sort();

/** For assert.rejects: a KcfgError of that name whose message matches. */
export const kcfgError = (code: string, message = /./) => (error: unknown): boolean =>
  error instanceof KcfgError && error.code === code && message.test(error.message);
