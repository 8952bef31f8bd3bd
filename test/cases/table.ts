/** Results as a table of classes, for a terminal and for docs/cases.md. */
import type { Result } from './run-case.ts';

export interface Totals {
  cases: number;
  first: number;
  three: number;
  repaired: number;
  worse: number;
  seconds: number;
}

export function totalsOf(results: readonly Result[]): Totals {
  const made = results.filter(({ problem }) => problem === undefined);
  return {
    cases: made.length,
    first: made.filter(({ place }) => place === 0).length,
    three: made.filter(({ place }) => place >= 0 && place < 3).length,
    repaired: made.filter(({ repaired }) => repaired !== 'no').length,
    worse: made.filter(({ worse }) => worse.length > 0).length,
    seconds: made.reduce((sum, { seconds }) => sum + seconds.doctor, 0) / Math.max(1, made.length),
  };
}

/** Markdown: one line a class, and the sum. */
export function classTable(results: readonly Result[]): string[] {
  const classes = [...new Set(results.map((result) => result.class))];
  const row = (name: string, of: readonly Result[]): string => {
    const { cases, first, three, repaired, worse, seconds } = totalsOf(of);
    return `| ${name} | ${cases} | ${first} | ${three} | ${repaired} | ${worse} | ${seconds.toFixed(1)} s |`;
  };
  return ['| class | cases | cause first | among the first three | repaired, or the one right command | made worse | doctor takes |', '|---|---|---|---|---|---|---|', ...classes.map((name) => row(name, results.filter((result) => result.class === name))), row('all', results)];
}

/** One line a case, what is not as it has to be in words. */
export function caseLine(result: Result): string {
  if (result.problem !== undefined) return `! ${result.id} ${result.name}: not shown: ${result.problem}`;
  const good = result.place === 0 && result.repaired !== 'no' && result.worse.length === 0;
  const line = `${good ? '✓' : '✗'} ${result.id.padEnd(6)} ${result.place === 0 ? 'first' : result.place > 0 ? `as number ${result.place + 1}` : 'NOT NAMED'}${result.line === false ? ', another line' : ''}, ${result.repaired === 'no' ? 'NOT REPAIRED' : result.repaired}, ${result.seconds.shows}+${result.seconds.doctor}+${result.seconds.repair ?? 0} s  ${result.name}`;
  return good && result.line !== false ? line : [line, ...result.worse.map((words) => `    WORSE: ${words}`), ...result.told.map((words) => `    ${words.slice(0, 300)}`), ...(result.said === undefined ? [] : [`    ${result.said}`])].join('\n');
}
