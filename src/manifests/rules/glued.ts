/**
 * Two flags in one argument: a line that lost its dash, or stands one column too far to the right, is valid YAML, and goes on
 * with the line before it.
 */
import type { Finding } from '../../kubelet/rules/finding.ts';
import { type Case, containersOf, finding, programOf } from './case.ts';
import { splitItem } from './mend.ts';
import { isProgram } from '../programs/program.ts';

export function glued(subject: Case): Finding[] {
  return containersOf(subject).flatMap((container) => {
    const program = programOf(container);
    return container.argv.flatMap(({ text, path }): Finding[] => {
      const parts = splitFlags(text);
      if (parts.length < 2 || !(isProgram(program) || isProgram((parts[0] ?? '').replace(/\s.*$/s, '')))) return [];
      const second = parts[1] ?? '';
      return [
        finding(subject, {
          id: 'glued',
          path,
          part: second,
          message: `two flags stand in one argument: ${second.replace(/=.*$/s, '')} has no line of its own`,
          notes: [`to ${program || 'the program'} it is all one value`],
          edits: splitItem(subject.yaml, path, parts),
          runs: isProgram(program),
        }),
      ];
    });
  });
}

/** At each dash that begins a flag behind a blank. A letter alone before it took the place of the dash, or stands beside it. */
export function splitFlags(text: string): string[] {
  const parts = text.split(/\s+(?=(?:- )?--[a-z])/).map((part) => part.replace(/^- /, '')).filter((part) => part !== '-');
  return parts.map((part, i) => (i < parts.length - 1 ? part.replace(/^(--[^=\s]+=\S+)\s+\S$/, '$1') : part));
}
