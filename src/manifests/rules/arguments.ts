/** A command line as flags, as pflag and Go's own flag package read it (`--name=value`, `--name value`, `-name`). */
import type { FieldPath } from '../../kubelet/field-path.ts';
import type { Container } from './case.ts';

export interface Flag {
  /** Without dashes, and with dashes for underscores, which the programs of Kubernetes do not tell apart. */
  name: string;
  /** Absent where it stands alone. */
  value?: string;
  path: FieldPath;
  /** Of the value, where that is the next argument. */
  valuePath?: FieldPath;
}

/** `isBare`: flags that take no next argument for their value. */
export function flagsOf({ argv }: Container, isBare: (name: string) => boolean = () => false): Flag[] {
  const flags: Flag[] = [];
  for (let i = 0; i < argv.length; i++) {
    const argument = argv[i];
    if (argument === undefined || argument.text === '--') break;
    const [, dashes = '', written = '', value] = /^(--?)([A-Za-z0-9][\w.-]*)(?:=(.*))?$/s.exec(argument.text) ?? [];
    if (written === '') continue;
    const name = written.replaceAll('_', '-');
    const { path } = argument;
    const next = argv[i + 1];
    if (value !== undefined) flags.push({ name, value, path });
    // one dash and one letter is a shorthand: -v 2, -v2
    else if (dashes === '-' && written.length > 1 && /^[a-z]\d+$/.test(written)) flags.push({ name: written.charAt(0), value: written.slice(1), path });
    else if (isBare(name) || next === undefined || next.text.startsWith('-')) flags.push({ name, path });
    else {
      flags.push({ name, value: next.text, path, valuePath: next.path });
      i++;
    }
  }
  return flags;
}

/** The last of that name counts. */
export function flagOf(container: Container, name: string): Flag | undefined {
  return flagsOf(container).findLast((flag) => flag.name === name);
}
