/** One change as a person reads it later: head, steps with what became of each, and the lines about what is not kept. */
import type { BackStep, Course, CourseStep } from '../transaction/course.ts';
import { clockTime, stepTime } from './format.ts';
import { finishedLines } from './step-line.ts';
import { lead, type Style } from './style.ts';
import { padEnd, padStart, visible, width, wrap } from './width.ts';

/** Names and what stands behind them; a text that does not fit goes on below itself, a command stays whole. */
export function headLines(rows: readonly (readonly [name: string, text: string, whole?: 'whole'])[], columns: number): string[] {
  const names = Math.max(...rows.map(([name]) => width(name)));
  const before = names + 4;
  return rows.flatMap(([name, text, whole]) =>
    (whole === undefined ? wrap(visible(text), Math.max(20, columns - before)) : [visible(text)]).map((line, i) => `  ${padEnd(i === 0 ? name : '', names)}  ${line}`),
  );
}

/** Sign, number, title, when it began and how long it took; then the way back, if it went back. */
export function courseLines(course: Course, style: Style, columns: number): string[] {
  const digits = String(course.steps.length).length;
  const line = (step: CourseStep | BackStep, ok: boolean): string[] =>
    finishedLines({ id: padStart(String(step.id), digits), title: step.title, detail: visible(step.detail ?? ''), time: timeOf(step) }, ok, style, columns).map((text) => text.trimEnd());
  const steps = course.steps.flatMap((step): string[] => {
    if (step.state === 'done' || step.state === 'failed') return line(step, step.state === 'done');
    const sign = step.state === 'cut off' ? lead(style, style.signs.look, style.caution) : lead(style, style.signs.waits, style.faint);
    const words = step.state === 'not begun' ? '' : `     ${step.state}`;
    const text = `${sign} ${padStart(String(step.id), digits)} ${step.title}${words}`;
    const time = timeOf(step);
    return [time === '' ? text : text + style.faint(padStart(time, Math.max(columns - 2 - width(text), width(time) + 2)).trimEnd())];
  });
  if (course.reason === undefined) return steps;
  const why = wrap(visible(`Going back: ${course.reason}`), columns - 2).map((text) => `  ${text}`);
  return [...steps, ...why, ...course.back.flatMap((step) => line(step, step.state === 'undone'))];
}

/** '09:14:21   0.3 s': the clock, then the duration in a column of its own. */
function timeOf({ at, seconds }: { at?: string; seconds?: number }): string {
  return at === undefined ? '' : clockTime(new Date(at)) + padStart(stepTime(seconds), 8);
}
