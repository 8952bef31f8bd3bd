/**
 * Flags of the very program that the image has: it says itself which it knows, or its version is known. A flag that it does
 * not know ends it at its start, again and again.
 */
import type { Finding } from '../../kubelet/rules/finding.ts';
import { placeOf } from '../../kubelet/rules/place.ts';
import { nearest } from '../../nearest.ts';
import type { Edit } from '../../plan/step.ts';
import { argumentsOf, type Flag, flagsOf } from './arguments.ts';
import { type Case, type Container, containersOf, finding, type KnownFlags, programOf } from './case.ts';
import { misfitOf, nearestValue } from './flag-types.ts';
import { removeItem, replaceIn, replaceValue } from './mend.ts';
import { isProgram, type Program } from '../programs/program.ts';

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

/** 'kube-apiserver 1.37.2', or 'this kube-apiserver' where it was asked itself. */
export function programWords(subject: Case, container: Container): string {
  const program = subject.facts.programs?.get(container.name);
  if (program !== undefined && subject.facts.flags?.get(container.name) === program.flags) return `${program.name} ${program.version}`;
  return `this ${programOf(container)}`;
}

function judge(subject: Case, container: Container, known: KnownFlags): Finding[] {
  const { yaml } = subject;
  const program = programOf(container);
  const version = subject.facts.programs?.get(container.name);
  const seen = new Map<string, Flag>();
  const { flags: all, strays } = argumentsOf(container, (name) => known.get(name)?.bare === true);
  const found = strays.flatMap(({ text, path }) => (isProgram(program) && text !== '' ? stray(subject, text, path, program, known) : []));
  for (const flag of all) {
    const type = known.get(flag.name);
    const spelt = misspelt(flag, program);
    if (type === undefined || spelt !== undefined) {
      found.push(unknown(subject, container, flag, known, version, spelt));
      continue;
    }
    const earlier = seen.get(flag.name);
    if (earlier !== undefined && !REPEATED.test(type.type)) {
      found.push(finding(subject, { id: 'flag-twice', severity: 'warning', path: flag.path, message: `--${flag.name} stands twice`, also: [placeOf(yaml, earlier.path, 'the first')], notes: ['the last one counts'], edits: removeItem(yaml, earlier.path) }));
    }
    seen.set(flag.name, flag);
    if (flag.value === undefined && !type.bare) {
      // what stands next is its value, whatever it is: a text takes that, and the program starts
      const takes = /^string/.test(type.type) && container.argv.at(-1)?.path !== flag.path;
      found.push(finding(subject, { id: 'flag-value', path: flag.path, message: `--${flag.name} needs a value`, notes: [takes ? 'it takes the flag that stands next for its value' : `it ends at its start, or takes what stands next for ${type.type === '' ? 'the value' : `its ${type.type}`}`], ...(takes && { readAs: joined(subject, container, flag) }) }));
    }
    const misfit = flag.value === undefined ? undefined : misfitOf(flag.value, type.type, flag.name);
    if (misfit !== undefined && flag.value !== undefined) {
      const path = flag.valuePath ?? flag.path;
      const near = nearestValue(flag.value, type.type);
      const edits = near === undefined ? undefined : replaceIn(yaml, path, flag.value, near, flag.valuePath === undefined ? `${flag.written}=` : '');
      found.push(finding(subject, { id: 'flag-value', path, message: `--${flag.name} is ${misfit}, not ${flag.value === '' ? 'empty' : flag.value}`, notes: ['it ends at its start: invalid argument'], edits }));
    }
  }
  return found;
}

/** With the argument that stands next as its value. */
function joined({ yaml }: Case, { argv }: Container, flag: Flag): Edit[] | undefined {
  const next = argv[argv.findIndex(({ path }) => path === flag.path) + 1];
  const [value, line] = next === undefined ? [] : [replaceValue(yaml, flag.path, `${flag.written}=${next.text}`), removeItem(yaml, next.path)];
  return value === undefined || line === undefined ? undefined : [...value, ...line];
}

/** The programs of Kubernetes take a name behind two dashes only. */
function misspelt({ written, name }: Flag, program: string): string | undefined {
  return isProgram(program) && program !== 'etcd' && /^-[^-]/.test(written) && name.length > 1 ? name : undefined;
}

function unknown(subject: Case, container: Container, flag: Flag, known: KnownFlags, version: Program | undefined, spelt: string | undefined): Finding {
  const { yaml } = subject;
  const names = [...known.keys()].filter((name) => name.length > 1);
  const near = spelt !== undefined && known.has(spelt) ? spelt : version?.others.has(flag.name) === true ? undefined : nearest(flag.name, names);
  // where the near one stands already, another one was meant
  const free = near !== undefined && (spelt !== undefined || flagsOf(container).every(({ name }) => name !== near));
  const written = spelt === undefined ? `--${flag.name}` : flag.written;
  // a later version than those that are known may have it
  const sure = version === undefined || version.exact || subject.facts.flags?.get(container.name) !== version.flags;
  const edits = near === undefined || !free ? flag.valuePath === undefined ? removeItem(yaml, flag.path) : undefined : replaceIn(yaml, flag.path, flag.written, `--${near}`);
  return finding(subject, {
    id: 'unknown-flag',
    ...(sure ? {} : { severity: 'warning' as const }),
    path: flag.path,
    part: flag.written,
    message: `${programWords(subject, container)} has no flag ${written}`,
    ...(near === undefined ? {} : { label: `did you mean --${near}?` }),
    notes: [...(version?.others.has(flag.name) === true ? ['other versions have it'] : []), spelt === undefined ? `it ends at its start: unknown flag: --${flag.name}` : `it ends at its start: unknown shorthand flag: '${flag.name.charAt(0)}'`],
    edits,
  });
}

function stray(subject: Case, text: string, path: Flag['path'], program: string, known: KnownFlags): Finding[] {
  const [, dashes = '', name = ''] = /^([\s-]*)([^\s=:]*)/.exec(text) ?? [];
  const near = known.has(name) && name.length > 1 ? name : nearest(name, [...known.keys()].filter((each) => each.length > 1));
  const edits = near === undefined ? removeItem(subject.yaml, path) : replaceIn(subject.yaml, path, `${dashes}${name}`, `--${near}`);
  return [
    finding(subject, {
      id: 'stray-argument',
      path,
      message: `${program} takes nothing but flags, and ${text} is none`,
      ...(near === undefined ? {} : { label: `did you mean --${near}?` }),
      notes: ['it ends at its start'],
      edits,
    }),
  ];
}
