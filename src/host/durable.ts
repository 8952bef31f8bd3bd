/**
 * Writing so that it is there after a power cut: hidden temporary file in the same directory, fsync, rename, fsync of the
 * directory. A temporary name is made with O_EXCL and O_NOFOLLOW, so nothing planted there is ever followed.
 */
import { constants } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** Twelve hex digits. node:crypto takes 5 ms to load, and `kcfg get` writes nothing: so it is loaded when something is written. */
function randomName(): string {
  return process.getBuiltinModule('node:crypto').randomBytes(6).toString('hex');
}

/** Beside `machine`, out of the kubelet's sight: it skips names with a leading dot (kubelet file.go:161). */
export function temporaryBeside(machine: string): string {
  // Cut so that a name near the limit of 255 bytes (NAME_MAX) has a temporary one too: 60 UTF-16 units are 180 bytes at most.
  return join(dirname(machine), `.${basename(machine).slice(0, 60)}.kcfg-${randomName()}`);
}

/** A new empty file, 0600, that no one else can have put there. */
export async function createExclusive(path: string): Promise<void> {
  await (await open(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW, 0o600)).close();
}

/** fsync of a file, or of a directory: after it, what the directory lists is what is on disk. */
export async function sync(path: string): Promise<void> {
  const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Calls `make` with a temporary path beside `machine`, then puts that in its place. On any failure nothing is left behind. */
export async function replaceDurably(machine: string, make: (temporary: string) => Promise<void>): Promise<void> {
  const temporary = temporaryBeside(machine);
  try {
    await make(temporary);
    await rename(temporary, machine);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined); // the first error is the one to tell
    throw error;
  }
  await sync(dirname(machine));
}
