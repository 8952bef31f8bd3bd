/** Asks an API server at a steady pace, each time on a new connection: what a client without kcfg sees of a change. */
import { request } from 'node:https';

export interface Polled {
  sent: number;
  /**
   * Refused, or a status other than 200. An API server that is away refuses at once, for nothing listens; an answer that
   * is late is the test's own machine, which the pretend node shares: 10 s are waited for it.
   */
  failed: number;
  /** Seconds from the first failure of the longest run of failures to the next answer, or to the end. */
  longestGapSeconds: number;
}
export interface Poller {
  /** Waits for the answers that are out, and tells. */
  stop(): Promise<Polled>;
}

export function startPoller(server: string, ca: string, ms: number): Poller {
  const polled: Polled = { sent: 0, failed: 0, longestGapSeconds: 0 };
  const out = new Set<Promise<void>>();
  let gapSince: number | undefined;
  const endGap = (): void => {
    if (gapSince !== undefined) polled.longestGapSeconds = Math.max(polled.longestGapSeconds, (performance.now() - gapSince) / 1000);
    gapSince = undefined;
  };
  const ask = async (): Promise<void> => {
    const began = performance.now();
    if (await answers(server, ca)) {
      endGap();
      return;
    }
    polled.failed += 1;
    gapSince ??= began;
  };
  const timer = setInterval(() => {
    polled.sent += 1;
    const asking = ask().finally(() => out.delete(asking));
    out.add(asking);
  }, ms);
  return {
    async stop() {
      clearInterval(timer);
      await Promise.all(out);
      endGap();
      return polled;
    },
  };
}

function answers(server: string, ca: string): Promise<boolean> {
  return new Promise((resolve) => {
    const asking = request(`${server}/readyz`, { ca, agent: false, timeout: 10_000 }, (response) => {
      response.resume().once('end', () => resolve(response.statusCode === 200));
    });
    asking.once('timeout', () => asking.destroy());
    asking.once('error', () => resolve(false));
    asking.end();
  });
}
