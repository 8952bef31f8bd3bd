/** A command line as flags, as pflag (kube-*) and Go's own flag package (etcd) read it: `--name=value`, `--name value`, `-name`. */
import type { FieldPath } from '../../kubelet/field-path.ts';
import { type Container, programOf } from './case.ts';

export interface Flag {
  /** Without dashes, and with dashes for underscores, which the programs of Kubernetes do not tell apart. */
  name: string;
  /** As it is written, with its dashes. */
  written: string;
  /** Absent where it stands alone. */
  value?: string;
  path: FieldPath;
  /** Of the value, where that is the next argument. */
  valuePath?: FieldPath;
}
/** An argument that is no flag, and no flag's value. */
export interface Stray {
  text: string;
  path: FieldPath;
}

/** `isBare`: flags that take no next argument for their value. */
export function flagsOf(container: Container, isBare: (name: string) => boolean = () => false): Flag[] {
  return argumentsOf(container, isBare).flags;
}

export function argumentsOf(container: Container, isBare: (name: string) => boolean): { flags: Flag[]; strays: Stray[] } {
  const { argv } = container;
  const program = programOf(container);
  const flags: Flag[] = [];
  const strays: Stray[] = [];
  for (let i = program === '' ? 0 : 1; i < argv.length; i++) {
    const { text = '', path = [] } = argv[i] ?? {};
    const [, dashes = '', written = '', value] = /^(--?)([^\s=-][^\s=]*)(?:=(.*))?$/s.exec(text) ?? [];
    if (written === '') {
      strays.push({ text, path });
      if (text === '--') break;
      continue;
    }
    const name = program === 'etcd' ? written : written.replaceAll('_', '-');
    const next = argv[i + 1];
    const flag = { name, written: `${dashes}${written}`, path };
    if (value !== undefined) flags.push({ ...flag, value });
    // one dash and one letter is a shorthand: -v 2, -v2
    else if (dashes === '-' && /^[a-z]\d+$/.test(written)) flags.push({ ...flag, name: written.charAt(0), value: written.slice(1) });
    else if (isBare(name) || next === undefined || next.text.startsWith('-')) flags.push(flag);
    else {
      flags.push({ ...flag, value: next.text, valuePath: next.path });
      i++;
    }
  }
  return { flags, strays };
}

/** The last of that name counts. */
export function flagOf(container: Container, name: string): Flag | undefined {
  return flagsOf(container).findLast((flag) => flag.name === name);
}
