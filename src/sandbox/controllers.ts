/** The controller manager and the scheduler of a pretend node: they live as long as they can renew their lease. */
import type { Component, Run } from './component.ts';

/** --leader-elect-renew-deadline, default 10 s. */
const RENEW_DEADLINE_MS = 10_000;
const RETRY_MS = 2000;

export function startController(run: Run, port: number): Component {
  const { timers, neighbours } = run;
  let up = false;
  timers.after(200, () => {
    if (run.file('kubeconfig') === undefined || !run.claim(port)) return;
    up = true;
    let renewed = Date.now();
    timers.every(RETRY_MS, () => {
      if (neighbours.cluster.ready()) renewed = Date.now();
      else if (Date.now() - renewed > RENEW_DEADLINE_MS / timers.speed) run.exit(1, 'leaderelection lost');
    });
  });
  return { ready: () => up, terminate: () => void timers.after(100, () => run.exit(0)) };
}
