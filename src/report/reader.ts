/**
 * Which reader of events a run has: the list of steps for people, or one JSON line on stderr for each event.
 * Both get the same events; neither decides anything.
 */
import type { Output } from '../cli/output.ts';
import type { Clock } from '../host/host.ts';
import { toJson } from './json.ts';
import { openSteps, type Reader } from './steps.ts';

/** The reader for this run's format. `total`: steps of the plan. Close it when the change has ended, however it did. */
export function openReader(out: Output, clock: Pick<Clock, 'seconds'>, total?: number): Reader {
  if (out.format === 'json') return jsonReader((line) => out.progress.write(line));
  if (out.quiet) return { report: () => {}, close: () => {} };
  return openSteps(out.progress, clock, total === undefined ? {} : { total });
}

/** Each event as one JSON line. The outcome is left out: it is the document on stdout. */
export function jsonReader(write: (line: string) => void): Reader {
  return {
    report: (event) => {
      if (event.event !== 'outcome') write(`${toJson(event)}\n`);
    },
    close: () => {},
  };
}
