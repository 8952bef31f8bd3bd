/** A service as systemd has it, and the files that make it. */
import type { Host } from '../../host/host.ts';
import { isUnitText, unitCommand, type UnitText } from '../../kubelet/unit.ts';
import { KUBELET_UNIT, observeService, type Service, SERVICE_PROPERTIES, unitFilesOf } from '../../node/service.ts';
import type { RuntimeFacts, UnitFacts } from '../machine-evidence.ts';

const PROPERTIES = ['LoadState', 'ActiveState', 'SubState', 'Result', 'UnitFileState', 'NeedDaemonReload', 'ExecMainStatus', 'NRestarts', 'MainPID', 'ExecStart', 'FragmentPath', 'DropInPaths'] as const;
const OF_KUBELET = [...new Set([...PROPERTIES, ...SERVICE_PROPERTIES])];

export interface KubeletUnit {
  facts: UnitFacts;
  /** Where systemd has it with a program. */
  service?: Service;
}

/** Where packages put a kubelet. */
const PROGRAMS = ['/usr/bin/kubelet', '/usr/local/bin/kubelet', '/opt/bin/kubelet', '/usr/sbin/kubelet'];

/** Undefined where systemd does not know it. */
export async function gatherUnit(host: Host): Promise<KubeletUnit | undefined> {
  const shown = await host.systemd.show(KUBELET_UNIT, OF_KUBELET);
  if (shown.LoadState === 'not-found') return undefined;
  // one that systemd cannot load (bad-setting, error) has files all the same
  const service = shown.LoadState === 'loaded' ? await observeService(host, shown) : shown.LoadState === 'masked' ? await observeService(host, shown).catch(() => undefined) : undefined;
  const sources = service?.sources ?? (await textsOf(host, unitFilesOf(shown)));
  const argv = service?.nextArgv ?? unitCommand(sources);
  const program = argv[0];
  const runs = program?.startsWith('/') === true ? await runnable(host, program) : undefined;
  const environment = service === undefined ? [] : service.sources.filter((source) => !isUnitText(source));
  const facts: UnitFacts = {
    name: KUBELET_UNIT,
    ...standing(shown),
    ...(service?.pid === undefined ? {} : { pid: service.pid }),
    ...(service?.startedAt === undefined ? {} : { startedAt: service.startedAt }),
    argv,
    sources: [...sources],
    ...(runs === undefined ? {} : { program: runs }),
    ...(runs === 'runs' ? {} : { otherPrograms: await others(host, program) }),
    environmentFiles: await Promise.all(environment.map(async ({ file }) => ({ file, there: (await host.files.target(file).catch(() => undefined)) !== undefined }))),
  };
  return { facts, ...(service === undefined ? {} : { service }) };
}

async function textsOf(host: Host, files: readonly string[]): Promise<UnitText[]> {
  return await Promise.all(files.map(async (file) => ({ file, text: (await host.files.read(file).catch(() => undefined))?.toString('utf8') ?? '' })));
}

async function others(host: Host, program: string | undefined): Promise<string[]> {
  const found: string[] = [];
  for (const path of PROGRAMS) if (path !== program && (await runnable(host, path)) === 'runs') found.push(path);
  return found;
}

/** Of the runtime's service: the first of those that there are. */
export async function gatherRuntimeUnit(host: Host, endpoint: string): Promise<RuntimeFacts['unit']> {
  const name = /crio/.test(endpoint) ? 'crio.service' : /docker/.test(endpoint) ? 'cri-docker.service' : 'containerd.service';
  const shown = await host.systemd.show(name, PROPERTIES);
  if (shown.LoadState === 'not-found' || shown.LoadState === undefined) return { name, load: 'not-found', active: 'inactive', sub: 'dead', result: '', file: '', needsReload: false, restarts: 0 };
  const path = /\bpath=(\S+) ;/.exec(shown.ExecStart ?? '')?.[1];
  // a pretend node's is no file
  return { name, ...standing(shown), ...(path?.startsWith('/') === true && !host.sandbox ? { program: await runnable(host, path) } : {}) };
}

function standing(shown: Record<string, string>): Pick<UnitFacts, 'load' | 'active' | 'sub' | 'result' | 'file' | 'needsReload' | 'restarts' | 'exitStatus'> {
  return {
    load: shown.LoadState ?? '',
    active: shown.ActiveState ?? '',
    sub: shown.SubState ?? '',
    result: shown.Result ?? '',
    file: shown.UnitFileState ?? '',
    needsReload: shown.NeedDaemonReload === 'yes',
    restarts: Number(shown.NRestarts ?? 0),
    ...(shown.ExecMainStatus === undefined || shown.ExecMainStatus === '' ? {} : { exitStatus: Number(shown.ExecMainStatus) }),
  };
}

export async function runnable(host: Host, path: string): Promise<NonNullable<UnitFacts['program']>> {
  const info = await host.files.target(path).catch(() => undefined);
  if (info?.kind !== 'file') return 'missing';
  return (info.mode & 0o111) === 0 ? 'not executable' : 'runs';
}
