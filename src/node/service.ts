/**
 * The kubelet's service: what systemd runs, and what the running process was started with.
 * The process wins: /proc/PID/cmdline is what is in force; the unit is what comes at the next start.
 */
import { KcfgError } from '../errors.ts';
import type { Host } from '../host/host.ts';
import { parseFlags } from '../kubelet/flags.ts';
import { findFlag, isUnitText, unitCommand, type FlagPlace, type UnitText } from '../kubelet/unit.ts';

export const KUBELET_UNIT = 'kubelet.service';

export interface Service {
  active: boolean;
  pid?: number;
  startedAt?: string;
  /** Of the running process; of a service that is down, what its unit would run. */
  argv: string[];
  /** Of the next start: another one where an environment file changed since this start. */
  nextArgv: string[];
  flags: Map<string, string>;
  needsReload: boolean;
  /** The unit, its drop-ins and environment files, in the order in which systemd reads them; a missing one has no text. */
  sources: readonly UnitText[];
  /** The unit and its drop-ins that systemd has loaded: what was written since counts from the next daemon-reload on. */
  unitFiles: readonly string[];
  /** Where the flag of that name (without dashes) is written: unit file, drop-in or environment file. */
  flagSource(flag: string): FlagPlace | undefined;
}

export const SERVICE_PROPERTIES = [
  'LoadState',
  'ActiveState',
  'MainPID',
  'NeedDaemonReload',
  'FragmentPath',
  'DropInPaths',
  'EnvironmentFiles',
] as const;

/** Throws `no-kubelet` where systemd has no kubelet.service, or none with a program. `told`: what systemd said of it, where it was asked already. */
export async function observeService(host: Host, told?: Record<string, string>): Promise<Service> {
  const shown = told ?? (await host.systemd.show(KUBELET_UNIT, SERVICE_PROPERTIES));
  if (shown.LoadState !== 'loaded' && shown.LoadState !== 'masked') {
    throw new KcfgError('no-kubelet', 'systemd has no kubelet.service on this machine', {
      notes: [`systemctl show kubelet.service says LoadState=${shown.LoadState ?? 'nothing'}`],
      help: ['run kcfg on a Kubernetes node, or on a tree of one: --root DIR'],
    });
  }
  const sources = await readSources(host, shown);
  const pid = Number(shown.MainPID ?? 0);
  const running = pid > 0 ? await host.processes.argv(pid) : undefined;
  const argv = running ?? unitCommand(sources);
  const startedAt = running === undefined ? undefined : await host.processes.startedAt(pid);
  const nextArgv = startedAt === undefined ? argv : await nextStart(host, sources, argv, startedAt);
  return {
    active: shown.ActiveState === 'active',
    ...(running === undefined ? {} : { pid }),
    ...(startedAt === undefined ? {} : { startedAt: startedAt.toISOString() }),
    argv,
    nextArgv,
    flags: parseFlags(argv.slice(1)),
    needsReload: shown.NeedDaemonReload === 'yes',
    sources,
    unitFiles: unitFilesOf(shown),
    flagSource: (flag) => findFlag(sources, flag),
  };
}

/**
 * Environment files are read at each start, and need no daemon-reload (systemd.exec(5)): one that is younger than the process
 * changes its flags. What the unit says is trusted only where it is the same program with a configuration file, too: a
 * variable that systemd has from elsewhere would be missed.
 */
async function nextStart(host: Host, sources: readonly UnitText[], argv: string[], startedAt: Date): Promise<string[]> {
  const next = unitCommand(sources);
  const has = (words: readonly string[]): boolean => parseFlags(words.slice(1)).has('config');
  if (next[0] !== argv[0] || has(next) !== has(argv)) return argv;
  for (const source of sources) {
    const info = isUnitText(source) ? undefined : await host.files.target(source.file).catch(() => undefined);
    if (info !== undefined && Number(BigInt(info.ctimeNs) / 1_000_000n) > startedAt.getTime()) return next;
  }
  return argv;
}

/** Of what `systemctl show` says with FragmentPath and DropInPaths, in the order in which systemd reads them. */
export function unitFilesOf({ FragmentPath = '', DropInPaths = '' }: Record<string, string>): string[] {
  return [FragmentPath, ...DropInPaths.split(' ')].filter((path) => path.startsWith('/'));
}

/** In the order in which systemd reads them. */
async function readSources(host: Host, shown: Record<string, string>): Promise<UnitText[]> {
  const paths = [
    ...unitFilesOf(shown),
    // systemctl prints each as "PATH (ignore_errors=yes)"
    ...(shown.EnvironmentFiles ?? '').split('\n').map((line) => line.replace(/ \(ignore_errors=\w+\)$/, '')),
  ].filter((path) => path.startsWith('/'));
  const sources: UnitText[] = [];
  for (const file of paths) {
    sources.push({ file, text: (await host.files.read(file))?.toString('utf8') ?? '' });
  }
  return sources;
}
