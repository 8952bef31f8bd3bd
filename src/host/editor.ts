/** The user's own editor, on the user's own terminal: the one program that kcfg hands its streams to. */
import { spawn } from 'node:child_process';
import { KcfgError, NOTHING_CHANGED } from '../errors.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * $VISUAL, then $EDITOR, then vi, as environ(7) has it; words are split at blanks (`vim -n`), and no shell is asked.
 * Resolves with the exit status; undefined when the editor was ended by a signal. Rejects when it cannot be started.
 */
export async function openEditor(file: string, env: Environment): Promise<number | undefined> {
  const [program = 'vi', ...words] = (env['VISUAL'] || env['EDITOR'] || 'vi').trim().split(/\s+/);
  // Ctrl-C belongs to the editor while it is open
  const ignore = (): void => {};
  process.on('SIGINT', ignore);
  try {
    return await new Promise((resolve, reject) => {
      const child = spawn(program, [...words, file], { stdio: 'inherit' });
      child.on('error', (cause) => reject(new KcfgError('host-command', `the editor ${program} cannot be started: ${cause.message}`, { help: ['name one: EDITOR=nano kcfg edit'], outcome: NOTHING_CHANGED, cause })));
      child.on('exit', (code) => resolve(code ?? undefined));
    });
  } finally {
    process.off('SIGINT', ignore);
  }
}
