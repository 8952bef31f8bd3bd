/**
 * Who made a change, for the record, also behind sudo and su. The kernel's word comes first: the audit login UID, which is set
 * once at login (pam_loginuid) and goes with every process from there. SUDO_USER is a word of the environment: whoever is root
 * can set it to any name. It counts where the kernel knows of no login (containers, machines without PAM's module), and
 * as the name of a login that /etc/passwd does not have. Nothing is decided by this name.
 */
import { readFileSync } from 'node:fs';

/** "No one logged in": audit's unset value, credentials(7). */
const UNSET = 4294967295;
/** useradd(8), and what directories have: DOMAIN\\user, user@domain. Anything else is no name, and could steer a terminal or forge a record. */
const NAME = /^[\p{L}\p{N}_][\p{L}\p{N}_.@+\\-]{0,254}\$?$/u;

/** `user`: the name of who runs kcfg. `read`: of /proc and /etc. */
export function loginName(env: Readonly<Record<string, string | undefined>>, user: () => string, read = readText): string {
  const sudo = env['SUDO_USER'] !== undefined && NAME.test(env['SUDO_USER']) ? env['SUDO_USER'] : undefined;
  const text = read('/proc/self/loginuid').trim();
  const uid = text === '' ? UNSET : Number(text);
  if (!Number.isInteger(uid) || uid === UNSET) return sudo ?? user();
  const line = read('/etc/passwd').split('\n').find((entry) => entry.split(':')[2] === String(uid));
  const name = line?.split(':')[0];
  if (name !== undefined && NAME.test(name)) return name;
  return sudo !== undefined && env['SUDO_UID'] === String(uid) ? sudo : `uid ${uid}`;
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
