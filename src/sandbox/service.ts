/**
 * A service of a pretend node that is a real program: kcfg's own units. Run as a child of the daemon, as systemd would
 * run it: its output goes to the journal, RuntimeMaxSec= ends it, ExecStopPost= runs however it ended.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Machine } from './machine.ts';
import { commandOf, environmentOf, spanMs, type UnitFile, valueOf, valuesOf } from './unit-file.ts';

export interface ServiceResult {
  /** 'success', 'exit-code', 'signal', 'timeout' (systemd.exec(5), $SERVICE_RESULT). */
  result: string;
  code: 'exited' | 'killed';
  status: string;
}
export interface ServiceRun {
  readonly pid: number;
  /** ExecStart= has ended, and so has ExecStopPost=. */
  readonly done: Promise<ServiceResult>;
  /** ExecStart= has ended; ExecStopPost= may run. */
  readonly ended: Promise<ServiceResult>;
  /** SIGTERM, and SIGKILL after TimeoutStopSec=. */
  stop(): void;
  kill(signal: NodeJS.Signals): void;
}

const STOP_TIMEOUT_MS = 90_000; // DefaultTimeoutStopSec=

/** Starts the commands of ExecStart=, one after the other. Durations are real ones: the program has a real clock. */
export function runService(machine: Machine, unit: UnitFile): ServiceRun {
  const env = { ...serviceEnvironment(machine), ...environmentOf(machine.root, unit) };
  const commands = valuesOf(unit, 'ExecStart').map((line) => commandOf(line, env));
  let child: ChildProcess | undefined;
  let reason: string | undefined;
  let stopping = false;
  let firstPid = 0;

  const runAll = async (): Promise<ServiceResult> => {
    let last: ServiceResult = { result: 'success', code: 'exited', status: '0' };
    for (const { argv, ignoreFailure } of commands) {
      if (stopping) break;
      child = start(machine, unit.name, argv, env);
      firstPid ||= child.pid ?? 0;
      last = await resultOf(child);
      if (reason !== undefined) return { ...last, result: reason };
      if (last.result !== 'success' && !ignoreFailure) break;
    }
    return stopping && last.result === 'signal' ? { ...last, result: 'success' } : last;
  };
  const limit = spanMs(valueOf(unit, valueOf(unit, 'Type') === 'oneshot' ? 'TimeoutStartSec' : 'RuntimeMaxSec') ?? '');
  const run: ServiceRun = {
    get pid() {
      return child?.pid ?? firstPid;
    },
    ended: runAll(),
    done: Promise.resolve({ result: '', code: 'exited', status: '0' }),
    stop() {
      stopping = true;
      child?.kill('SIGTERM');
      const last = setTimeout(() => child?.kill('SIGKILL'), spanMs(valueOf(unit, 'TimeoutStopSec') ?? '') ?? STOP_TIMEOUT_MS);
      void run.ended.then(() => clearTimeout(last));
    },
    kill: (signal) => void child?.kill(signal),
  };
  const deadline =
    limit === undefined
      ? undefined
      : setTimeout(() => {
          reason = 'timeout';
          run.stop();
        }, limit);
  const finish = async (): Promise<ServiceResult> => {
    const result = await run.ended;
    clearTimeout(deadline);
    for (const line of valuesOf(unit, 'ExecStopPost')) {
      const post = { ...env, SERVICE_RESULT: result.result, EXIT_CODE: result.code, EXIT_STATUS: result.status };
      const { argv } = commandOf(line, post);
      child = start(machine, unit.name, argv, post);
      await resultOf(child);
    }
    return result;
  };
  return Object.assign(run, { done: finish() });
}

function serviceEnvironment(machine: Machine): Record<string, string> {
  const { HOME = '/', KCFG_SANDBOX_HOME } = process.env;
  return {
    PATH: `${join(machine.directory, 'bin')}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`,
    HOME,
    LANG: 'C.UTF-8',
    KCFG_SANDBOX: machine.directory,
    ...(KCFG_SANDBOX_HOME === undefined ? {} : { KCFG_SANDBOX_HOME }),
  };
}

/** A program and its script may lie in the node's tree; all else is of this machine. */
function start(machine: Machine, unit: string, argv: readonly string[], env: Record<string, string>): ChildProcess {
  const inTree = (path: string): string =>
    path.startsWith('/') && !existsSync(path) && existsSync(join(machine.root, path)) ? join(machine.root, path) : path;
  const [program = '', ...rest] = argv.map(inTree);
  const child = spawn(program, rest, { cwd: '/', env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const identifier = program.split('/').at(-1) ?? program;
  const write = (message: string, priority: number): void =>
    machine.journal.write({ at: machine.now(), unit, identifier, pid: child.pid ?? 0, priority, message });
  for (const stream of [child.stdout, child.stderr]) {
    let rest = '';
    stream?.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) write(line, 6);
    });
  }
  child.on('error', (error) => write(`Failed at step EXEC spawning ${program}: ${error.message}`, 3));
  return child;
}

function resultOf(child: ChildProcess): Promise<ServiceResult> {
  return new Promise((resolve) => {
    child.once('error', () => resolve({ result: 'exit-code', code: 'exited', status: '203' })); // EXIT_EXEC
    child.once('exit', (code, signal) => {
      if (signal !== null) resolve({ result: 'signal', code: 'killed', status: signal.replace('SIG', '') });
      else resolve({ result: code === 0 ? 'success' : 'exit-code', code: 'exited', status: String(code) });
    });
  });
}
