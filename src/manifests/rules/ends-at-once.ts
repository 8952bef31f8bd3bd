/** Flags that make a program say something and end: as a static pod it is started again and again. */
import type { Finding } from '../../kubelet/rules/finding.ts';
import { flagsOf } from './arguments.ts';
import { type Case, containersOf, finding, programOf } from './case.ts';
import { removeItem } from './mend.ts';
import { isProgram } from '../programs/program.ts';

export function endsAtOnce(subject: Case): Finding[] {
  return containersOf(subject).flatMap((container) => {
    const program = programOf(container);
    if (!isProgram(program)) return [];
    return flagsOf(container, (name) => /^(help|h|version)$/.test(name)).filter(({ name, value }) => (/^(help|h|version)$/.test(name) && !/^(0|f|false)$/i.test(value ?? 'true')) || (name === 'write-config-to' && program === 'kube-scheduler' && (value ?? '') !== '')).map((flag) =>
      finding(subject, { id: 'ends-at-once', path: flag.path, message: `with ${flag.written} ${program} ends at once`, notes: ['the kubelet starts it again and again'], edits: flag.valuePath === undefined ? removeItem(subject.yaml, flag.path) : undefined }),
    );
  });
}
