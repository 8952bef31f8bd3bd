/**
 * The table of commands + argv → one checked request, on node:util's parseArgs.
 * Options may stand before, between or behind the words; `--` ends them; a number such as -999 is a word.
 * Whatever does not fit the table is a `usage` error that names the nearest thing that does.
 */
import { parseArgs } from 'node:util';
import { KcfgError } from '../errors.ts';
import type { Command } from './command.ts';
import { COMMANDS, commandOf } from './commands.ts';
import { nearest } from '../nearest.ts';
import { EVERYWHERE, OPTIONS, optionOf, type Option, type OptionName } from './options.ts';
import type { OptionValue, Request } from './request.ts';

interface Typed {
  words: string[];
  options: { name: string; raw: string; value: string | undefined; inline: boolean }[];
}

/** Checks argv (without node and script) against the table. Throws `usage`. */
export function parse(argv: readonly string[]): { command: Command; request: Request } {
  const typed = tokenize(argv);
  const [name = '', ...words] = typed.words;
  const command = commandOf(name === 'help' ? '' : name);
  if (!command) throw unknownCommand(name);
  if (name === 'help') return { command: topic(words), request: { command: '', words: [], options: { help: true } } };
  const request = { command: name, words, options: checkOptions(command, typed) };
  if (!request.options['help'] && !request.options['version']) checkWords(command, words);
  return { command, request };
}

/** The format asked for, as far as it can be told from an argv that may be wrong: errors are told in it too. */
export function formatOf(argv: readonly string[]): string | undefined {
  return tokenize(argv).options.findLast((option) => option.name === 'output')?.value;
}

function tokenize(argv: readonly string[]): Typed {
  const options = Object.fromEntries(
    Object.values(OPTIONS).map((option: Option) => [
      option.name,
      {
        type: option.type === 'switch' ? ('boolean' as const) : ('string' as const),
        ...(option.short && { short: option.short }),
      },
    ]),
  );
  const { tokens } = parseArgs({ args: [...argv], options, strict: false, allowPositionals: true, tokens: true });
  const typed: Typed = { words: [], options: [] };
  let number = -1;
  for (const token of tokens) {
    if (token.kind === 'positional') typed.words.push(token.value);
    if (token.kind !== 'option') continue;
    if (/^-\d/.test(token.rawName)) {
      // parseArgs splits -999 into three short options of one index.
      if (token.index !== number) typed.words.push(argv[token.index] ?? '');
      number = token.index;
    } else {
      typed.options.push({
        name: token.name,
        raw: token.rawName,
        value: token.value,
        inline: token.inlineValue === true,
      });
    }
  }
  return typed;
}

function checkOptions(command: Command, typed: Typed): Record<string, OptionValue> {
  const taken = optionsOf(command);
  const options: Record<string, OptionValue> = {};
  for (const { name, raw, value, inline } of typed.options) {
    const option = taken.find((each) => each.name === name);
    if (!option) throw unknownOption(command, raw, taken);
    if (option.type === 'switch') {
      if (value !== undefined) throw usage(command, `${raw} takes no value, here it has ${value}`);
      options[name] = true;
      continue;
    }
    // What begins with a dash is the next option, unless it is tied by an equals sign.
    if (value === undefined || (!inline && /^-./.test(value)))
      throw usage(command, `${raw} needs a value: ${raw} ${option.value}`);
    if (option.choices && !option.choices.includes(value)) {
      throw usage(command, `${raw} takes ${orList(option.choices)}, not ${value || 'an empty value'}`);
    }
    const before = options[name];
    options[name] = option.type === 'list' ? [...(Array.isArray(before) ? before : []), value] : value;
  }
  return options;
}

/** Every option of a command: its own first, then those of all commands. */
export function optionsOf(command: Command): Option[] {
  const names: readonly OptionName[] = [...command.options, ...EVERYWHERE];
  return names.map(optionOf).map((option) => (option.name === 'output' && command.formats !== undefined ? withFormats(option, command.formats) : option));
}

function withFormats(option: Option, formats: readonly string[]): Option {
  const choices = [...(option.choices ?? []), ...formats];
  return { ...option, choices, about: choices.join(', ') };
}

function checkWords(command: Command, words: readonly string[]): void {
  for (const [index, argument] of command.arguments.entries()) {
    const word = words[index];
    if (word === undefined) {
      if (argument.optional) return;
      throw usage(
        command,
        `${title(command)} needs ${argument.words ? 'a word behind it' : argument.name}`,
        formsOf(command),
      );
    }
    if (argument.words && !argument.words.includes(word)) {
      const near = nearest(word, argument.words);
      throw usage(
        command,
        `${title(command)} has no ${word}`,
        near ? [`did you mean ${near}?   All forms: ${title(command)} --help`] : formsOf(command),
      );
    }
    if (argument.repeat) return;
  }
  const extra = words[command.arguments.length];
  if (extra !== undefined) throw usage(command, `${title(command)} has no use for ${extra}`, formsOf(command));
}

function topic(words: readonly string[]): Command {
  const command = commandOf(words[0] ?? '');
  if (!command) throw unknownCommand(words[0] ?? '');
  return command;
}

function unknownCommand(name: string): KcfgError {
  const near = nearest(
    name,
    COMMANDS.filter((command) => !command.hidden && command.name !== '').map((command) => command.name),
  );
  return new KcfgError('usage', `kcfg has no command ${name}`, {
    help: [`${near ? `did you mean ${near}?   ` : ''}All commands: kcfg --help`],
  });
}

function unknownOption(command: Command, raw: string, taken: readonly Option[]): KcfgError {
  const near = nearest(
    raw,
    taken.map((option) => `--${option.name}`),
  );
  return new KcfgError('usage', `${title(command)} has no option ${raw}`, {
    help: [`${near ? `did you mean ${near}?   ` : ''}All options: ${title(command)} --help`],
  });
}

function usage(command: Command, message: string, help = [`All options: ${title(command)} --help`]): KcfgError {
  return new KcfgError('usage', message, { help });
}

function formsOf(command: Command): string[] {
  const forms = command.forms.map((form) => `kcfg ${form}`.trimEnd());
  return forms.length === 1 ? forms : ['one of these:', ...forms.map((form) => `  ${form}`)];
}

function title(command: Command): string {
  return `kcfg ${command.name}`.trimEnd();
}

function orList(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}
