/**
 * Lossless files below a root: what is replaced keeps owner, mode, xattrs (SELinux label, ACL); every change is on disk
 * when its promise resolves; the last component of a path that is written is never followed through a link.
 */
import { constants } from 'node:fs';
import { lstat, mkdir, open, rename, rm, rmdir, stat, statfs, symlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { keepAttributes, openEntry, requireOwner } from './attributes.ts';
import { createExclusive, replaceDurably, sync } from './durable.ts';
import { follow } from './follow.ts';
import { ioError, isMissing } from './io-errors.ts';
import type { Attributes, Files, Host } from './host.ts';
import type { Locator } from './locate.ts';
import { readMount } from './mounts.ts';
import { describe, listNames, notAFile, readPart, readRegular } from './read.ts';

/** `run` works on the machine's own paths. */
export function openFiles(locator: Locator, run: Host['run']): Files {
  const keeper = keepAttributes(run);
  const attempt = async <T>(doing: string, path: string, deed: () => Promise<T>): Promise<T> => {
    try {
      return await deed();
    } catch (error) {
      throw ioError(doing, path, error);
    }
  };
  const orMissing = async <T>(doing: string, path: string, deed: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await deed();
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw ioError(doing, path, error);
    }
  };

  const setEntry = async (machine: string, attributes: Partial<Attributes>, path: string): Promise<void> => {
    const handle = await openEntry(machine);
    try {
      await keeper.set(handle, machine, attributes, path);
      await handle.sync();
    } finally {
      await handle.close();
    }
  };

  return {
    read: (path) => orMissing('read', path, async () => readRegular((await locator.target(path)).machine, path)),
    readPart: (path, offset, length) => orMissing('read', path, async () => readPart((await locator.target(path)).machine, path, offset, length)),
    info: (path) =>
      orMissing('look at', path, async () => {
        const { machine } = await locator.entry(path);
        return describe(path, await lstat(machine, { bigint: true }), machine);
      }),
    target: (path) =>
      orMissing('look at', path, async () => {
        const { machine } = await locator.target(path);
        return describe(path, await stat(machine, { bigint: true }), machine);
      }),
    list: (path) => orMissing('list', path, async () => listNames((await locator.target(path)).machine, path)),
    resolve: (path) =>
      orMissing('look at', path, async () => {
        const { machine, node } = await locator.target(path);
        await lstat(machine);
        return node;
      }),
    mount: (path) => attempt('look at', path, () => readMount(locator, path)),
    free: (path) =>
      attempt('look at', path, async () => {
        for (let { machine } = await locator.target(path); ; machine = dirname(machine)) {
          try {
            const { bavail, bsize } = await statfs(machine);
            return bavail * bsize;
          } catch (error) {
            if (!isMissing(error) || machine === '/') throw error;
          }
        }
      }),
    write: (path, content, attributes = {}) =>
      attempt('write', path, async () => {
        const { machine } = await locator.entry(path);
        const old = await lstat(machine).catch((error: unknown) => (isMissing(error) ? undefined : Promise.reject(error)));
        if (old !== undefined && !old.isFile()) throw notAFile(path);
        await replaceDurably(machine, async (temporary) => {
          if (old === undefined) await createExclusive(temporary);
          else await keeper.copyAttributes(machine, temporary, path);
          const handle = await open(temporary, constants.O_WRONLY | constants.O_NOFOLLOW);
          try {
            if (old !== undefined) await requireOwner(handle, old, path);
            await handle.writeFile(content);
            await keeper.set(handle, temporary, attributes, path);
            await handle.sync();
          } finally {
            await handle.close();
          }
        });
      }),
    copy: (from, to) =>
      attempt('copy', from, async () => {
        const [source, target] = [(await locator.entry(from)).machine, (await locator.entry(to)).machine];
        const found = await lstat(source);
        if (!found.isFile()) throw notAFile(from);
        await attempt('write', to, () =>
          replaceDurably(target, async (temporary) => {
            await keeper.copy(source, temporary, to);
            const handle = await openEntry(temporary);
            try {
              await requireOwner(handle, found, to);
              await handle.sync();
            } finally {
              await handle.close();
            }
          }),
        );
      }),
    append: (path, content) =>
      attempt('write', path, async () => {
        const { machine } = await locator.entry(path);
        const handle = await open(machine, constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW, 0o600);
        try {
          const { size } = await handle.stat();
          try {
            await handle.writeFile(content);
            await handle.datasync();
          } catch (error) {
            // Half a line would spoil the next one.
            await handle.truncate(size).catch(() => undefined);
            throw error;
          }
          if (size === 0) await sync(dirname(machine));
        } finally {
          await handle.close();
        }
      }),
    mkdir: (path, attributes) =>
      attempt('make', path, async () => {
        const { machine } = await locator.entry(path);
        try {
          await mkdir(machine, { mode: attributes.mode });
        } catch (error) {
          const there = await lstat(machine).catch(() => undefined);
          if (there?.isDirectory()) return;
          throw error;
        }
        await setEntry(machine, attributes, path).catch(async (error: unknown) => {
          await rmdir(machine).catch(() => undefined);
          throw error;
        });
        await sync(dirname(machine));
      }),
    rename: (from, to) =>
      attempt('move', from, async () => {
        const [source, target] = [(await locator.entry(from)).machine, (await locator.entry(to)).machine];
        await rename(source, target);
        await sync(dirname(target));
        if (dirname(source) !== dirname(target)) await sync(dirname(source));
      }),
    link: (path, target) =>
      attempt('link', path, async () => {
        const { machine } = await locator.entry(path);
        await replaceDurably(machine, (temporary) => symlink(target, temporary));
      }),
    remove: (path) =>
      attempt('remove', path, async () => {
        const { machine } = await locator.entry(path);
        try {
          if ((await lstat(machine)).isDirectory()) await rmdir(machine);
          else await rm(machine);
        } catch (error) {
          if (isMissing(error)) return;
          throw error;
        }
        await sync(dirname(machine));
      }),
    setAttributes: (path, attributes) =>
      attempt('set owner and mode of', path, async () => setEntry((await locator.entry(path)).machine, attributes, path)),
    follow: (path, onText, signal) => attempt('read', path, async () => follow((await locator.target(path)).machine, onText, signal)),
  };
}
