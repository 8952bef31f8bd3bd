/**
 * One kcfg at a time, by flock(2) on a file that only root can open (/run/lock is open to all, and anyone could hold a lock
 * there). flock(1) takes it on our own descriptor, so it belongs to our open file and goes when we do, even by SIGKILL.
 */
import { closeSync, constants, fchmodSync, fstatSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
import { KcfgError, NOTHING_CHANGED } from '../errors.ts';
import { ioError, isMissing } from './io-errors.ts';
import type { Files, Lock } from './host.ts';
import type { Locator } from './locate.ts';

const DIRECTORY = '/run/kcfg';
const PATH = `${DIRECTORY}/lock`;
/** Exit status that `flock -E` is told to use for "someone else holds it". */
const HELD = 75;
/** Longer than held() of another kcfg, which holds it shared for a moment (some ms), and shorter than anyone's patience. */
const WAIT_SECONDS = '0.5';

/** `own`: who runs kcfg, and must own the lock's directory. */
export function flock(files: Files, locator: Locator, own: { uid: number; gid: number }): Lock {
  // A number, not a FileHandle: the garbage collector closes those, and with it would go the lock.
  const openAt = async (flags: number): Promise<number> => {
    const { machine } = await locator.entry(PATH);
    return openSync(machine, flags | constants.O_NOFOLLOW, 0o600);
  };
  return {
    async take(holder) {
      await files.mkdir(DIRECTORY, { mode: 0o700, ...own });
      await requireOwn(files, own.uid);
      const fd = await openAt(constants.O_RDWR | constants.O_CREAT).catch((error: unknown) => {
        throw ioError('open', PATH, error);
      });
      try {
        keepPrivate(fd, own.uid);
        if (!(await tryLock(fd, '-x', '-w', WAIT_SECONDS))) throw locked(readFileSync(fd, 'utf8').trim());
      } catch (error) {
        closeSync(fd);
        throw error;
      }
      writeWords(fd, `${holder}, process ${process.pid}, since ${new Date().toISOString()}\n`);
      let released = false;
      return async () => {
        if (!released) closeSync(fd);
        released = true;
      };
    },
    async held() {
      let fd: number;
      try {
        fd = await openAt(constants.O_RDONLY);
      } catch (error) {
        if (isMissing(error)) return false;
        throw ioError('open', PATH, error);
      }
      try {
        // Shared: two that only look are not in each other's way.
        return !(await tryLock(fd, '-s', '-n'));
      } finally {
        closeSync(fd);
      }
    },
  };
}

async function requireOwn(files: Files, uid: number): Promise<void> {
  const info = await files.info(DIRECTORY);
  if (info?.kind !== 'directory' || info.uid !== uid || (info.mode & 0o022) !== 0) throw notOwn(DIRECTORY);
  if (info.mode !== 0o700) await files.setAttributes(DIRECTORY, { mode: 0o700 });
}

/** Whoever may open the file for reading can hold a lock on it, and keep every kcfg out (flock(2)). */
function keepPrivate(fd: number, uid: number): void {
  const found = fstatSync(fd);
  if (!found.isFile() || found.uid !== uid || found.nlink !== 1) throw notOwn(PATH);
  if ((found.mode & 0o7777) !== 0o600) fchmodSync(fd, 0o600);
}

function notOwn(path: string): KcfgError {
  return new KcfgError('unsafe-owner', `${path} is not kcfg's own`, { where: [{ file: path }], help: ['look who made it:', `  ls -la ${path}`] });
}

/** False when someone else holds it. */
async function tryLock(fd: number, ...how: string[]): Promise<boolean> {
  const { runProgram } = await import('./run.ts');
  const { exitCode, missing, stderr } = await runProgram(['flock', ...how, '-E', String(HELD), '3'], {}, { descriptor: fd });
  if (exitCode === 0) return true;
  if (exitCode === HELD) return false;
  throw new KcfgError('host-command', `flock: ${missing ? 'it is not installed (util-linux)' : stderr.trim()}`);
}

/** For the message of others. The lock holds without it. */
function writeWords(fd: number, words: string): void {
  try {
    ftruncateSync(fd, 0);
    writeSync(fd, words, 0);
  } catch {
    // a full /run
  }
}

function locked(words: string): KcfgError {
  return new KcfgError('locked', 'another kcfg is at work on this node', {
    notes: words === '' ? [] : [`it says: ${words}`],
    help: ['wait for it, or see what it does: kcfg history'],
    outcome: NOTHING_CHANGED,
  });
}
