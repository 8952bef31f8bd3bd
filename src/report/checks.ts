/** Checks as lines: two columns where they fit, in the order of reading down; `verify` and the live list show them so. */
import type { CheckResult } from './event.ts';
import type { Style } from './style.ts';
import { lead } from './style.ts';
import { padEnd, width, wrap } from './width.ts';

const INDENT = '    ';
const BETWEEN = '   ';

/** A check's stable name as people read it: 'api-server' → 'API server'. */
export function checkName(name: string): string {
  return name.replaceAll('-', ' ').replace(/\bapi\b/, 'API');
}

/** The lines of checks for `columns`. One that could not be made says so; it never looks as if it held. */
export function checkLines(checks: readonly CheckResult[], style: Style, columns: number): string[] {
  const names = Math.max(11, ...checks.map((check) => width(checkName(check.name))));
  const cell = (check: CheckResult): string =>
    `${sign(check, style)} ${padEnd(checkName(check.name), names)}  ${style.faint(words(check))}`;
  const half = Math.ceil(checks.length / 2);
  const [left, right] = [checks.slice(0, half).map(cell), checks.slice(half).map(cell)];
  const leftWidth = Math.max(0, ...left.map(width));
  const rightWidth = Math.max(0, ...right.map(width));
  if (INDENT.length + leftWidth + BETWEEN.length + rightWidth <= columns) {
    return left.map((text, i) => INDENT + (right[i] === undefined ? text : padEnd(text, leftWidth) + BETWEEN + right[i]));
  }
  return checks.flatMap((check) => {
    const before = INDENT.length + style.signs.width + 1 + names + 2;
    const [first = '', ...rest] = wrap(words(check), columns - before);
    const head = `${INDENT}${sign(check, style)} ${padEnd(checkName(check.name), names)}  ${style.faint(first)}`;
    return [head, ...rest.map((line) => ' '.repeat(before) + style.faint(line))];
  });
}

function sign(check: CheckResult, style: Style): string {
  if (check.ok === undefined) return lead(style, style.signs.waits, style.faint);
  return check.ok ? lead(style, style.signs.done, style.good) : lead(style, style.signs.failed, style.bad);
}

function words(check: CheckResult): string {
  return check.ok === undefined ? `left out: ${check.detail}` : check.detail;
}
