/**
 * One kcfg at a time, by flock(2) on a file that only root can open (/run/lock is open to all, and anyone could hold a lock
 * there). flock(1) takes it on our own descriptor, so it belongs to our open file and goes when we do, even by SIGKILL.
 */
import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { KcfgError } from '../errors.ts';
import { ioError } from './io-errors.ts';
import type { Files, Lock } from './host.ts';
import type { Locator } from './locate.ts';

const DIRECTORY = '/run/kcfg';
const PATH = `${DIRECTORY}/lock`;
/** Exit status that `flock -E` is told to use for "someone else holds it". */
const HELD = 75;

export function flock(files: Files, locator: Locator, own: { uid: number; gid: number }): Lock {
  const openFile = async (): Promise<FileHandle> => {
    await files.mkdir(DIRECTORY, { mode: 0o700, ...own });
    const info = await files.info(DIRECTORY);
    if (info === undefined || info.kind !== 'directory' || info.uid !== own.uid || (info.mode & 0o022) !== 0) {
      throw new KcfgError('unsafe-owner', `${DIRECTORY} is not kcfg's own`, { where: [{ file: DIRECTORY }], help: [`look who made it: ls -ld ${DIRECTORY}`] });
    }
    const { machine } = await locator.entry(PATH);
    try {
      return await open(machine, constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW, 0o600);
    } catch (error) {
      throw ioError('open', PATH, error);
    }
  };
  const tryLock = async (handle: FileHandle): Promise<boolean> => {
    const { runProgram } = await import('./run.ts');
    const { exitCode, missing, stderr } = await runProgram(['flock', '-n', '-E', String(HELD), '3'], {}, { descriptor: handle.fd });
    if (missing || (exitCode !== 0 && exitCode !== HELD)) throw new KcfgError('host-command', `flock: ${missing ? 'util-linux is missing' : stderr.trim()}`);
    return exitCode === 0;
  };
  return {
    async take(holder) {
      const handle = await openFile();
      if (!(await tryLock(handle))) {
        const words = (await handle.readFile('utf8')).trim();
        await handle.close();
        throw new KcfgError('locked', 'another kcfg is at work on this node', {
          notes: words === '' ? [] : [`it says: ${words}`],
          help: ['wait for it, or see what it does: kcfg history'],
          outcome: 'Nothing was changed.',
        });
      }
      await handle.truncate(0);
      await handle.write(`${holder}, process ${process.pid}, since ${new Date().toISOString()}\n`, 0);
      return async () => {
        await handle.close();
      };
    },
    async held() {
      const handle = await openFile();
      try {
        return !(await tryLock(handle));
      } finally {
        await handle.close();
      }
    },
  };
}
