/** One step as a line: sign, number, title, what stands behind it, and its time at the right edge. Pure layout. */
import { lead, type Style } from './style.ts';
import { cut, padStart, width, wrap } from './width.ts';

export interface StepLine {
  /** The step's number, padded to the digits of the longest list. */
  id: string;
  title: string;
  detail: string;
  /** As it is written, '' for none. */
  time: string;
}

/** Blanks between a title and what stands behind it. */
const GAP = '     ';
/** Columns kept free at the right, so that no terminal folds a full line. */
const MARGIN = 2;

/** The line of a step that runs: always one row, cut where it has to be, for it is rewritten at once. */
export function runningLine(step: StepLine, turn: string, style: Style, columns: number): string {
  const edge = columns - MARGIN;
  const room = edge - style.signs.width - 1 - (step.time === '' ? 0 : step.time.length + 2);
  const text = cut(`${step.id} ${step.title}`, room, style.signs.more);
  const left = room - width(text) - GAP.length;
  const detail =
    step.detail !== '' && left > style.signs.more.length ? GAP + cut(step.detail, left, style.signs.more) : '';
  return atEdge(`${lead(style, turn, style.typed)} ${text}${style.faint(detail)}`, step.time, style, edge);
}

/** The lines of a step that has ended. Nothing is cut: a detail that does not fit stands below. */
export function finishedLines(step: StepLine, ok: boolean, style: Style, columns: number): string[] {
  const edge = columns - MARGIN;
  const sign = ok ? lead(style, style.signs.done, style.good) : lead(style, style.signs.failed, style.bad);
  const text = `${sign} ${step.id} ${step.title}`;
  if (step.detail === '') return [atEdge(text, step.time, style, edge)];
  const room = edge - (step.time === '' ? 0 : step.time.length + 2);
  if (width(text) + GAP.length + width(step.detail) <= room) {
    return [atEdge(text + GAP + style.faint(step.detail), step.time, style, edge)];
  }
  return [
    atEdge(text, step.time, style, edge),
    ...wrap(step.detail, edge - 4).map((line) => `    ${style.faint(line)}`),
  ];
}

function atEdge(left: string, time: string, style: Style, edge: number): string {
  // Two blanks at least, also behind a title (with a path in it) that leaves no room.
  return time === '' ? left : left + style.faint(padStart(time, Math.max(edge - width(left), time.length + 2)));
}
