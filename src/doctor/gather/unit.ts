/** A service as systemd has it, and the files that make it. */
import type { Host } from '../../host/host.ts';
import { observeService, KUBELET_UNIT } from '../../node/service.ts';
import type { RuntimeFacts, UnitFacts } from '../evidence.ts';

const PROPERTIES = ['LoadState', 'ActiveState', 'SubState', 'Result', 'UnitFileState', 'NeedDaemonReload', 'ExecMainStatus', 'NRestarts', 'MainPID', 'ExecStart'] as const;

/** Undefined where systemd does not know it. */
export async function gatherUnit(host: Host): Promise<UnitFacts | undefined> {
  const shown = await host.systemd.show(KUBELET_UNIT, PROPERTIES);
  if (shown.LoadState === 'not-found') return undefined;
  const service = await observeService(host);
  const program = service.nextArgv[0];
  return {
    name: KUBELET_UNIT,
    ...standing(shown),
    ...(service.pid === undefined ? {} : { pid: service.pid }),
    ...(service.startedAt === undefined ? {} : { startedAt: service.startedAt }),
    argv: service.nextArgv,
    sources: [...service.sources],
    ...(program?.startsWith('/') === true ? { program: await runnable(host, program) } : {}),
  };
}

/** Of the runtime's service: the first of those that there are. */
export async function gatherRuntimeUnit(host: Host, endpoint: string): Promise<RuntimeFacts['unit']> {
  const name = /crio/.test(endpoint) ? 'crio.service' : /docker/.test(endpoint) ? 'cri-docker.service' : 'containerd.service';
  const shown = await host.systemd.show(name, PROPERTIES);
  if (shown.LoadState === 'not-found' || shown.LoadState === undefined) return { name, load: 'not-found', active: 'inactive', sub: 'dead', result: '', file: '', needsReload: false, restarts: 0 };
  const path = /\bpath=(\S+) ;/.exec(shown.ExecStart ?? '')?.[1];
  return { name, ...standing(shown), ...(path?.startsWith('/') === true ? { program: await runnable(host, path) } : {}) };
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

async function runnable(host: Host, path: string): Promise<NonNullable<UnitFacts['program']>> {
  const info = await host.files.target(path).catch(() => undefined);
  if (info?.kind !== 'file') return 'missing';
  return (info.mode & 0o111) === 0 ? 'not executable' : 'runs';
}
