/** A line of a component's log as a person reads it. Pure. */

/** What etcd and others write as JSON (zap's encoder) in its own words, without time, place and stack. */
export function plainWords(line: string): string {
  const [, level, message] = /^\{"level":"(\w+)".*?"msg":"((?:[^"\\]|\\.)*)"/.exec(line) ?? [];
  if (level === undefined || message === undefined) return line;
  const error = /"error":"((?:[^"\\]|\\.)*)"/.exec(line)?.[1];
  return `${level}: ${message}${error === undefined ? '' : `: ${error}`}`;
}
