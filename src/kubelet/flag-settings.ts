/** The flags of a command line that set fields of the configuration, each with its value and the place where it is written. */
import type { FieldSet } from './fields/field-set.ts';
import { flagValue } from './flag-values.ts';
import type { Flag } from './flags.ts';
import type { FlagSetting } from './layered.ts';
import type { FlagPlace } from './unit.ts';

/** One for each name, in the order of the first of each. */
export function flagSettings(fields: FieldSet, flags: readonly Flag[], flagSource: (flag: string) => FlagPlace | undefined = () => undefined): FlagSetting[] {
  return [...new Set(flags.map((flag) => flag.name))].flatMap((name) => {
    const field = fields.byFlag(name);
    if (!field) return [];
    const texts = flags.filter((flag) => flag.name === name).map((flag) => flag.value);
    const place = flagSource(name);
    return [{ name, text: texts.at(-1) ?? '', field, value: flagValue(name, field, texts), ...(place && { file: place.file, line: place.line }) }];
  });
}
