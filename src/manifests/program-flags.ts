/** What a program of a control plane says of its flags, by --help: pflag's lists (kube-*), and etcd's own text. */
import type { FlagType, KnownFlags } from './rules/case.ts';

/** Those that are asked: their --help starts nothing, and their main process is the program itself. */
export const ASKED: ReadonlySet<string> = new Set(['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'etcd']);

/** `  -v, --v Level   number for…`, `      --profiling   Enable…`, `      --version version[=true]   …` (pflag FlagUsagesWrapped). */
const PFLAG = /^ +(?:-(\w), )?--([a-z0-9][\w.-]*)(?: (\S+))?(?: {2,}|$)/;
/** `  --client-cert-auth 'false'` (etcd server/etcdmain/help.go). */
const ETCD = /^ {2}--([a-z0-9][\w-]*)(?: (.*))?$/;

/** Empty where the text is none that is known. Deprecated flags are not in it. */
export function parseHelp(program: string, text: string): KnownFlags {
  const known = new Map<string, FlagType>();
  for (const line of text.split(/\r?\n/)) {
    if (program === 'etcd') {
      const [, name, standard] = ETCD.exec(line) ?? [];
      const bool = /^'?(true|false)'?$/.test(standard ?? '');
      if (name !== undefined) known.set(name, { type: bool ? 'bool' : '', bare: bool || name === 'version' });
      continue;
    }
    const [, letter, name, type] = PFLAG.exec(line) ?? [];
    if (name === undefined) continue;
    const flag = { type: type ?? 'bool', bare: type === undefined || type.includes('[=') };
    known.set(name, flag);
    if (letter !== undefined) known.set(letter, flag);
  }
  if (program === 'etcd' && known.size > 0) for (const name of ['help', 'h', 'version']) known.set(name, { type: 'bool', bare: true });
  return known;
}

/** Asked for one flag that --help does not list (`--NAME= --help`): does the program refuse it as unknown, not as badly set? */
export function isRefused(program: string, name: string, said: string): boolean {
  return said.includes(program === 'etcd' ? `flag provided but not defined: -${name}` : `unknown flag: --${name}`) || said.includes('unknown shorthand flag');
}
