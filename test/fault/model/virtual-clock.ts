/**
 * Time that passes only when nobody has anything to do: a sleeper is woken once all others wait too, and the clock then says
 * what it slept for. So a minute takes no time, and two runs of the same change see the same times.
 */
import type { Clock } from '../../../src/host/host.ts';

export interface VirtualClock extends Clock {
  /** Nobody wakes any more: the machine is off. */
  stop(): void;
}

/** `time`: milliseconds since the epoch. */
export function virtualClock(time: { now: number }): VirtualClock {
  let sleepers: { at: number; wake: () => void }[] = [];
  let stopped = false;
  let ticking = false;
  const tick = (): void => {
    ticking = false;
    sleepers.sort((a, b) => a.at - b.at);
    const next = sleepers.shift();
    if (next === undefined || stopped) return;
    time.now = Math.max(time.now, next.at);
    next.wake();
    schedule();
  };
  // What follows from promises alone is over by then.
  const schedule = (): void => {
    if (ticking || stopped || sleepers.length === 0) return;
    ticking = true;
    setImmediate(tick);
  };
  return {
    now: () => new Date(time.now),
    seconds: () => time.now / 1000,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        const onAbort = (): void => {
          sleepers = sleepers.filter((each) => each !== sleeper);
          reject(signal?.reason);
        };
        const wake = (): void => {
          signal?.removeEventListener('abort', onAbort);
          resolve();
        };
        const sleeper = { at: time.now + ms, wake };
        sleepers.push(sleeper);
        signal?.addEventListener('abort', onAbort, { once: true });
        schedule();
      }),
    stop() {
      stopped = true;
      sleepers = [];
    },
  };
}
