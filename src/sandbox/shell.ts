/** A shell, or one program, in which the machine is a pretend node: its kcfg, its systemctl, its files as `/`'s. */
import { spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { basename, join } from 'node:path';
import type { Context } from '../cli/context.ts';
import { KcfgError } from '../errors.ts';
import { nodeDirectory } from './layout.ts';

const quote = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`;

/**
 * Runs `argv`, or the user's shell when it is empty, with the terminal of this process. Resolves with its exit status.
 * `self` starts kcfg, which stands in PATH as `kcfg`.
 */
export async function runOnNode(base: string, name: string, argv: readonly string[], self: readonly string[], onInterrupt: Context['onInterrupt']): Promise<number> {
  const directory = nodeDirectory(base, name);
  if (!existsSync(join(directory, 'node.json'))) {
    throw new KcfgError('sandbox', `there is no node ${name} in the sandbox`, { help: [`kcfg sandbox up ${name}`] });
  }
  writeFileSync(join(directory, 'bin/kcfg'), `#!/bin/sh\nexec ${self.map(quote).join(' ')} "$@"\n`, { mode: 0o755 });
  const shell = process.env.SHELL ?? '/bin/sh';
  // bash's own start-up file would set another prompt
  const [program = shell, ...args] =
    argv.length > 0 ? argv : [shell, ...(basename(shell) === 'bash' ? ['--norc', '-i'] : ['-i'])];
  const env = {
    ...process.env,
    KCFG_SANDBOX: directory,
    PS1: `${name}# `,
    PATH: `${join(directory, 'bin')}:${process.env.PATH ?? ''}`,
  };
  const child = spawn(program, args, { stdio: 'inherit', env, cwd: join(directory, 'root') });
  // Ctrl-C reaches the program too: it is the one that knows what that means, and its exit status is ours.
  const letGo = onInterrupt(() => {});
  return await new Promise<number>((resolve, reject) => {
    child.once('error', (cause) =>
      reject(new KcfgError('sandbox', `${program} cannot be run`, { notes: [cause.message], cause })),
    );
    child.once('exit', (code, signal) => resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])));
  }).finally(letGo);
}
