/** `--confirm-within TIME`: how long a change is on trial. Durations as kubectl takes them: 90s, 5m, 1h, 1h30m. */
import type { Context } from '../cli/context.ts';
import { valueOf } from '../cli/request.ts';
import { KcfgError } from '../errors.ts';

/** Less is over before anyone has logged in; after more than a day nobody remembers, and `kcfg rollback` is the way. */
const SHORTEST = 10;
const LONGEST = 24 * 3600;
const SECONDS: Record<string, number> = { h: 3600, m: 60, s: 1 };

/** Seconds; undefined where the option was not given. Throws `usage`. */
export function confirmWithin({ host, request }: Pick<Context, 'host' | 'request'>): number | undefined {
  const text = valueOf(request, 'confirm-within');
  if (text === undefined) return undefined;
  if (!host.live) throw new KcfgError('usage', 'a tree has no running node to try a change on', { help: ['leave out --confirm-within'] });
  const parts = [...text.matchAll(/(\d+)([hms])/g)];
  const seconds = parts.reduce((sum, [, number, unit]) => sum + Number(number) * (SECONDS[unit ?? ''] ?? 0), 0);
  if (parts.length === 0 || parts.map(([part]) => part).join('') !== text) {
    throw new KcfgError('usage', `--confirm-within takes a time such as 5m, not ${text}`, { help: ['write it as 90s, 5m, 1h or 1h30m'] });
  }
  if (seconds < SHORTEST || seconds > LONGEST) {
    throw new KcfgError('usage', `--confirm-within takes 10s to 24h, not ${text}`, { help: ['time enough for a new login, for example 5m'] });
  }
  return seconds;
}
