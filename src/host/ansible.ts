/**
 * Runs ansible-playbook as the user has it: with the user's environment, ansible.cfg, keys and terminal, so that inventories,
 * jump hosts, vaults and passwords are Ansible's own. The play lies in a directory of its own with kcfg's collection beside it,
 * which Ansible finds there (Ansible docs, "Using collections in a playbook", adjacent collections), and is gone afterwards.
 * An inventory that Ansible cannot read is an error, where it would warn and go on with fewer nodes, unless the user says otherwise.
 * Python keeps nothing that it compiled: the collection may be the package's, and dpkg does not know of such files.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { PlaybookEnd, PlaybookRequest } from './playbook.ts';

/** Bytes of Ansible's own words that are kept for an error. */
const WORDS = 16_384;

/** Resolves with how it ended. `onLine` gets each line of standard output. `script`: kcfg's own, which has the collection beside it. */
export async function runPlaybook(script: string, { plays, inventories, options, beside = [], env, signal, onLine }: PlaybookRequest): Promise<PlaybookEnd> {
  const scratch = await mkdtemp(join(tmpdir(), 'kcfg-fleet-'));
  try {
    await symlink(join(dirname(script), 'ansible'), join(scratch, 'collections'));
    for (const file of beside) await symlink(resolve(file), join(scratch, basename(file)));
    const play = join(scratch, 'play.json');
    await writeFile(play, JSON.stringify(plays), { mode: 0o600 });
    const argv = [...inventories.flatMap((inventory) => ['-i', inventory]), ...options, play];
    return await new Promise((done) => {
      const child = spawn('ansible-playbook', argv, {
        env: { ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED: '1', ...process.env, ANSIBLE_STDOUT_CALLBACK: 'kcfg.node.events', ANSIBLE_RETRY_FILES_ENABLED: '0', ANSIBLE_NOCOLOR: '1', PYTHONDONTWRITEBYTECODE: '1', ...env },
        stdio: ['inherit', 'pipe', 'pipe'],
      });
      let words = '';
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        words = (words + text).slice(-WORDS);
      });
      const lines = createInterface({ input: child.stdout, crlfDelay: Infinity }).on('line', onLine);
      const stop = (): void => void child.kill('SIGINT');
      signal?.addEventListener('abort', stop);
      child.on('error', (error: NodeJS.ErrnoException) => done({ code: undefined, words: error.message, missing: error.code === 'ENOENT' }));
      child.on('close', (code) => {
        lines.close();
        signal?.removeEventListener('abort', stop);
        done({ code: code ?? undefined, words, missing: false });
      });
    });
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
