/** systemd by its own tools: systemctl show and jobs, systemd-run for transient services. Argument arrays, with deadlines. */
import { KcfgError } from '../errors.ts';
import type { Host, RunResult, Systemd } from './host.ts';

/** systemd's default for one job is 90 s (DefaultTimeoutStartSec=); a stop and a start make a restart. */
const JOB_TIMEOUT_MS = 200_000;

export function systemctl(run: Host['run']): Systemd {
  return {
    async show(unit, properties) {
      const result = await run(['systemctl', 'show', '--no-pager', ...properties.flatMap((name) => ['-p', name]), '--', unit]);
      if (result.exitCode !== 0) throw failed(`systemctl show ${unit}`, unit, result);
      return parseShow(result.stdout);
    },
    async job(verb, unit, options = {}) {
      const result = await run(['systemctl', '--no-ask-password', verb, '--', unit], { timeout: options.timeout ?? JOB_TIMEOUT_MS });
      if (result.exitCode !== 0) throw failed(`systemctl ${verb} ${unit}`, unit, result);
    },
    async runService(unit, argv, properties, afterSeconds) {
      const options = properties.flatMap((property) => ['-p', property]);
      // By the default of a minute (systemd.timer(5), AccuracySec=) a deadline would be no deadline.
      const timer = afterSeconds === undefined ? [] : [`--on-active=${afterSeconds.toFixed(1)}s`, '--timer-property=AccuracySec=100ms'];
      const result = await run(['systemd-run', '--quiet', '--collect', '--no-ask-password', `--unit=${unit}`, ...timer, ...options, '--', ...argv]);
      if (result.exitCode !== 0) throw failed(`systemd-run --unit=${unit}`, unit, result);
    },
  };
}

/** KEY=VALUE lines; a property that has several values (EnvironmentFiles) comes once for each: they are joined by newlines. */
export function parseShow(text: string): Record<string, string> {
  const shown: Record<string, string> = {};
  for (const line of text.split('\n')) {
    const at = line.indexOf('=');
    if (at <= 0) continue;
    const [name, value] = [line.slice(0, at), line.slice(at + 1)];
    shown[name] = shown[name] === undefined ? value : `${shown[name]}\n${value}`;
  }
  return shown;
}

function failed(what: string, unit: string, { stderr, missing, timedOut, exitCode }: RunResult): KcfgError {
  if (missing) {
    return new KcfgError('host-command', 'this machine has no systemctl', { help: ['kcfg works on machines with systemd, or on a tree: --root DIR'] });
  }
  if (/has not been booted with systemd/.test(stderr)) {
    return new KcfgError('no-kubelet', 'systemd does not run this machine', { help: ['run kcfg on a Kubernetes node, on a tree of one: --root DIR', 'or try it on a pretend node: kcfg sandbox up cp1'] });
  }
  const words = stderr.trim().split('\n').filter((line) => line !== '');
  const reason = timedOut ? 'it did not come to an end in time' : (words[0] ?? `exit ${exitCode ?? 'unknown'}`);
  return new KcfgError('host-command', `${what}: ${reason}`, {
    notes: words.slice(1).map((line) => `systemd says: ${line}`),
    help: /\bis masked\b/.test(stderr) ? ['let it start again:', `  systemctl unmask ${unit}`] : ['see its journal:', `  journalctl -xeu ${unit}`],
  });
}
