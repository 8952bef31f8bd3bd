/**
 * Asks the API server for /readyz every 50 ms while a change runs, each time on a new connection as a new client would,
 * and counts what came back. Asking goes on on time, also while an answer is late.
 */
import type { Clock } from '../host/host.ts';
import type { ApiServer } from '../node/api-server.ts';
import type { Probes } from '../report/event.ts';

const EVERY_MS = 50;
/** An answer later than this counts as none (design §5.6). */
const LATE_MS = 1000;
/** Answers waited for at one time: at 50 ms and 1 s no more than 20 can be open. */
const OPEN = 20;

export interface Prober {
  /** What was seen up to now. */
  read(): Probes;
  /** True when the last probe that came back was ready. */
  readyNow(): boolean;
  stop(): Promise<Probes>;
}

export function startProber(clock: Clock, api: ApiServer): Prober {
  const results: { at: number; answered: boolean; ready: boolean }[] = [];
  const open = new Set<Promise<void>>();
  const abort = new AbortController();
  let sent = 0;

  const probe = async (at: number): Promise<void> => {
    const { status } = await api.get('/readyz', LATE_MS);
    results.push({ at, answered: status > 0, ready: status === 200 });
  };
  const loop = (async () => {
    while (!abort.signal.aborted) {
      if (open.size < OPEN) {
        sent++;
        const one: Promise<void> = probe(clock.seconds()).finally(() => open.delete(one));
        open.add(one);
      }
      await clock.sleep(EVERY_MS, abort.signal).catch(() => undefined);
    }
    await Promise.all(open);
  })();

  const read = (): Probes => summarize(results, sent - open.size, clock.seconds());
  return {
    read,
    readyNow: () => results.at(-1)?.ready ?? false,
    async stop() {
      abort.abort();
      await loop;
      return summarize(results, sent, clock.seconds());
    },
  };
}

/** A gap runs from the first probe that was not ready to the next that was; what was down before does not count. */
export function summarize(results: readonly { at: number; answered: boolean; ready: boolean }[], sent: number, now: number): Probes {
  const ordered = [...results].sort((a, b) => a.at - b.at);
  let longest = 0;
  let away = 0;
  let since: number | undefined;
  for (const { at, ready } of ordered) {
    if (!ready) since ??= at;
    else if (since !== undefined) {
      longest = Math.max(longest, at - since);
      away += at - since;
      since = undefined;
    }
  }
  if (since !== undefined) {
    longest = Math.max(longest, now - since);
    away += now - since;
  }
  return {
    sent,
    answered: ordered.filter((r) => r.answered).length,
    ready: ordered.filter((r) => r.ready).length,
    longestGapSeconds: Number(longest.toFixed(3)),
    awaySeconds: Number(away.toFixed(3)),
    upBefore: ordered[0]?.ready ?? false,
  };
}
