/**
 * Writing so that it is there after a power cut: hidden temporary file in the same directory, fsync, rename, fsync of the
 * directory. A temporary name is made with O_EXCL and O_NOFOLLOW, so nothing planted there is ever followed.
 */
import { basename, dirname, join } from 'node:path';
import type { Disk } from './disk.ts';

/** Beside `machine`, out of the kubelet's sight: it skips names with a leading dot (kubelet file.go:161). */
export function temporaryBeside(disk: Disk, machine: string): string {
  // Cut so that a name near the limit of 255 bytes (NAME_MAX) has a temporary one too: 60 UTF-16 units are 180 bytes at most.
  return join(dirname(machine), `.${basename(machine).slice(0, 60)}.kcfg-${disk.randomName()}`);
}

/** fsync of a file, or of a directory: after it, what the directory lists is what is on disk. */
export async function sync(disk: Disk, path: string): Promise<void> {
  const handle = await disk.open(path, 'look');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Calls `make` with a temporary path beside `machine`, then puts that in its place. On any failure nothing is left behind. */
export async function replaceDurably(disk: Disk, machine: string, make: (temporary: string) => Promise<void>): Promise<void> {
  const temporary = temporaryBeside(disk, machine);
  try {
    await make(temporary);
    await disk.rename(temporary, machine);
  } catch (error) {
    await disk.unlink(temporary).catch(() => undefined); // the first error is the one to tell
    throw error;
  }
  await sync(disk, dirname(machine));
}
