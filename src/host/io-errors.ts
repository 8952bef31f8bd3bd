/**
 * What the kernel refused, in the user's words.
 *
 * Every failing file operation ends here, so that a full disk or a read-only mount reads the same whichever step met
 * it. Messages name the node's path, never the machine's path of a tree or the temporary name.
 */
import { KcfgError } from '../errors.ts';

/** 'ENOENT', 'ENOSPC', …; undefined when the value is no error of the operating system. */
export function errnoOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error) || !('syscall' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** ENOENT and ENOTDIR: there is nothing at that path. */
export function isMissing(error: unknown): boolean {
  const errno = errnoOf(error);
  return errno === 'ENOENT' || errno === 'ENOTDIR';
}

const WORDS: Record<string, string> = {
  EACCES: 'permission denied',
  EPERM: 'the operation is not permitted here (immutable file, or no right to do it)',
  ENOENT: 'no such file or directory',
  ENOTDIR: 'a part of the path is not a directory',
  EISDIR: 'it is a directory',
  EEXIST: 'something of that name exists',
  ENOTEMPTY: 'the directory is not empty',
  EXDEV: 'source and target are on different filesystems',
  ELOOP: 'it is a link',
  ENAMETOOLONG: 'the name is too long',
  EBUSY: 'it is in use, such as a mount point',
  EFBIG: 'it is larger than 64 MiB',
  EIO: 'the disk reports an error',
};

/** A KcfgError (`no-space`, `read-only`, `io`) for `doing`, such as 'write' or 'remove', at a node path. */
export function ioError(doing: string, path: string, error: unknown): unknown {
  if (error instanceof KcfgError) return error;
  const errno = errnoOf(error);
  if (errno === undefined) return error; // a bug, to be printed as such
  return refusal(doing, path, errno, error);
}

/** strerror(3) of the C locale, for what cp(1) and touch(1) say. */
const SAID: Record<string, string> = {
  'No space left on device': 'ENOSPC',
  'Disk quota exceeded': 'EDQUOT',
  'Read-only file system': 'EROFS',
  'Permission denied': 'EACCES',
  'Operation not permitted': 'EPERM',
  'No such file or directory': 'ENOENT',
  'Not a directory': 'ENOTDIR',
  'File exists': 'EEXIST',
  'File name too long': 'ENAMETOOLONG',
  'Input/output error': 'EIO',
};

/** The same, from what cp(1) or touch(1) said on stderr with LC_ALL=C; their own file names are left out. */
export function ioErrorFromText(doing: string, path: string, stderr: string): KcfgError {
  const line = stderr.trim().split('\n')[0] ?? '';
  const reason = line.slice(line.lastIndexOf(': ') + 1).trim();
  return refusal(doing, path, SAID[reason] ?? (reason || 'no reason was given'));
}

function refusal(doing: string, path: string, errno: string, cause?: unknown): KcfgError {
  const text = `cannot ${doing} ${path}`;
  const where = [{ file: path }];
  switch (errno) {
    case 'ENOSPC':
      return new KcfgError('no-space', `${text}: no space is left on its filesystem`, {
        where,
        help: ['free some space or inodes there, then run kcfg again; this shows both:', `  df -h ${path}; df -i ${path}`],
        cause,
      });
    case 'EDQUOT':
      return new KcfgError('no-space', `${text}: the disk quota is used up`, { where, cause });
    case 'EROFS':
      return new KcfgError('read-only', `${text}: its filesystem is read-only`, { where, cause });
    default:
      return new KcfgError('io', `${text}: ${WORDS[errno] ?? errno}`, { where, cause });
  }
}
