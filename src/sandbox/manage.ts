/** What `kcfg sandbox …` does, apart from talking: a daemon when it is needed, and the requests to it. */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { KcfgError } from '../errors.ts';
import { answers, ask } from './control.ts';
import { controlSocket, daemonDirectory, type NodeSettings, nodeDirectory, sandboxHome } from './layout.ts';

/** A daemon answers within this, also on a busy machine. */
const START_TIMEOUT_MS = 20_000;

/**
 * Makes sure that a daemon hosts `base`. `command` starts one: an argument array to which the base, and the parent
 * that it must not outlive, are appended. Throws `sandbox` when it does not answer.
 */
export async function ensureDaemon(base: string, command: readonly string[], parent?: number): Promise<void> {
  const socket = controlSocket(base);
  if (await answers(socket)) return;
  mkdirSync(daemonDirectory(base), { recursive: true, mode: 0o700 });
  const logFile = join(daemonDirectory(base), 'log');
  const log = openSync(logFile, 'a', 0o600);
  const [program = '', ...args] = [...command, base, ...(parent === undefined ? [] : [String(parent)])];
  const daemon = spawn(program, args, { detached: true, stdio: ['ignore', log, log], cwd: '/' });
  daemon.unref();
  let ended = false;
  daemon.once('exit', () => {
    ended = true;
  });
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (!(await answers(socket))) {
    if (ended || Date.now() > deadline) {
      throw new KcfgError('sandbox', `the sandbox's daemon ${ended ? 'ended' : 'did not answer'}`, {
        help: [`its last words: tail ${logFile}`],
      });
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Takes a node and its files away, with or without a daemon; all of them without a name. Returns their names. */
export async function takeDown(base: string, name: string | undefined): Promise<string[]> {
  const socket = controlSocket(base);
  if (await answers(socket)) return (await ask(socket, { op: 'down', ...(name === undefined ? {} : { name }) })).names;
  const names = nodeNames(base).filter((each) => name === undefined || each === name);
  if (name !== undefined && names.length === 0) {
    throw new KcfgError('sandbox', `there is no node ${name} in the sandbox`, { help: ['kcfg sandbox list'] });
  }
  for (const each of names) rmSync(nodeDirectory(base, each), { recursive: true, force: true });
  return names;
}

/** Every node of the sandbox, and whether it is up. */
export async function listNodes(base: string): Promise<(NodeSettings & { up: boolean })[]> {
  const socket = controlSocket(base);
  const hosted = (await answers(socket)) ? (await ask(socket, { op: 'list' })).nodes.map(({ name }) => name) : [];
  return nodeNames(base).map((name) => {
    const settings = JSON.parse(readFileSync(join(nodeDirectory(base, name), 'node.json'), 'utf8')) as NodeSettings;
    return { ...settings, up: hosted.includes(name) };
  });
}

/** This user's sandbox. */
export const ownHome = (): string => sandboxHome(process.env);

/** A path as people write it: `~` for their home. */
export function tildePath(path: string): string {
  const home = homedir();
  return path === home || path.startsWith(`${home}/`) ? `~${path.slice(home.length)}` : path;
}

/** Nodes that have a tree, up or not. */
export function nodeNames(base: string): string[] {
  const names = existsSync(base) ? readdirSync(base) : [];
  return names.filter((name) => existsSync(join(nodeDirectory(base, name), 'node.json'))).sort();
}
