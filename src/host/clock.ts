/** Time, as the one clock of a Host: the rest of kcfg never asks the machine, so tests can hold time still. */
import type { Clock } from './host.ts';

export function systemClock(): Clock {
  return {
    now: () => new Date(),
    seconds: () => performance.now() / 1000,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        const onAbort = () => {
          clearTimeout(timer);
          reject(signal?.reason);
        };
        const timer = setTimeout(() => {
          signal?.removeEventListener('abort', onAbort);
          resolve();
        }, ms);
        signal?.addEventListener('abort', onAbort, { once: true });
      }),
  };
}
