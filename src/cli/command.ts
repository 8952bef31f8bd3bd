/** The shape of a command in the table (commands.ts), and of the words it takes. */
import type { ExitStatus } from '../errors.ts';
import type { CommandModule } from './context.ts';
import type { OptionName } from './options.ts';

export type Group = 'look' | 'change' | 'go back' | 'try' | 'about';

export interface Argument {
  /** As it stands in the forms, e.g. 'FIELD'. */
  name: string;
  optional?: true;
  /** May be given any number of times. Only the last argument. */
  repeat?: true;
  /** The only words it takes. */
  words?: readonly string[];
}

export interface Command {
  /** '' is `kcfg` alone. */
  name: string;
  /** One sentence with a full stop: the first line of its help. */
  summary: string;
  /** Its line in `kcfg --help`, at most about 50 columns, no full stop. */
  short: string;
  /** How it is typed, without 'kcfg'; a remark stands behind two or more blanks. */
  forms: readonly string[];
  arguments: readonly Argument[];
  /** Options beyond those that every command takes. */
  options: readonly OptionName[];
  /** Forms of output beyond those of every command. */
  formats?: readonly string[];
  /** Whole commands, ready to copy. */
  examples: readonly string[];
  /** Exit statuses beyond 0 and 2. */
  exits: readonly ExitStatus[];
  group: Group;
  /** Makes changes: with -o json a refusal is a document on stdout too. */
  changes?: true;
  /** For kcfg's own units; not in help. */
  hidden?: true;
  load(): Promise<CommandModule>;
}
