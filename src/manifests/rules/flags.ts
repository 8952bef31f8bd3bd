/**
 * Flags of the very program that the image has: it says itself which it knows. A flag that it does not know ends it at its
 * start, again and again.
 */
import type { Finding } from '../../kubelet/rules/finding.ts';
import { placeOf } from '../../kubelet/rules/place.ts';
import { nearest } from '../../nearest.ts';
import { type Flag, flagsOf } from './arguments.ts';
import { type Case, type Container, containersOf, finding, type KnownFlags, programOf } from './case.ts';

/** They can stand several times, each adds to the others. */
const REPEATED = /strings|Slice|Array|map|mapString|namedCertKey|colonSeparated|list/i;

export function flags(subject: Case): Finding[] {
  return containersOf(subject).flatMap((container) => {
    const known = subject.facts.flags?.get(container.name);
    if (known === undefined) return [];
    if (typeof known === 'string') return unchecked(subject, container, known);
    return judge(subject, container, known);
  });
}

function unchecked(subject: Case, container: Container, why: string): Finding[] {
  if (flagsOf(container).length === 0) return [];
  const first = container.argv[0]?.path ?? container.path;
  return [finding(subject, { id: 'flags-unchecked', severity: 'warning', path: first, message: `the flags of ${programOf(container) || container.name} are not checked: ${why}` })];
}

function judge(subject: Case, container: Container, known: KnownFlags): Finding[] {
  const program = programOf(container);
  const names = [...known.keys()].filter((name) => name.length > 1);
  const seen = new Map<string, Flag>();
  return flagsOf(container, (name) => known.get(name)?.bare === true).flatMap((flag): Finding[] => {
    const type = known.get(flag.name);
    if (type === undefined) {
      const near = nearest(flag.name, names);
      return [finding(subject, { id: 'unknown-flag', path: flag.path, part: `--${flag.name}`, message: `this ${program} has no flag --${flag.name}`, ...(near === undefined ? {} : { label: `did you mean --${near}?` }), notes: [`it ends at its start: unknown flag: --${flag.name}`] })];
    }
    const found: Finding[] = [];
    const earlier = seen.get(flag.name);
    if (earlier !== undefined && !REPEATED.test(type.type)) {
      found.push(finding(subject, { id: 'flag-twice', severity: 'warning', path: flag.path, message: `--${flag.name} stands twice`, also: [placeOf(subject.yaml, earlier.path, 'the first')], notes: ['the last one counts'] }));
    }
    seen.set(flag.name, flag);
    if (flag.value === undefined && !type.bare) {
      found.push(finding(subject, { id: 'flag-value', path: flag.path, message: `--${flag.name} needs a value`, notes: [`it ends at its start, or takes what stands next for ${type.type === '' ? 'the value' : `its ${type.type}`}`] }));
    }
    if (flag.value !== undefined && type.type === 'bool' && !/^(1|0|t|f|true|false)$/i.test(flag.value)) {
      found.push(finding(subject, { id: 'flag-value', path: flag.valuePath ?? flag.path, message: `--${flag.name} is true or false, not ${flag.value === '' ? 'empty' : flag.value}`, notes: ['it ends at its start: invalid argument'] }));
    }
    return found;
  });
}
