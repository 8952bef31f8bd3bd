/** Checks as lines: two columns where they fit, in the order of reading down; `verify` and the live list show them so. */
import type { CheckResult } from './event.ts';
import { lead, type Style } from './style.ts';
import { padEnd, width, wrap } from './width.ts';

const INDENT = '    ';
const BETWEEN = '   ';
const GAP = '  ';

/** A check's stable name as people read it: 'api-server' → 'API server'. */
export function checkName(name: string): string {
  return name.replaceAll('-', ' ').replace(/\bapi\b/, 'API');
}

/** The lines of checks for `columns`. One that could not be made says so; it never looks as if it held. */
export function checkLines(checks: readonly CheckResult[], style: Style, columns: number): string[] {
  const half = Math.ceil(checks.length / 2);
  const left = cells(checks.slice(0, half), style);
  const right = cells(checks.slice(half), style);
  const leftWidth = widest(left);
  if (INDENT.length + leftWidth + BETWEEN.length + widest(right) <= columns) {
    return left.map(
      (cell, i) => INDENT + (right[i] === undefined ? cell : padEnd(cell, leftWidth) + BETWEEN + right[i]),
    );
  }
  const names = nameWidth(checks);
  const before = INDENT.length + style.signs.width + 1 + names + GAP.length;
  return checks.flatMap((check) => {
    const [first = '', ...rest] = wrap(words(check), columns - before);
    return [INDENT + cell(check, first, names, style), ...rest.map((line) => ' '.repeat(before) + style.faint(line))];
  });
}

function cells(checks: readonly CheckResult[], style: Style): string[] {
  const names = nameWidth(checks);
  return checks.map((check) => cell(check, words(check), names, style));
}

function cell(check: CheckResult, text: string, names: number, style: Style): string {
  return `${sign(check, style)} ${padEnd(checkName(check.name), names)}${GAP}${style.faint(text)}`;
}

function nameWidth(checks: readonly CheckResult[]): number {
  return widest(checks.map((check) => checkName(check.name)));
}

function widest(texts: readonly string[]): number {
  return Math.max(0, ...texts.map(width));
}

function sign(check: CheckResult, style: Style): string {
  if (check.ok === undefined) return lead(style, style.signs.waits, style.faint);
  return check.ok ? lead(style, style.signs.done, style.good) : lead(style, style.signs.failed, style.bad);
}

function words(check: CheckResult): string {
  return check.ok !== undefined || check.detail.startsWith('left out') ? check.detail : `left out: ${check.detail}`;
}
