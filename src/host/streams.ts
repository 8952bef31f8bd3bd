/**
 * stdout and stderr as kcfg needs them. A terminal is Node.js's own stream. A file or a pipe is written to directly:
 * Node.js's streams take 5 ms of CPU to make, and `kcfg get` writes one line. What cannot be written is
 * dropped (a reader that went away, a full disk behind `>`): the exit status speaks of the node, not of the screen.
 */
import { fstatSync, writeSync } from 'node:fs';
import type { TextStream } from '../report/screen.ts';

/** Major number of /dev/null, /dev/zero, /dev/full (Linux Documentation/admin-guide/devices.txt): no terminals. */
const MEMORY_DEVICES = 1;

export function standardStream(fd: 1 | 2): TextStream {
  let opened: NodeJS.WriteStream | undefined;
  const stream = (): NodeJS.WriteStream => {
    if (opened !== undefined) return opened;
    opened = fd === 1 ? process.stdout : process.stderr;
    opened.on('error', () => {});
    return opened;
  };
  const direct = !mayBeTerminal(fd);
  return {
    get isTTY() {
      return !direct && stream().isTTY === true;
    },
    get columns() {
      return stream().columns;
    },
    write(text) {
      const rest = direct ? writeDirectly(fd, Buffer.from(text)) : Buffer.from(text);
      if (rest.length > 0) stream().write(rest);
    },
  };
}

function mayBeTerminal(fd: number): boolean {
  try {
    const stat = fstatSync(fd);
    return stat.isCharacterDevice() && stat.rdev >> 8 !== MEMORY_DEVICES;
  } catch {
    return false; // closed: kcfg ... >&-
  }
}

/** What is left when the reader is slow (EAGAIN, of a pipe that someone made non-blocking): the stream waits for it. */
function writeDirectly(fd: number, bytes: Buffer): Buffer {
  let at = 0;
  while (at < bytes.length) {
    try {
      at += writeSync(fd, bytes, at);
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined;
      return code === 'EAGAIN' ? bytes.subarray(at) : Buffer.alloc(0);
    }
  }
  return Buffer.alloc(0);
}
