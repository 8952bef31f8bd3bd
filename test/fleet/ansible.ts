/** Ansible's own programs, as people run them who have playbooks of their own, with kcfg's collection. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readEvent, type TaskResult } from '../../src/fleet/events.ts';
import { type Run, run } from '../run.ts';
import { kcfgCommand, type SandboxNode } from '../sandbox/node.ts';

/** templates/ansible, which has ansible_collections in it. */
export const COLLECTIONS = fileURLToPath(new URL('../../templates/ansible', import.meta.url));
export const COLLECTION = join(COLLECTIONS, 'ansible_collections/kcfg/node');

/** A directory of the test's own; the system takes it away. */
export const scratch = (): string => mkdtempSync(join(tmpdir(), 'kcfg-ansible-'));

/** Runs ansible-playbook, ansible-galaxy, ansible-doc. `collections`: where kcfg.node is found. */
export function ansible(program: string, words: readonly string[], { collections = COLLECTIONS, env: more = {}, cwd = '/' }: { collections?: string; env?: Record<string, string>; cwd?: string } = {}): Promise<Run> {
  const env = { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '/', LANG: 'C.UTF-8', ANSIBLE_COLLECTIONS_PATH: collections, ANSIBLE_NOCOLOR: '1', ANSIBLE_RETRY_FILES_ENABLED: '0', PYTHONDONTWRITEBYTECODE: '1', ...more };
  return run([program, ...words], { env, cwd });
}

/** An inventory of pretend nodes, over Ansible's local connection. */
export function inventoryOf(nodes: readonly SandboxNode[], file: string): string {
  const hosts = Object.fromEntries(nodes.map(({ name, dir }) => [name, { kcfg_command: ['env', `KCFG_SANDBOX=${dir}`, ...kcfgCommand()] }]));
  writeFileSync(file, JSON.stringify({ all: { vars: { ansible_connection: 'local', ansible_become: false, ansible_python_interpreter: '/usr/bin/python3' }, hosts } }));
  return file;
}

/** 'cp1 ok=1 changed=0 failed=0' of each host, from what ansible-playbook says at its end. */
export const recap = (stdout: string): string[] => [...stdout.matchAll(/^(\S+) +: (ok=\d+) +(changed=\d+) .*?(failed=\d+)/gm)].map(([, ...parts]) => parts.join(' '));

/** What a task returned on each host, by the callback that `kcfg fleet` reads. */
export function results(stdout: string): Map<string, TaskResult> {
  return new Map(stdout.split('\n').flatMap((line): [string, TaskResult][] => {
    const event = readEvent(line);
    return event === undefined || event.event === 'start' || event.event === 'no-hosts' ? [] : [[event.host, event.result]];
  }));
}
