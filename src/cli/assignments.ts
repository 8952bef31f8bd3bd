/** The three ways to name settings behind `set`: `FIELD VALUE`, `FIELD=VALUE...`, and `[FIELD]`, which asks. */
import { KcfgError } from '../errors.ts';

export interface Assignment {
  field: string;
  /** Absent: to be asked for. '' unsets nothing; it is the empty value. */
  value?: string;
}

/** Reads the words behind `set`. An empty list asks for the field too. Throws `usage`. */
export function readAssignments(words: readonly string[]): Assignment[] {
  const [first, second] = words;
  if (first === undefined) return [];
  if (words.every((word) => /^[^=/]+=/.test(word))) return words.map(split);
  if (words.length === 1) return [{ field: first }];
  if (words.length === 2 && second !== undefined && !first.includes('=')) return [{ field: first, value: second }];
  throw new KcfgError('usage', `can't tell fields from values in: ${words.join(' ')}`, {
    help: [
      'one setting, or several with = between field and value:',
      '  kcfg set FIELD VALUE',
      '  kcfg set FIELD=VALUE...',
    ],
  });
}

function split(word: string): Assignment {
  const at = word.indexOf('=');
  return { field: word.slice(0, at), value: word.slice(at + 1) };
}
