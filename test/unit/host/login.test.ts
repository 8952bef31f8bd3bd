/** Which login a process belongs to: the same for all of its commands, another one for each other login. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { loginOf } from '../../../src/host/login.ts';

const UNSET = '4294967295\n';

/** `files`: below /proc. */
function login(files: Record<string, string>): string {
  const proc = mkdtempSync(join(tmpdir(), 'kcfg-proc-'));
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(proc, path)), { recursive: true });
      writeFileSync(join(proc, path), text);
    }
    return loginOf(proc);
  } finally {
    rmSync(proc, { recursive: true, force: true });
  }
}

const stat = (pid: number, name: string, parent: number, startedAt: number): string => `${pid} (${name}) S ${parent} ${Array(17).fill('0').join(' ')} ${startedAt} 0 0\n`;

test("the kernel's audit session, also behind sudo: other processes of the login do not matter", () => {
  assert.equal(login({ 'self/sessionid': '42\n', 'self/cgroup': '0::/user.slice/user-0.slice/session-7.scope\n' }), 'audit session 42');
});

test('without it the session of logind, of cgroup v1 and v2', () => {
  assert.equal(login({ 'self/sessionid': UNSET, 'self/cgroup': '0::/user.slice/user-0.slice/session-c3.scope\n' }), 'session c3');
  assert.equal(login({ 'self/cgroup': '12:cpu:/\n1:name=systemd:/user.slice/user-0.slice/session-9.scope\n' }), 'session 9');
});

test('without both the process that the login began with: below the daemon that took it', () => {
  const sshd = { '800/stat': stat(800, 'sshd', 1, 10), '900/stat': stat(900, 'sshd: root@pts/0', 800, 500), '901/stat': stat(901, 'a (shell) name', 900, 600), 'self/sessionid': UNSET };
  const first = login({ ...sshd, 'self/stat': stat(950, 'node', 901, 700) });
  assert.equal(first, 'process 900, started at 500');
  assert.equal(login({ ...sshd, 'self/stat': stat(951, 'node', 901, 800) }), first);
  const another = { '990/stat': stat(990, 'sshd: root@pts/1', 800, 900), 'self/stat': stat(991, 'node', 990, 901) };
  assert.notEqual(login({ ...sshd, ...another }), first);
});

test('where the parents are out of sight (nsenter, a container) it is the first one that is seen', () => {
  assert.equal(login({ '70/stat': stat(70, 'bash', 0, 5), 'self/stat': stat(71, 'node', 70, 6) }), 'process 70, started at 5');
  assert.equal(login({ 'self/stat': stat(71, 'node', 0, 6) }), 'process 71, started at 6');
});

test('a process whose number was used again is another login', () => {
  assert.notEqual(login({ 'self/stat': stat(71, 'node', 0, 6) }), login({ 'self/stat': stat(71, 'node', 0, 7) }));
});

test('nothing to be read is no login', () => {
  assert.equal(login({}), 'unknown');
});
