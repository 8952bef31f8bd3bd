/** The single signals that verification reads, each a question to the kubelet, the runtime, the API server or /proc. */
import type { Container, Host, PodSandbox } from '../host/host.ts';
import { openApiServer, type ApiServer } from '../node/api-server.ts';
import { configInConfigz, housekeepingIn, openKubeletApi, pathInConfigz, podsInList, startupProbesIn, type ListedPod } from '../node/kubelet-api.ts';
import type { Kubelet } from '../node/observed.ts';
import type { Wanted } from './verify.ts';

/** Noted right before the kubelet restarts. */
export interface Before {
  kubeletPid?: number;
  restarts: number;
  /** journald's cursor of the kubelet's unit. */
  cursor?: string;
  /** An empty directory under the kubelet's pods/, which the first housekeeping removes: the substitute on workers. */
  canary?: string;
  /** IDs of all containers; absent where the runtime did not say. */
  containersBefore?: string[];
}

/** Housekeeping comes every 2 s: it does not meet the same moment three times. */
const ATTEMPTS = 3;

export interface UnitState {
  active: string;
  sub: string;
  pid: number;
  restarts: number;
  result: string;
}

export interface Signals {
  unit(): Promise<UnitState>;
  healthy(): Promise<boolean>;
  watches(path: string, pid: number): Promise<boolean>;
  /** Undefined: no right to ask, or no answer yet. */
  pods(): Promise<ListedPod[] | undefined>;
  path(): Promise<string | undefined>;
  /** What the kubelet has, by /configz. */
  config(): Promise<Record<string, unknown> | undefined>;
  housekeeping(): Promise<{ done: boolean; orphans: number } | undefined>;
  /** Of a pod that the kubelet lists under that UID. */
  startupProbes(fullName: string, uid: string): Promise<{ failed: number; passed: number } | undefined>;
  /** False: only the substitutes are there (workers). */
  readonly allowed: boolean;
  canaryGone(): Promise<boolean | undefined>;
  sandboxes(): Promise<PodSandbox[]>;
  containers(): Promise<Container[]>;
  api(): Promise<{ answered: boolean; ready: boolean }>;
  readonly apiServer: ApiServer | undefined;
  journal(): Promise<string[]>;
}

export async function openSignals(host: Host, wanted: Wanted): Promise<Signals> {
  const kubelet = await openKubeletApi(host, wanted.kubelet);
  const apiServer = wanted.api === undefined ? undefined : await openApiServer(host, wanted.api);
  const cri = host.cri(wanted.kubelet.runtimeEndpoint);
  const { cursor, canary, kubeletPid } = wanted.before;
  return {
    unit: () => readUnit(host, wanted.kubelet.unit),
    healthy: () => kubelet.healthy(),
    async watches(path, pid) {
      const directory = await host.files.target(path).catch(() => undefined);
      return directory !== undefined && (await host.processes.watchedInodes(pid)).has(directory.ino);
    },
    pods: async () => podsInList(await kubelet.get('/pods')),
    path: async () => pathInConfigz(await kubelet.get('/configz')),
    config: async () => configInConfigz(await kubelet.get('/configz')),
    housekeeping: async () => housekeepingIn(await kubelet.get('/metrics')),
    startupProbes: async (fullName, uid) => startupProbesIn(await kubelet.get('/metrics/probes'), fullName, uid),
    allowed: kubelet.allowed,
    canaryGone: async () => (canary === undefined ? undefined : (await host.files.info(canary)) === undefined),
    sandboxes: () => cri.sandboxes(),
    containers: () => cri.containers(),
    async api() {
      const answer = await apiServer?.get('/readyz');
      return { answered: (answer?.status ?? 0) > 0, ready: answer?.status === 200 };
    },
    apiServer,
    async journal() {
      const entries = await host.journal.entries({ unit: wanted.kubelet.unit, ...(cursor === undefined ? { last: 50 } : { after: cursor }) });
      // the one from before goes on complaining until it stops
      return entries.filter(({ fields }) => kubeletPid === undefined || fields._PID !== String(kubeletPid)).map((entry) => entry.message);
    },
  };
}

export async function readUnit(host: Host, unit: string): Promise<UnitState> {
  const shown = await host.systemd.show(unit, ['ActiveState', 'SubState', 'MainPID', 'NRestarts', 'Result']);
  return {
    active: shown.ActiveState ?? '',
    sub: shown.SubState ?? '',
    pid: Number(shown.MainPID ?? 0),
    restarts: Number(shown.NRestarts ?? 0),
    result: shown.Result ?? '',
  };
}

/** Before the restart: PID, restart count, journal position; a canary where the kubelet's /metrics are closed to us. */
export async function noteBefore(host: Host, kubelet: Kubelet, allowed: boolean, uuid: string): Promise<Before> {
  const unit = await readUnit(host, kubelet.unit);
  const cursor = await host.journal.cursor(kubelet.unit);
  const containers = await host.cri(kubelet.runtimeEndpoint).containers().catch(() => undefined);
  const before: Before = { restarts: unit.restarts, ...(containers === undefined ? {} : { containersBefore: containers.map(({ id }) => id) }), ...(unit.pid > 0 ? { kubeletPid: unit.pid } : {}), ...(cursor === undefined ? {} : { cursor }) };
  if (allowed || (await host.files.info(kubelet.podsDirectory)) === undefined) return before;
  const canary = `${kubelet.podsDirectory}/${uuid}`;
  const parent = await host.files.info(kubelet.podsDirectory);
  for (let attempt = 1; ; attempt++) {
    try {
      await host.files.mkdir(canary, { mode: 0o750, uid: parent?.uid ?? 0, gid: parent?.gid ?? 0 });
      return { ...before, canary };
    } catch (error) {
      // the kubelet that still runs keeps house too, and can take it away between mkdir and chown
      if (attempt === ATTEMPTS) throw error;
    }
  }
}
