/**
 * A terminal of tmux, 80 columns wide, with a shell in it that is typed into as a person would, and read as they see it.
 * The server is one of its own (`-L`), so no session of the user is ever touched, and it ends with `close`.
 */
import { execFileSync } from 'node:child_process';
import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Tall enough that nothing of a screen scrolls away. */
const ROWS = 200;
const LONGEST_WAIT_MS = 60_000;

export interface Terminal {
  /** Types a command and Enter, and waits until it has ended. Returns its exit status. */
  run(command: string): Promise<number>;
  /** Types text and Enter; does not wait. */
  type(text: string): void;
  /** Presses keys by tmux's names: 'Enter', 'Down', 'C-c', 'BSpace'. */
  press(...keys: string[]): void;
  /** Waits until the screen has this text. */
  see(text: string): Promise<void>;
  /** Waits until the command that runs has ended. Returns its exit status. */
  end(): Promise<number>;
  /** The lines on screen, without blanks at their ends. */
  read(): string[];
  clear(): Promise<void>;
  close(): void;
}

/** `shell`: argument array of the program in it, whose prompts must be bash's. `directory` takes a small file of its own. */
export async function openTerminal(name: string, shell: readonly string[], env: Record<string, string>, directory: string, columns = 80): Promise<Terminal> {
  const statuses = join(directory, `${name}.statuses`);
  appendFileSync(statuses, '');
  const tmux = (...args: string[]): string => execFileSync('tmux', ['-L', name, '-f', '/dev/null', '-u', ...args], { env, encoding: 'utf8', timeout: 10_000 });
  // Bash writes the exit status of each command there, right before it prompts again.
  const started = { ...env, PROMPT_COMMAND: `echo $? >> ${statuses}` };
  const settings = Object.entries(started).flatMap(([key, value]) => ['-e', `${key}=${value}`]);
  tmux('new-session', '-d', '-x', String(columns), '-y', String(ROWS), ...settings, '--', ...shell);
  let ended = 0;
  const all = (): string[] => readFileSync(statuses, 'utf8').split('\n').slice(0, -1);
  const read = (): string[] => tmux('capture-pane', '-p').replace(/\s+$/, '').split('\n').map((line) => line.trimEnd());
  const wait = async (what: string, holds: () => boolean): Promise<void> => {
    const deadline = Date.now() + LONGEST_WAIT_MS;
    while (!holds()) {
      if (Date.now() > deadline) throw new Error(`${what}: not within ${LONGEST_WAIT_MS / 1000} s\n${read().join('\n')}`);
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
  };
  const end = async (): Promise<number> => {
    await wait('the prompt', () => all().length > ended);
    ended = all().length;
    return Number(all().at(-1));
  };
  const type = (text: string): void => {
    tmux('send-keys', '-l', '--', text);
    tmux('send-keys', 'Enter');
  };
  const terminal: Terminal = {
    run: (command) => {
      type(command);
      return end();
    },
    type,
    press: (...keys) => void tmux('send-keys', ...keys),
    see: (text) => wait(text, () => read().join('\n').includes(text)),
    end,
    read,
    clear: async () => {
      await terminal.run('clear');
    },
    close: () => void tmux('kill-server'),
  };
  await end();
  return terminal;
}
