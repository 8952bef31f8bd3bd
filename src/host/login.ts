/**
 * Which login this process belongs to, as text that is the same for all of its commands and differs from every other login:
 * a change on trial is confirmed by a new one, which proves that one can still get in.
 *
 * The kernel's audit session (/proc/self/sessionid, set by pam_loginuid, kept through sudo, su, screen and tmux) where there
 * is one, else logind's session (the scope of its cgroup, pam_systemd(8)). Without both: the oldest process of this login,
 * which is the one below the first daemon among our parents (sshd's, login's), and what the container runtime or nsenter(1)
 * started where no parent is to be seen.
 */
import { readFileSync } from 'node:fs';

/** audit's unset value, credentials(7). */
const UNSET = '4294967295';

/** `proc` is where /proc is mounted. */
export function loginOf(proc = '/proc'): string {
  const read = (path: string): string => {
    try {
      return readFileSync(`${proc}/${path}`, 'utf8').trim();
    } catch {
      return '';
    }
  };
  const audit = read('self/sessionid');
  if (audit !== '' && audit !== UNSET) return `audit session ${audit}`;
  const scope = /\/session-([^/]+)\.scope/.exec(read('self/cgroup'))?.[1];
  if (scope !== undefined) return `session ${scope}`;
  const parents: Process[] = [];
  for (let at = parseStat(read('self/stat')); at !== undefined && parents.length < 100; at = parseStat(read(`${at.parent}/stat`))) {
    parents.push(at);
    if (at.parent <= 1) break;
  }
  const oldest = parents.at(-1);
  const first = oldest?.parent === 0 ? oldest : (parents.at(-2) ?? oldest);
  return first === undefined ? 'unknown' : `process ${first.pid}, started at ${first.startedAt}`;
}

interface Process {
  pid: number;
  parent: number;
  /** Ticks since boot: a number that was used again is told apart. */
  startedAt: string;
}

/** proc(5), /proc/PID/stat: fields 1, 4 and 22. The name in parentheses may hold anything. */
function parseStat(text: string): Process | undefined {
  const end = text.lastIndexOf(')');
  if (end < 0) return undefined;
  const rest = text.slice(end + 2).split(' ');
  return { pid: Number.parseInt(text, 10), parent: Number(rest[1]), startedAt: rest[19] ?? '' };
}
