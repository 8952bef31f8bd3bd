/**
 * `kcfg --help` and `kcfg COMMAND --help`, from the table. Each fits one screen of 80 columns: what it does, how it is
 * typed, examples before options, exit statuses. Plain text: help is read, piped and searched.
 */
import { EXIT_MEANING, type ExitStatus } from '../errors.ts';
import { padEnd, wrap } from '../report/width.ts';
import type { Command, Group } from './command.ts';
import { COMMANDS } from './commands.ts';
import { optionsOf } from './parse.ts';
import { EVERYWHERE, optionOf, type Option } from './options.ts';

const COLUMNS = 80;
const GROUPS: readonly [Group, string][] = [
  ['look', 'Look'],
  ['change', 'Change'],
  ['go back', 'Go back'],
  ['try', 'Try'],
];

/** The lines of `kcfg --help`. */
export function programHelp(): string[] {
  return [
    "Change this node's kubelet without breaking the node, and mend a broken one.",
    '  kcfg      the state of this node, and what to do next',
    ...GROUPS.flatMap(([group, title]) => [title, ...groupLines(group)]),
    'Options of every command (its own: kcfg COMMAND --help)',
    ...pack('  ', EVERYWHERE.map(optionOf).map(named), '   '),
  ];
}

function groupLines(group: Group): string[] {
  return COMMANDS.filter((command) => command.group === group && !command.hidden && command.name !== '').map(
    (command) => `  ${padEnd(command.name, 10)}${command.short}`,
  );
}

/** The lines of `kcfg COMMAND --help`. */
export function commandHelp(command: Command): string[] {
  if (command.name === '') return programHelp();
  return [
    ...wrap(command.summary, COLUMNS),
    ...command.forms.map((form) => `  kcfg ${form}`.trimEnd()),
    'Examples',
    ...command.examples.map((example) => `  ${example}`),
    'Options',
    ...optionLines(command.options.map(optionOf)),
    ...everywhere(command),
    ...exitLines(command.exits),
  ];
}

function everywhere(command: Command): string[] {
  const [output, root, ...others] = optionsOf(command).slice(command.options.length);
  return [...optionLines([output, root].filter((option) => option !== undefined)), ...pack('  ', others.map(named), '   ')];
}

function named({ short, name, value }: Option): string {
  return `${short ? `-${short}, ` : ''}--${name}${value ? ` ${value}` : ''}`;
}

function optionLines(options: readonly Option[]): string[] {
  return options.map((option) => {
    return `  ${padEnd(named(option), 23)}${option.about}`;
  });
}

function exitLines(exits: readonly ExitStatus[]): string[] {
  const statuses = [0 as ExitStatus, 2 as ExitStatus, ...exits].sort((a, b) => a - b);
  return pack(
    'Exit status  ',
    statuses.map((status) => `${status} ${EXIT_MEANING[status]}`),
    '  ',
  );
}

/** Items side by side, never broken inside one; the title before the first line, blanks of its width before others. */
function pack(title: string, items: readonly string[], between: string): string[] {
  const lines: string[] = [];
  let line = '';
  for (const item of items) {
    if (line !== '' && title.length + line.length + between.length + item.length > COLUMNS) {
      lines.push(line);
      line = item;
    } else {
      line += (line === '' ? '' : between) + item;
    }
  }
  return [...lines, line].map((text, i) => (i === 0 ? title : ' '.repeat(title.length)) + text);
}
