/**
 * Lossless files below a root: what is replaced keeps owner, mode, xattrs (SELinux label, ACL); every change is on disk
 * when its promise resolves; the last component of a path that is written is never followed through a link.
 */
import { constants, type BigIntStats } from 'node:fs';
import { chmod, chown, lstat, mkdir, open, readdir, readFile, readlink, rename, rm, rmdir, stat, statfs, symlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { KcfgError } from '../errors.ts';
import { createExclusive, replaceDurably, sync } from './durable.ts';
import { follow } from './follow.ts';
import { ioError, ioErrorFromText, isMissing } from './io-errors.ts';
import type { Attributes, FileInfo, Files, RunOptions, RunResult } from './host.ts';
import type { Locator } from './locate.ts';
import { readMount } from './mounts.ts';

type Run = (argv: readonly [string, ...string[]], options?: RunOptions) => Promise<RunResult>;

/** `run` works on the machine's own paths: cp(1) and touch(1) do what Node.js cannot (xattrs, nanoseconds). */
export function openFiles(locator: Locator, run: Run): Files {
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
  const copyAll = async (from: string, to: string, path: string): Promise<void> => {
    const { exitCode, stderr } = await run(['cp', '--preserve=all', '--no-dereference', '--', from, to]);
    if (exitCode !== 0) throw ioErrorFromText('copy', path, stderr);
  };
  const setTime = async (machine: string, mtimeNs: string, path: string): Promise<void> => {
    const seconds = `${mtimeNs.slice(0, -9) || '0'}.${mtimeNs.slice(-9).padStart(9, '0')}`;
    const { exitCode, stderr } = await run(['touch', '--no-dereference', '-m', '-d', `@${seconds}`, '--', machine]);
    if (exitCode !== 0) throw ioErrorFromText('set the time of', path, stderr);
  };
  const setAll = async (machine: string, attributes: Partial<Attributes>, path: string): Promise<void> => {
    const { mode, uid, gid, mtimeNs } = attributes;
    const now = await lstat(machine);
    const owner = { uid: uid ?? now.uid, gid: gid === undefined || gid < 0 ? now.gid : gid };
    // chown clears set-id bits: the mode comes after it
    if (owner.uid !== now.uid || owner.gid !== now.gid) await chown(machine, owner.uid, owner.gid);
    if (mode !== undefined) await chmod(machine, mode);
    if (mtimeNs !== undefined) await setTime(machine, mtimeNs, path);
  };

  return {
    read: (path) => orMissing('read', path, async () => readFile((await locator.target(path)).machine)),
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
    list: (path) =>
      orMissing('list', path, async () => {
        const names = await readdir((await locator.target(path)).machine);
        return names.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
      }),
    resolve: (path) =>
      orMissing('look at', path, async () => {
        const { machine, node } = await locator.target(path);
        await lstat(machine);
        return node;
      }),
    mount: (path) => readMount(locator, path),
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
          else await copyAll(machine, temporary, path);
          const handle = await open(temporary, constants.O_WRONLY | constants.O_NOFOLLOW | constants.O_TRUNC);
          try {
            await handle.writeFile(content);
            await setAll(temporary, attributes, path);
            await handle.sync();
          } finally {
            await handle.close();
          }
        });
      }),
    copy: (from, to) =>
      attempt('copy', to, async () => {
        const [source, target] = [(await locator.entry(from)).machine, (await locator.entry(to)).machine];
        if (!(await lstat(source)).isFile()) throw notAFile(from);
        await replaceDurably(target, async (temporary) => {
          await copyAll(source, temporary, to);
          await sync(temporary);
        });
      }),
    append: (path, content) =>
      attempt('write', path, async () => {
        const { machine } = await locator.entry(path);
        const handle = await open(machine, constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW, 0o600);
        try {
          const fresh = (await handle.stat()).size === 0;
          await handle.writeFile(content);
          await handle.datasync();
          if (fresh) await sync(dirname(machine));
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
        await setAll(machine, attributes, path);
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
      attempt('set owner and mode of', path, async () => setAll((await locator.entry(path)).machine, attributes, path)),
    follow: async (path, onText, signal) => follow((await locator.entry(path)).machine, onText, signal),
  };
}

async function describe(path: string, found: BigIntStats, machine: string): Promise<FileInfo> {
  const kind = found.isFile() ? 'file' : found.isDirectory() ? 'directory' : found.isSymbolicLink() ? 'link' : 'other';
  return {
    path,
    kind,
    size: Number(found.size),
    mode: Number(found.mode) & 0o7777,
    uid: Number(found.uid),
    gid: Number(found.gid),
    mtimeNs: found.mtimeNs.toString(),
    dev: found.dev.toString(),
    ino: found.ino.toString(),
    nlink: Number(found.nlink),
    ...(kind === 'link' ? { target: await readlink(machine) } : {}),
  };
}

function notAFile(path: string): KcfgError {
  return new KcfgError('io', `${path} is not a regular file`, { where: [{ file: path }], notes: ['kcfg writes through no link'] });
}
