/**
 * What the next kcfg of any kind says first: a change was cut off, or went back by itself, while nobody was looking; or one
 * waits for somebody. Told until `kcfg show ID` was asked for, or another change was made.
 */
import { KcfgError } from '../errors.ts';
import type { Host } from '../host/host.ts';
import { problemLines } from '../report/error.ts';
import type { CutOff, Outcome } from '../report/event.ts';
import { clockTime, coarse, dateTime } from '../report/format.ts';
import type { Style } from '../report/style.ts';
import { readPending, type Pending } from './pending.ts';
import { folderOf, NOTICE, readOutcome } from './store.ts';

/** No lines: nothing to tell. */
export async function noticeLines(host: Host, style: Style, columns: number): Promise<string[]> {
  const now = host.clock.now();
  const id = (await host.files.read(NOTICE))?.toString('utf8').trim();
  const lines: string[] = [];
  const warn = (message: string, note: string): void => void lines.push(...problemLines({ message, notes: [note] }, style, columns, 'warning'));
  try {
    const pending = await readPending(host);
    if (id !== undefined && pending?.kind !== 'running') {
      const outcome = await readOutcome(host, folderOf(id));
      if (outcome !== undefined && outcome.result !== 'on-trial' && outcome.result !== 'incomplete') warn(whatHappened(id, outcome, now), howItEnded(id, outcome, now));
    }
    if (pending !== undefined) for (const [message, note] of waits(pending, now)) warn(message, note);
  } catch (error) {
    if (!(error instanceof KcfgError)) throw error;
    lines.push(...problemLines({ ...error, message: error.message, outcome: undefined }, style, columns));
  }
  return lines;
}

function whatHappened(id: string, { cutOff, error }: Outcome, now: Date): string {
  return cutOff === undefined ? `change ${id} went back: ${error?.message ?? 'nobody confirmed it'}` : cutOffWords(id, cutOff, now);
}

function cutOffWords(id: string, { step, of, at, by }: CutOff, now: Date): string {
  return `change ${id} was cut off at step ${step} of ${of}, ${when(at, now)}: ${by}`;
}

function howItEnded(id: string, { result, decidedAt }: Outcome, now: Date): string {
  const time = when(decidedAt ?? '', now);
  return result === 'done' ? `it was verified by then, and was finished at ${time}: kcfg show ${id}` : `it was undone at ${time}; every file is as before: kcfg show ${id}`;
}

/** What is left to do, and what to type. */
function waits(pending: Pending, now: Date): [string, string][] {
  const { id } = pending;
  switch (pending.kind) {
    case 'running':
      return [];
    case 'on-trial': {
      const left = Math.max(0, (Date.parse(pending.until) - now.getTime()) / 1000);
      return [[`change ${id} is on trial until ${clockTime(new Date(pending.until))}, in ${coarse(left)}: then it goes back`, 'keep it: kcfg confirm, from a new login; or go back now: kcfg abort']];
    }
    case 'open':
      return [[`change ${id} is not decided yet: the API server does not answer`, `when it does, systemd keeps or undoes it; or now: kcfg abort`]];
    case 'cut-off':
      return [[cutOffWords(id, pending.at, now), 'nobody is at work on it; undo it: kcfg abort']];
    case 'incomplete':
      return [[`change ${id} could not be undone to its end`, `a person is needed: kcfg show ${id} says what stands in the way; then kcfg abort`]];
  }
}

/** The day only where it is another one. */
function when(iso: string, now: Date): string {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return 'at a time unknown';
  return at.toDateString() === now.toDateString() ? clockTime(at) : dateTime(at);
}
