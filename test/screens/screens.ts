/**
 * npm run screens: makes docs/screens/*.txt from real runs of kcfg on pretend nodes, in a terminal of 80 columns.
 *
 *   npm run screens              write them anew
 *   npm run screens -- --check   compare, and exit 1 where they no longer match
 *   npm run screens -- NAME      only those whose name has NAME in it
 *
 * What is normalised, so that two runs give the same files, stands at the top of steady.ts. Needs tmux and bash.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPatch } from 'diff';
import { ask } from '../../src/sandbox/control.ts';
import type { FaultName } from '../../src/sandbox/faults.ts';
import { controlSocket, sandboxHome } from '../../src/sandbox/layout.ts';
import { steady } from './steady.ts';
import { STORIES, type Story } from './stories.ts';
import { openTerminal } from './terminal.ts';

const repository = join(import.meta.dirname, '../..');
const target = join(repository, 'docs/screens');
const words = process.argv.slice(2);
const check = words.includes('--check');
const wanted = words.find((word) => !word.startsWith('-')) ?? '';

for (const program of ['tmux', 'bash']) {
  try {
    execFileSync(program, ['-V'], { stdio: 'ignore' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') continue;
    console.error(`error: the screens need ${program}, and it is not installed\nhelp: apt-get install ${program}`);
    process.exit(2);
  }
}

const temporary = mkdtempSync(join(tmpdir(), 'kcfg-'));
const env = {
  PATH: `${temporary}/bin:${process.env.PATH ?? ''}`,
  HOME: temporary,
  SHELL: '/bin/bash',
  LANG: 'C.UTF-8',
  TERM: 'screen-256color',
  TZ: 'UTC',
  // Who makes the changes: the login behind sudo, which is one everywhere.
  SUDO_USER: 'admin',
  PS1: '$ ',
  HISTFILE: '',
};
const kcfg = (...args: string[]): void => void execFileSync('kcfg', args, { env, stdio: 'pipe', timeout: 120_000 });

/** The program as it is now, away from builds that others make meanwhile. */
function install(): void {
  execFileSync(process.execPath, [join(repository, 'build.mjs')], { stdio: 'pipe' });
  cpSync(join(repository, 'dist'), join(temporary, 'dist'), { recursive: true });
  mkdirSync(join(temporary, 'bin'));
  writeFileSync(join(temporary, 'bin/kcfg'), `#!/bin/sh\nexec '${process.execPath}' '${temporary}/dist/main.js' "$@"\n`, { mode: 0o755 });
}

async function record(story: Story): Promise<string> {
  kcfg('sandbox', 'up', 'cp1', ...(story.speed === undefined ? [] : ['--speed', String(story.speed)]));
  if (story.on === 'worker') kcfg('sandbox', 'up', 'w1', '--worker');
  for (const line of story.before ?? []) execFileSync('sh', ['-c', line], { env, stdio: 'pipe', timeout: 120_000 });
  for (const [fault, argument] of Object.entries(story.fault ?? {})) {
    await ask(controlSocket(sandboxHome(env)), { op: 'fault', name: 'cp1', fault: fault as FaultName, argument });
  }
  const shell = story.on === 'machine' ? ['bash', '--norc', '-i'] : ['kcfg', 'sandbox', 'shell', story.on === 'worker' ? 'w1' : 'cp1'];
  const terminal = await openTerminal(`kcfg-${process.pid}-${story.name}`, shell, env, temporary);
  try {
    await terminal.clear();
    const shots: string[][] = [];
    await story.play(terminal, (part = (lines) => lines) => void shots.push(part(terminal.read())));
    shots.push(terminal.read().slice(0, -1));
    return `${story.title}\n\n${shots.map((lines) => steady(lines).map((line) => `${line}\n`).join('')).join('…\n')}`;
  } finally {
    terminal.close();
    kcfg('sandbox', 'down', '--all');
  }
}

let stale = 0;
try {
  install();
  mkdirSync(target, { recursive: true });
  for (const story of STORIES.filter(({ name }) => name.includes(wanted))) {
    const file = join(target, `${story.name}.txt`);
    const text = await record(story);
    const present = existsSync(file) ? readFileSync(file, 'utf8') : '';
    const same = text === present;
    if (!same) stale++;
    if (!same && !check) writeFileSync(file, text);
    console.log(`${same ? 'as it was' : check ? 'differs' : 'written'}  docs/screens/${story.name}.txt`);
    if (!same && check) console.log(createPatch(file, present, text, 'in the repository', 'now'));
  }
} finally {
  rmSync(temporary, { recursive: true, force: true });
}
if (check && stale > 0) {
  console.error(`${stale} of the screens no longer match. Read what changed, then: npm run screens`);
  process.exitCode = 1;
}
