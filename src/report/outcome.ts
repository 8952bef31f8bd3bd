/**
 * How a change ended, as the last lines on screen: one verdict, the price, how to go back or on; or, with -o json, as
 * the one document. What failed is told before the verdict, so that the last line is the state of the node.
 */
import { EXIT, ERRORS, type ExitStatus } from '../errors.ts';
import type { Output } from '../cli/output.ts';
import { problemLines } from './error.ts';
import type { Outcome, Probes } from './event.ts';
import { duration, list, number } from './format.ts';
import type { Style } from './style.ts';
import { wrap } from './width.ts';

/** Tells an outcome: good ends on stdout, others on stderr; with -o json or yaml the document alone, on stdout. */
export async function tellOutcome(out: Output, outcome: Outcome): Promise<ExitStatus> {
  await out.document(outcome);
  if (out.format === 'human') {
    const good = outcomeExit(outcome) === EXIT.done || outcome.result === 'undecided';
    const style = good ? out.style : out.progress.style;
    const columns = good ? out.columns : out.progress.columns();
    const lines = outcomeLines(outcome, style, columns, out.quiet);
    if (good) out.lines(...lines);
    else out.note(...lines);
  }
  return outcomeExit(outcome);
}

/** The exit status that an outcome calls for. */
export function outcomeExit(outcome: Outcome): ExitStatus {
  switch (outcome.result) {
    case 'done':
    case 'on-trial':
      return EXIT.done;
    case 'unchanged':
      return outcome.error ? ERRORS[outcome.error.code].exit : EXIT.done;
    case 'undecided':
      return EXIT.undecided;
    case 'rolled-back':
      return EXIT.rolledBack;
    case 'incomplete':
      return EXIT.incomplete;
  }
}

/** The closing lines. `quiet`: the verdict and errors alone. */
export function outcomeLines(outcome: Outcome, style: Style, columns: number, quiet = false): string[] {
  const error = outcome.error ? problemLines(outcome.error, style, columns) : [];
  const [verdict = '', ...rest] = sentences(outcome, style);
  return [...error, ...wrap(verdict, columns).map(style.strong), ...(quiet ? [] : rest)];
}

/** The verdict first, without paint; then price and way back. */
function sentences(outcome: Outcome, style: Style): string[] {
  const id = outcome.transaction;
  const show = (words: string): string => (id ? `${words}: ${style.typed(`kcfg show ${id}`)}` : '');
  const price = [apiServer(outcome.probes), containers(outcome)].filter(Boolean).join(' ');
  const back = id ? `Go back: ${style.typed(`kcfg rollback ${id}`)}` : '';
  switch (outcome.result) {
    case 'done': {
      const unpin = outcome.strategy === 'adopt' ? `Release the pins: ${style.typed('kcfg unpin')}` : '';
      return present([`Done in ${duration(outcome.seconds)}.${now(outcome)}`, price, gap(back, unpin)]);
    }
    case 'unchanged':
      return [outcome.error ? 'Nothing was changed.' : `Nothing to do.${now(outcome)}`];
    case 'on-trial':
      return present(['On trial: goes back unless it is confirmed.', price, `Keep it: ${style.typed('kcfg confirm')}`]);
    case 'undecided': {
      const open = outcome.checks.filter((check) => check.ok === undefined).length;
      return present([
        `Done in ${duration(outcome.seconds)}, not yet decided: the API server does not answer.`,
        `When it is back, systemd makes the ${open > 1 ? `${open} checks` : 'checks'} left out, and keeps or undoes this.`,
        price,
        gap(`See how it stands: ${style.typed('kcfg status')}`, back),
      ]);
    }
    case 'rolled-back': {
      const calm = outcome.restarted.length === 0 ? ' No container restarted.' : '';
      return present([`Everything is as before, byte for byte.${calm}`, gap(calm ? apiServer(outcome.probes) : price, show('What was tried'), ' ')]);
    }
    case 'incomplete':
      return present(['A person is needed.', show('What stands, and both versions of each file')]);
  }
}

/** What is true now. */
function now(outcome: Outcome): string {
  const path = outcome.changes.find((change) => change.field === 'staticPodPath')?.to;
  if (path === undefined) return '';
  return path === '' ? ' The kubelet reads no static pods.' : ` The kubelet reads its static pods from ${path}.`;
}

function apiServer(probes: Probes | undefined): string {
  if (!probes || probes.sent === 0) return '';
  if (!probes.upBefore && probes.answered === 0) return 'The API server did not answer before, nor during the change.';
  if (probes.awaySeconds > 0) return `API server away: ${duration(probes.awaySeconds)}.`;
  return `API server: ${number(probes.answered)} of ${number(probes.sent)} probes answered.`;
}

function containers(outcome: Outcome): string {
  const { restarted, strategy } = outcome;
  if (strategy === 'none') return '';
  if (strategy === 'recreate' && restarted.length > 0) return `Containers started anew: ${list(restarted)}.`;
  return `Containers restarted: ${restarted.length === 0 ? 'none' : list(restarted)}.`;
}

function present(lines: readonly string[]): string[] {
  return lines.filter((line) => line !== '');
}
function gap(first: string, second: string, between = '     '): string {
  return present([first, second]).join(between);
}
