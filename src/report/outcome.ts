/**
 * How a change ended, as the last lines on screen: one verdict, the price, how to go back or on; or, with -o json, as
 * the one document. What failed is told before the verdict, so that the last line is the state of the node.
 */
import { EXIT, ERRORS, type ExitStatus } from '../errors.ts';
import type { Output } from '../cli/output.ts';
import { problemLines } from './error.ts';
import type { Outcome, Probes } from './event.ts';
import { clockTime, coarse, duration, list, number } from './format.ts';
import type { Style } from './style.ts';
import { width, wrap } from './width.ts';

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

/** Of a change that ended a while ago (`kcfg show`): what is true now is not said, `back` stands in place of the way back. */
interface Earlier {
  back: string;
}

/** The closing lines. `quiet`: the verdict and errors alone. */
export function outcomeLines(outcome: Outcome, style: Style, columns: number, quiet = false, earlier?: Earlier): string[] {
  const error = outcome.error ? problemLines(outcome.error, style, columns) : [];
  const [verdict = [], ...rest] = paragraphs(outcome, style, earlier);
  return [
    ...error,
    ...wrap(verdict[0] ?? '', columns).map(style.strong),
    ...(quiet ? [] : rest.flatMap((parts) => sideBySide(parts, columns))),
  ];
}

/** The verdict first, without paint; then price and way back. Parts of one paragraph share a line where they fit. */
function paragraphs(outcome: Outcome, style: Style, earlier?: Earlier): string[][] {
  const id = outcome.transaction;
  const command = (words: string, typed: string): string => `${words}: ${style.typed(typed)}`;
  const show = (words: string): string => (id && !earlier ? command(words, `kcfg show ${id}`) : '');
  // Released pins do not come back: the pods from before are gone.
  const moved = outcome.changes.some((change) => change.field !== undefined);
  const back = id && moved ? (earlier?.back ?? command('Go back', `kcfg rollback ${id}`)) : '';
  const returned = outcome.result === 'done' && outcome.probes?.upBefore === false && outcome.probes.answered > 0;
  const price = [returned ? 'The API server is back.' : apiServer(outcome.probes), containers(outcome)];
  switch (outcome.result) {
    case 'done': {
      const unpin = outcome.strategy === 'adopt' && !earlier ? command('Release the pins', 'kcfg unpin') : '';
      return [[`Done in ${duration(outcome.seconds)}.${earlier ? '' : now(outcome)}`], price, [back, unpin]];
    }
    case 'unchanged':
      return [[outcome.error ? 'Nothing was changed.' : `Nothing to do.${now(outcome)}`]];
    case 'on-trial':
      return [
        [`On trial until ${outcome.until === undefined ? 'it is confirmed' : clockTime(new Date(outcome.until))}${earlier || outcome.within === undefined ? '' : `, in ${coarse(outcome.within)}`}: then systemd puts everything back,`],
        ['even if kcfg is gone or the machine restarts.'],
        price,
        [`${command('Keep it', 'kcfg confirm')} (from a new login)`, command('Go back now', 'kcfg abort')],
      ];
    case 'undecided':
      return [
        [`Done in ${duration(outcome.seconds)}, not yet decided: the API server does not answer.`],
        ['When it is back, systemd makes the checks left out, and keeps or undoes this.'],
        price,
        [command('See how it stands', 'kcfg status'), back],
      ];
    case 'rolled-back': {
      const calm = outcome.restarted.length === 0;
      const verdict = `${earlier ? 'Everything was put back' : 'Everything is as before'}, byte for byte.${calm ? ' No container restarted.' : ''}`;
      return [[verdict], [apiServer(outcome.probes), calm ? '' : containers(outcome), show('What was tried')]];
    }
    case 'incomplete':
      return [['A person is needed.'], [show('What stands, and both versions of each file')], [command('Once that is mended, undo the rest', 'kcfg abort')]];
  }
}

/** Parts in one line, or each on its own where they do not fit. Sentences are a blank apart, commands five. */
function sideBySide(parts: readonly string[], columns: number): string[] {
  const present = parts.filter((part) => part !== '');
  const line = present.reduce(
    (text, part) => text + (text === '' ? '' : text.endsWith('.') ? ' ' : '     ') + part,
    '',
  );
  return present.length === 0 ? [] : width(line) <= columns ? [line] : present.flatMap((part) => (width(part) <= columns ? [part] : wrap(part, columns)));
}

/** What is true now. */
export function now(outcome: Outcome): string {
  const settings = outcome.changes.filter((change) => change.what === 'set');
  const [only, ...others] = settings;
  if (only !== undefined && others.length > 0) return ` ${settings.length} settings are in force.`;
  if (only?.field === 'staticPodPath' && only.to === 'none') return ' The kubelet reads no static pods.';
  if (only !== undefined) return ` ${only.field ?? ''} is ${only.to ?? 'none'}.`;
  const path = outcome.changes.find((change) => change.field === 'staticPodPath')?.to;
  if (path === undefined) return '';
  return path === '' ? ' The kubelet reads no static pods.' : ` The kubelet reads its static pods from ${path}.`;
}

function apiServer(probes: Probes | undefined): string {
  if (!probes || probes.sent === 0) return '';
  if (!probes.upBefore && probes.answered === 0) return 'The API server did not answer before, nor during the change.';
  if (!probes.upBefore) return '';
  if (probes.awaySeconds > 0) return `API server away: ${duration(probes.awaySeconds)}.`;
  return `API server: ${number(probes.answered)} of ${number(probes.sent)} probes answered.`;
}

function containers(outcome: Outcome): string {
  const { restarted, strategy } = outcome;
  if (strategy === 'none') return '';
  if (strategy === 'recreate' && restarted.length > 0) return `Containers started anew: ${list(restarted)}.`;
  return `Containers restarted: ${restarted.length === 0 ? 'none' : list(restarted)}.`;
}
