/**
 * The reader of events for people: the list of steps, live.
 * On a terminal the running step is one line that is rewritten in place, with a turning sign and the time; finished
 * steps stay. Elsewhere each finished step is one line and nothing moves. The cursor is never hidden (it rests on the
 * turning sign), so that Ctrl-C, kill -9 or a lost connection leave nothing to repair.
 */
import type { Clock } from '../host/host.ts';
import { checkLines, checkName } from './checks.ts';
import type { CheckResult, Event, Report } from './event.ts';
import { stepTime } from './format.ts';
import type { Screen } from './screen.ts';
import { finishedLines, runningLine } from './step-line.ts';
import { padStart, visible, width, wrap } from './width.ts';

export interface StepsOptions {
  /** Steps of the plan: numbers are padded to its digits. */
  total?: number;
  /** Calls `tick` every `ms` until the returned function is called; a test turns by hand. */
  every?: (ms: number, tick: () => void) => () => void;
}
export interface Reader {
  report: Report;
  /** Stops the turning sign, and takes a line that still runs off the screen. Idempotent. */
  close(): void;
}

/** Milliseconds that a turning sign stands: the usual pace of such signs, slow enough for SSH. */
const FRAME = 80;

/** Shows steps on a screen. `outcome` events are left to outcome.ts. */
export function openSteps(screen: Screen, clock: Pick<Clock, 'seconds'>, options: StepsOptions = {}): Reader {
  const { style } = screen;
  const digits = String(options.total ?? 0).length;
  const checks = new Map<number, CheckResult[]>();
  let running: { id: number; title: string; since: number; detail: string } | undefined;
  let stop: (() => void) | undefined;
  let frame = 0;
  let drawn = 0;

  const number = (id: number): string => padStart(String(id), digits);
  const clear = (): string => {
    if (drawn === 0) return '';
    // A terminal made narrower has folded the line into several rows.
    const rows = Math.ceil(drawn / screen.columns());
    drawn = 0;
    return `\r${rows > 1 ? `\x1b[${rows - 1}A` : ''}\x1b[J`;
  };
  const draw = (): void => {
    if (!running || !screen.terminal) return;
    const sign = style.signs.turning[frame % style.signs.turning.length] ?? '';
    const time = stepTime(clock.seconds() - running.since);
    const step = { id: number(running.id), title: running.title, detail: running.detail, time };
    const line = runningLine(step, sign, style, screen.columns());
    screen.write(`${clear()}${line}\r`);
    drawn = width(line);
  };
  const turn = (): void => {
    frame++;
    draw();
  };
  const print = (lines: readonly string[]): void => {
    screen.write(clear() + lines.map((line) => `${line}\n`).join(''));
    draw();
  };
  const end = (): void => {
    running = undefined;
    stop?.();
    stop = undefined;
  };

  const step = (event: Event & { event: 'step' }): void => {
    end();
    if (event.state === 'started') {
      running = { id: event.id, title: event.title, since: clock.seconds(), detail: '' };
      if (screen.terminal) stop = (options.every ?? unrefInterval)(FRAME, turn);
      return draw();
    }
    const made = checks.get(event.id) ?? [];
    checks.delete(event.id);
    const ok = event.state !== 'failed';
    const bad = ok ? undefined : made.find((check) => check.ok === false);
    const detail = visible(event.detail ?? (bad ? `${checkName(bad.name)}: ${bad.detail}` : ''));
    const line = { id: number(event.id), title: event.title, detail, time: stepTime(event.seconds) };
    print([
      ...finishedLines(line, ok, style, screen.columns()),
      ...(ok && made.length > 0 ? checkLines(made, style, screen.columns()) : []),
    ]);
  };

  const report = (event: Event): void => {
    switch (event.event) {
      case 'step':
        return step(event);
      case 'progress':
        if (running?.id !== event.id) return;
        running.since = clock.seconds() - event.seconds;
        running.detail = visible(`${event.done} of ${event.total}${event.waiting && `, ${event.waiting}`}`);
        return draw();
      case 'check':
        checks.set(event.step, [...(checks.get(event.step) ?? []), event.check]);
        return;
      case 'going-back':
        end();
        checks.clear();
        return print(['  Going back']);
      case 'note':
        return print(labelled('note: ', 'note: ', event.text, screen.columns()));
      case 'warning':
        return print(labelled('warning: ', `${style.caution('warning')}: `, event.text, screen.columns()));
      case 'outcome':
        return;
    }
  };
  const close = (): void => {
    end();
    screen.write(clear());
  };
  return { report, close };
}

function labelled(plain: string, label: string, text: string, columns: number): string[] {
  return wrap(visible(text), columns - plain.length).map(
    (line, i) => (i === 0 ? label : ' '.repeat(plain.length)) + line,
  );
}

function unrefInterval(ms: number, tick: () => void): () => void {
  // A turning sign keeps no program alive.
  const timer = setInterval(tick, ms).unref();
  return () => clearInterval(timer);
}
