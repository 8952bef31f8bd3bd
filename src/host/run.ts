/**
 * Runs other programs: argument arrays, a deadline, a clean environment, never a shell.
 *
 * Loaded only when something is run (execa takes 89 ms of CPU to import, ten times what most commands of kcfg need).
 * A program that fails or is missing is an answer, not an exception.
 */
import { execa } from 'execa';
import type { RunOptions, RunResult } from './host.ts';

/** systemd's own default for services (systemd.exec(5), DEFAULT_PATH): nothing of the user's PATH is trusted as root. */
const SYSTEM_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const DEFAULT_TIMEOUT_MS = 30_000;
/** Room for a long journal; what is beyond is cut off rather than taking the machine's memory. */
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;

export interface Surroundings {
  /** Put in front of PATH: the sandbox's own systemctl and friends. */
  firstInPath?: string;
  env?: Record<string, string>;
  /** An open file the program gets as descriptor 3. */
  descriptor?: number;
}

/** Runs a program and waits for its end. Never rejects; the environment holds PATH, LC_ALL and what was passed, only. */
export async function runProgram(
  argv: readonly [string, ...string[]],
  options: RunOptions = {},
  surroundings: Surroundings = {},
): Promise<RunResult> {
  const [file, ...args] = argv;
  const path = surroundings.firstInPath === undefined ? SYSTEM_PATH : `${surroundings.firstInPath}:${SYSTEM_PATH}`;
  // execa's types know descriptors up to 9 only; it hands any open one to the child
  const descriptor = surroundings.descriptor as 3 | undefined;
  const result = await execa(file, args, {
    reject: false,
    extendEnv: false,
    env: { PATH: path, LC_ALL: 'C', ...surroundings.env, ...options.env },
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...(options.input === undefined ? {} : { input: options.input }),
    stdio: [options.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe', descriptor ?? 'ignore'],
    timeout: options.timeout ?? DEFAULT_TIMEOUT_MS,
    // A process group of its own: Ctrl-C is for kcfg, which knows what it means; a half-run systemd-run knows nothing.
    detached: true,
    stripFinalNewline: false,
    maxBuffer: MAX_OUTPUT_BYTES,
  });
  return {
    exitCode: result.exitCode,
    stdout: result.stdout ?? '',
    // Not started at all (no permission, no such format): Node.js's words are the only ones.
    stderr: result.stderr || (result.code !== undefined && result.exitCode === undefined ? (result.originalMessage ?? '') : ''),
    timedOut: result.timedOut,
    missing: result.code === 'ENOENT' || result.code === 'ENOTDIR',
  };
}
