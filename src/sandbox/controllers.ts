/** The controller manager and the scheduler of a pretend node: they live as long as they can renew their lease. */
import type { Component, Run } from './component.ts';

/** --leader-elect-renew-deadline, default 10 s. */
const RENEW_DEADLINE_MS = 10_000;
const RETRY_MS = 2000;

export function startController(run: Run, port: number): Component {
  const { timers, neighbours } = run;
  let up = false;
  const lost = (): void => run.exit(1, 'leaderelection lost');
  timers.after(200, () => {
    if (run.file('kubeconfig') === undefined || !run.claim(port)) return;
    up = true;
    let deadline = timers.after(RENEW_DEADLINE_MS, lost);
    timers.every(RETRY_MS, () => {
      if (!neighbours.cluster.ready()) return;
      deadline();
      deadline = timers.after(RENEW_DEADLINE_MS, lost);
    });
  });
  return { ready: () => up, terminate: () => void timers.after(100, () => run.exit(0)) };
}
