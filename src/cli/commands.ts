/**
 * THE table of commands, in the order of help. The parser, help, and later completion and manual pages only read it.
 * A command loads its own file when it runs, and no other: `kcfg get` must not pay for `kcfg set`.
 */
import type { Command } from './command.ts';
import { CHANGE } from './table/change.ts';
import { FLEET } from './table/fleet.ts';
import { GO_BACK } from './table/go-back.ts';
import { LOOK } from './table/look.ts';
import { TRY } from './table/try.ts';

export const COMMANDS: readonly Command[] = [...LOOK, ...CHANGE, ...GO_BACK, ...FLEET, ...TRY];

/** The record of a command by its name, hidden ones too. */
export function commandOf(name: string): Command | undefined {
  return COMMANDS.find((command) => command.name === name);
}
