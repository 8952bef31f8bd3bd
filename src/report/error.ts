/**
 * An error or warning as lines: `error[name]: what`, `-->` where with the text as it stands and carets, `note:` why,
 * `help:` what to type, and last the state of the node. The model is rustc's; one shape for refusals, `validate`
 * and the end of a change.
 */
import type { Where } from '../errors.ts';
import type { Finding } from '../kubelet/rules/finding.ts';
import type { Paint, Style } from './style.ts';
import { padEnd, padStart, visible, width, wrap } from './width.ts';

export interface Problem {
  /** The name in brackets; absent for a warning that has none. */
  code?: string | undefined;
  message: string;
  /** The first is the place itself; others of the same file with text are what it refers to. */
  where?: readonly Where[];
  notes?: readonly string[];
  help?: readonly string[];
  outcome?: string | undefined;
}
export type Severity = 'error' | 'warning';

/** The lines of a problem, for `columns`. */
export function problemLines(problem: Problem, style: Style, columns: number, severity: Severity = 'error'): string[] {
  const paint = severity === 'error' ? style.bad : style.caution;
  const name = problem.code ? `[${problem.code}]` : '';
  return [
    `${paint(severity)}${name}: ${visible(problem.message)}`,
    ...whereLines(problem.where ?? [], style, paint),
    ...(problem.notes ?? []).flatMap((note) => hanging('note: ', note.split('\n').map(visible), style, columns)),
    ...hanging('help: ', (problem.help ?? []).map(visible), style, columns),
    ...(problem.outcome ? wrap(problem.outcome, columns).map(style.strong) : []),
  ];
}

/** What rules found: each with what the kubelet itself says of it, where that is known. */
export function findingLines(findings: readonly Finding[], style: Style, columns: number): string[] {
  return findings.flatMap((finding) => {
    const quoted = finding.severity === 'warning' || finding.notes.some((note) => note.startsWith('the kubelet says'));
    const said = finding.kubelet === undefined || quoted ? [] : [`the kubelet says: ${finding.kubelet}`];
    const later = finding.when === 'start' ? ['it takes the configuration, and ends within its first seconds'] : [];
    return problemLines({ ...finding, code: finding.id, notes: [...finding.notes, ...said, ...later] }, style, columns, finding.severity);
  });
}

/** What can be done about all of it, and the state of the node. */
export function closingLines(help: readonly string[], outcome: string | undefined, style: Style, columns: number): string[] {
  return [...hanging('help: ', help.map(visible), style, columns), ...(outcome ? wrap(outcome, columns).map(style.strong) : [])];
}

/** The label before the first line, blanks of its width before the others. Commands (two blanks first) are kept whole. */
function hanging(label: string, paragraphs: readonly string[], style: Style, columns: number): string[] {
  const lines = paragraphs.flatMap((text) =>
    text.startsWith('  ') ? [style.typed(text)] : wrap(text, columns - label.length),
  );
  return lines.map((line, i) => ((i === 0 ? label : ' '.repeat(label.length)) + line).trimEnd());
}

function whereLines(where: readonly Where[], style: Style, paint: Paint): string[] {
  const lines: string[] = [];
  const bare = where.filter((place) => place.text === undefined);
  const widest = Math.max(0, ...bare.filter((place) => place.label).map((place) => width(position(place))));
  const shown = new Set<Where>();
  for (const place of where) {
    if (shown.has(place)) continue;
    if (place.text === undefined) {
      const at = padEnd(position(place), place.label ? widest + 3 : 0);
      lines.push(`  ${style.faint('-->')} ${at}${style.faint(visible(place.label ?? ''))}`);
      continue;
    }
    const block = where.filter((other) => other.file === place.file && other.text !== undefined && !shown.has(other));
    for (const member of block) shown.add(member);
    lines.push(...excerpt(place, block, style, paint));
  }
  return lines;
}

/** FILE:LINE:COLUMN, so that an editor opens it. */
export function position(where: Where): string {
  return [visible(where.file), where.line, where.line === undefined ? undefined : where.column]
    .filter((part) => part !== undefined)
    .join(':');
}

/** One header and gutter for all places of one file, in the order of its lines; carets under the first, dashes else. */
function excerpt(primary: Where, block: readonly Where[], style: Style, paint: Paint): string[] {
  // Two digits at least, so that most excerpts of a screen have one gutter.
  const digits = Math.max(2, ...block.map((place) => String(place.line ?? '').length));
  const gutter = (label: string): string => style.faint(`${padStart(label, digits)} |`);
  const lines = [`  ${style.faint('-->')} ${position(primary)}`, gutter('')];
  let last: number | undefined;
  for (const place of [...block].sort((a, b) => (a.line ?? 0) - (b.line ?? 0))) {
    const text = place.text ?? '';
    if (place.line === undefined || place.line !== last)
      lines.push(`${gutter(String(place.line ?? ''))} ${visible(text).trimEnd()}`);
    last = place.line;
    if (place.column === undefined) continue;
    const before = width(visible(text.slice(0, place.column - 1)));
    const under = width(visible(text.slice(place.column - 1, place.column - 1 + (place.length ?? 1))));
    const mark = (place === primary ? '^' : '-').repeat(Math.max(1, under));
    const colour = place === primary ? paint : style.typed;
    lines.push(`${gutter('')} ${' '.repeat(before)}${colour(mark)}${place.label ? ` ${visible(place.label)}` : ''}`);
  }
  return lines;
}
