/** One program to its end, as tests of kcfg run it. Without `env` it has the test's own. */
import { spawn } from 'node:child_process';

export interface Run {
  /** 137 when it was killed, at its timeout or otherwise. */
  code: number;
  stdout: string;
  stderr: string;
}
export interface RunOptions {
  env?: Record<string, string>;
  cwd?: string;
  input?: string | undefined;
  /** ms, then SIGKILL. */
  timeout?: number;
  /** A process group of its own. */
  detached?: boolean;
  /** Standard error as it comes, and the process. */
  watch?: (text: string, pid: number) => void;
}

export function run([program = '', ...args]: readonly string[], { input, timeout, watch, ...options }: RunOptions = {}): Promise<Run> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { ...options, ...(timeout === undefined ? {} : { timeout, killSignal: 'SIGKILL' as const }), stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
      watch?.(text, child.pid ?? 0);
    });
    child.stdin?.end(input);
    child.once('error', reject);
    child.once('close', (code) => resolve({ code: code ?? 137, stdout, stderr }));
  });
}
