/**
 * What a user typed, checked against the table of commands: the one thing that parse.ts hands to a command.
 * Words and options are as typed; what they mean on this node is the command's business.
 */

export type OptionValue = string | boolean | string[] | undefined;

export interface Request {
  /** Name in the table; '' for `kcfg` alone. */
  command: string;
  /** Everything that is not an option, without the command's name. What follows `--` is in here as typed. */
  words: string[];
  /** By long name. A switch is `true`, a repeatable option an array; an option that was not given is absent. */
  options: Record<string, OptionValue>;
}

/** True when the switch was given. */
export function isOn(request: Request, option: string): boolean {
  return request.options[option] === true;
}

/** The value of an option, or undefined when it was not given. */
export function valueOf(request: Request, option: string): string | undefined {
  const value = request.options[option];
  return typeof value === 'string' ? value : undefined;
}

/** The values of a repeatable option, in order; empty when it was not given. */
export function valuesOf(request: Request, option: string): string[] {
  const value = request.options[option];
  return Array.isArray(value) ? value : [];
}
