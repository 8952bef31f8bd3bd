/**
 * Lossless files below a root: what is replaced keeps owner, mode, xattrs (SELinux label, ACL); every change is on disk
 * when its promise resolves; the last component of a path that is written is never followed through a link.
 */
import { dirname } from 'node:path';
import { keepAttributes, requireOwner } from './attributes.ts';
import type { Disk } from './disk.ts';
import { replaceDurably, sync } from './durable.ts';
import { follow } from './follow.ts';
import { ioError, isMissing } from './io-errors.ts';
import type { Attributes, Files } from './host.ts';
import type { Locator } from './locate.ts';
import { readMount } from './mounts.ts';
import { describe, listNames, notAFile, readRegular } from './read.ts';

export function openFiles(locator: Locator, disk: Disk): Files {
  const keeper = keepAttributes(disk);
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
    const handle = await disk.open(machine, 'look');
    try {
      await keeper.set(handle, machine, attributes, path);
      await handle.sync();
    } finally {
      await handle.close();
    }
  };

  return {
    read: (path) => orMissing('read', path, async () => readRegular(disk, (await locator.target(path)).machine, path)),
    readPart: (path, offset, length) => orMissing('read', path, async () => readRegular(disk, (await locator.target(path)).machine, path, { offset, length })),
    info: (path) =>
      orMissing('look at', path, async () => {
        const { machine } = await locator.entry(path);
        return describe(disk, path, await disk.lstat(machine), machine);
      }),
    target: (path) =>
      orMissing('look at', path, async () => {
        const { machine } = await locator.target(path);
        return describe(disk, path, await disk.stat(machine), machine);
      }),
    list: (path) => orMissing('list', path, async () => listNames(disk, (await locator.target(path)).machine, path)),
    resolve: (path) =>
      orMissing('look at', path, async () => {
        const { machine, node } = await locator.target(path);
        await disk.lstat(machine);
        return node;
      }),
    mount: (path) => attempt('look at', path, () => readMount(disk, locator, path)),
    free: (path) =>
      attempt('look at', path, async () => {
        for (let { machine } = await locator.target(path); ; machine = dirname(machine)) {
          try {
            const { bavail, bsize } = await disk.statfs(machine);
            return bavail * bsize;
          } catch (error) {
            if (!isMissing(error) || machine === '/') throw error;
          }
        }
      }),
    write: (path, content, attributes = {}, like) =>
      attempt('write', path, async () => {
        const { machine } = await locator.entry(path);
        const old = await disk.lstat(machine).catch((error: unknown) => (isMissing(error) ? undefined : Promise.reject(error)));
        if (old !== undefined && !old.isFile()) throw notAFile(path);
        const model = old !== undefined ? machine : like === undefined ? undefined : (await locator.entry(like)).machine;
        await replaceDurably(disk, machine, async (temporary) => {
          if (model === undefined) await disk.create(temporary);
          else await keeper.copyAttributes(model, temporary, path);
          const handle = await disk.open(temporary, 'write');
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
        const found = await disk.lstat(source);
        if (!found.isFile()) throw notAFile(from);
        await attempt('write', to, () =>
          replaceDurably(disk, target, async (temporary) => {
            await keeper.copy(source, temporary, to);
            const handle = await disk.open(temporary, 'look');
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
        const handle = await disk.open(machine, 'append');
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
          if (size === 0) await sync(disk, dirname(machine));
        } finally {
          await handle.close();
        }
      }),
    mkdir: (path, attributes) =>
      attempt('make', path, async () => {
        const { machine } = await locator.entry(path);
        try {
          await disk.mkdir(machine, attributes.mode);
        } catch (error) {
          const there = await disk.lstat(machine).catch(() => undefined);
          if (there?.isDirectory()) return;
          throw error;
        }
        await setEntry(machine, attributes, path).catch(async (error: unknown) => {
          await disk.rmdir(machine).catch(() => undefined);
          throw error;
        });
        await sync(disk, dirname(machine));
      }),
    rename: (from, to) =>
      attempt('move', from, async () => {
        const [source, target] = [(await locator.entry(from)).machine, (await locator.entry(to)).machine];
        await disk.rename(source, target);
        await sync(disk, dirname(target));
        if (dirname(source) !== dirname(target)) await sync(disk, dirname(source));
      }),
    link: (path, target) =>
      attempt('link', path, async () => {
        const { machine } = await locator.entry(path);
        await replaceDurably(disk, machine, (temporary) => disk.symlink(target, temporary));
      }),
    secondName: (path, name) =>
      attempt('link', name, async () => {
        const [source, target] = [(await locator.entry(path)).machine, (await locator.entry(name)).machine];
        await disk.link(source, target);
        await sync(disk, dirname(target));
      }),
    remove: (path) =>
      attempt('remove', path, async () => {
        const { machine } = await locator.entry(path);
        try {
          if ((await disk.lstat(machine)).isDirectory()) await disk.rmdir(machine);
          else await disk.unlink(machine);
        } catch (error) {
          if (isMissing(error)) return;
          throw error;
        }
        await sync(disk, dirname(machine));
      }),
    setAttributes: (path, attributes) =>
      attempt('set owner and mode of', path, async () => setEntry((await locator.entry(path)).machine, attributes, path)),
    follow: (path, onText, signal) => attempt('read', path, async () => follow(disk, (await locator.target(path)).machine, onText, signal)),
  };
}
