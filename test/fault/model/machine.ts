/**
 * A whole node in memory: a disk, systemd's jobs and services, a kubelet, its runtime, an API server, and time. Its state is
 * plain data, so it can be copied at any moment and gone on with from there. Every process of kcfg sees it through a Host of
 * its own, with a gate before each operation (memory-disk.ts). What is real: all of src/ but the bottom of src/host (disk, lock,
 * systemctl, CRI, HTTP, journald, clock). Of the kubelet's API /configz, /pods and /metrics are as verification reads them.
 */
import { KcfgError } from '../../../src/errors.ts';
import { openFiles } from '../../../src/host/files.ts';
import type { Host, HttpAnswer } from '../../../src/host/host.ts';
import { makeLocator } from '../../../src/host/locate.ts';
import { run as internal } from '../../../src/commands/internal.ts';
import type { Context } from '../../../src/cli/context.ts';
import { hashOf, type Op, type State } from './disk-state.ts';
import { apiUp, ENVIRONMENT_FILES, reread, settle, startKubelet, UNIT_FILES, VERSION, writeState, type Kubelet, type Pods } from './kubelet.ts';
import { memoryDisk, OPEN, type Fate, type Gate, type MemoryDisk } from './memory-disk.ts';
import { virtualClock, type VirtualClock } from './virtual-clock.ts';

export interface Data {
  disk: State;
  time: { now: number };
  names: { next: number };
  ids: number;
  kubelet: Kubelet | undefined;
  /** The unit is to run: a kubelet that does not start is tried again. */
  wanted: boolean;
  pods: Pods;
}
/** What goes wrong on this machine besides. */
export interface Trouble {
  /** The kubelet does not start like this. */
  refuses?: (kubelet: Kubelet, data: Data) => boolean;
}
export interface Machine {
  readonly data: Data;
  readonly disk: MemoryDisk;
  readonly clock: VirtualClock;
  /** Every change of the disk since this machine was made, of whoever. */
  readonly log: Op[];
  /** A process's view of it. */
  open(gate?: Gate): Host;
  /** A process of kcfg's own units: `internal` and these words. Gives back systemd's word for its end. */
  run(words: readonly string[], gate?: Gate): Promise<string>;
  /** The kubelet's moves, as of now. */
  settle(): void;
  boot(): Promise<void>;
  /** What its processes threw that is no error of kcfg's own, and what is. */
  readonly crashes: unknown[];
  readonly errors: KcfgError[];
}

export const NODE = 'cp1';

export function copyData({ disk, time, names, ids, kubelet, wanted, pods }: Data): Data {
  return {
    disk: new Map(disk), time: { ...time }, names: { ...names }, ids, wanted,
    kubelet: kubelet === undefined ? undefined : { ...kubelet },
    pods: { sandboxes: [...pods.sandboxes], containers: pods.containers.map((each) => ({ ...each })) },
  };
}
/** Same for machines from which everything goes on in the same way. */
export function hashData({ disk, kubelet, wanted, pods }: Data): string {
  return `${hashOf(disk)} ${wanted} ${kubelet?.pid} ${kubelet?.decided} ${JSON.stringify(pods)}`;
}

export function makeMachine(data: Data, trouble: Trouble = {}): Machine {
  const clock = virtualClock(data.time);
  const now = (): bigint => BigInt(data.time.now) * 1_000_000n;
  const log: Op[] = [];
  const crashes: unknown[] = [];
  const errors: KcfgError[] = [];
  let held = false;
  const services = new Map<string, Promise<void>>();
  const onChange = (op: Op): void => {
    log.push(op);
    const { kubelet } = data;
    if (kubelet?.watch === undefined || op.op === 'sync') return;
    const concerns = op.op === 'names' ? op.names.some(({ dir }) => dir === kubelet.watch) : [...(data.disk.get(kubelet.watch)?.entries.values() ?? [])].includes(op.ino);
    if (!concerns) return;
    reread(kubelet, disk, NODE);
    settleNow();
  };
  const open = (gate: Gate): MemoryDisk => memoryDisk(data.disk, { gate, now, onChange, names: data.names });
  const disk = open(OPEN);
  const settleNow = (): void => {
    if (data.kubelet !== undefined) settle(data.kubelet, data.pods, data.time.now, () => `id${++data.ids}`);
  };

  const stop = (): void => {
    settleNow();
    data.kubelet = undefined;
    data.wanted = false;
  };
  const start = async (): Promise<void> => {
    data.wanted = true;
    if (data.kubelet !== undefined) return;
    try {
      const kubelet = await startKubelet(plain, disk, 1000 + ++data.ids, data.time.now);
      if (trouble.refuses?.(kubelet, data) === true) return;
      data.kubelet = kubelet;
      await writeState(disk, kubelet);
      settleNow();
    } catch {
      // it says why in its journal, and systemd tries again
    }
  };

  const hostOf = (gate: Gate): Host => {
    const own = open(gate);
    const files = openFiles(makeLocator('/', own), own);
    const call = async (name: string, write: boolean): Promise<void> => {
      const fate: Fate | undefined = await gate.pass({ name, path: '', write, other: true });
      if (fate !== undefined) throw new Error(`a gate may not fail ${name}`);
      settleNow();
    };
    const host: Host = {
      root: '/',
      live: true,
      sandbox: false,
      files: { ...files, follow: (path, onText) => followToEnd(host, path, onText) },
      processes: {
        argv: async (pid) => (data.kubelet?.pid === pid ? [...data.kubelet.argv] : undefined),
        watchedInodes: async (pid) => new Set(data.kubelet?.pid === pid && data.kubelet.watch !== undefined ? [String(data.kubelet.watch)] : []),
        ofService: async () => (data.kubelet === undefined ? [] : [data.kubelet.pid]),
        startedAt: async (pid) => (data.kubelet?.pid === pid ? new Date(data.kubelet.startedAt) : undefined),
        bootId: async () => 'boot-1',
      },
      systemd: {
        async show(unit) {
          await call(`systemctl show ${unit}`, false);
          return unit === 'kubelet.service' ? kubeletUnit() : { ActiveState: services.has(unit) ? 'active' : 'inactive', LoadState: services.has(unit) ? 'loaded' : 'not-found' };
        },
        async job(verb, unit) {
          await call(`systemctl ${verb} ${unit}`, true);
          if (unit !== 'kubelet.service' || verb === 'reset-failed') return;
          if (verb !== 'start') stop();
          if (verb !== 'stop') await start();
          await call(`systemctl ${verb} ${unit} answers`, true);
        },
        async runService(unit, argv, _properties, afterSeconds) {
          await call(`systemd-run ${unit}`, true);
          if (afterSeconds === undefined) services.set(unit, service(unit, argv.slice(argv.indexOf('internal') + 1), gate));
        },
      },
      journal: { cursor: async () => 'c', entries: async () => [] },
      clock,
      lock: {
        async take() {
          if (held) throw new KcfgError('locked', 'another kcfg is at work on this node');
          held = true;
          return async () => void (held = false);
        },
        held: async () => held,
      },
      cri: (endpoint) => ({
        endpoint,
        version: async () => ({ runtimeName: 'containerd', runtimeVersion: 'v2.1.4' }),
        async sandboxes() {
          await call('CRI ListPodSandbox', false);
          return data.pods.sandboxes.map((each) => ({ id: each.id, name: each.fullName, namespace: each.namespace, uid: each.uid, attempt: 0, ready: true, createdAt: String(each.createdAt * 1e6), labels: {}, annotations: { 'kubernetes.io/config.source': 'file' } }));
        },
        async containers() {
          await call('CRI ListContainers', false);
          return data.pods.containers.map((each) => {
            const of = data.pods.sandboxes.find(({ id }) => id === each.sandbox);
            return { id: each.id, sandboxId: each.sandbox, name: each.name, podUid: of?.uid ?? '', podName: of?.fullName ?? '', namespace: of?.namespace ?? '', attempt: 0, state: each.state, createdAt: String(BigInt(each.startedAt) * 1_000_000n), image: '', annotations: {} };
          });
        },
        async status(id) {
          const each = data.pods.containers.find((container) => container.id === id);
          return { state: each?.state ?? 'unknown', startedAt: String(BigInt(each?.startedAt ?? 0) * 1_000_000n), finishedAt: '0', exitCode: 0, reason: '', message: '', logPath: '' };
        },
        config: async () => undefined,
        images: async () => [],
        async stop(id) {
          await call('CRI StopContainer', true);
          const each = data.pods.containers.find((container) => container.id === id);
          if (each !== undefined) each.state = 'exited';
          await call('CRI StopContainer answers', true);
        },
      }),
      async http({ url }) {
        await call(`GET ${new URL(url).pathname}`, false);
        return answer(new URL(url));
      },
      audit: async () => {},
      async run([program, ...args]) {
        await call(`run ${program}`, true);
        const said = args[0] === '--version' ? `Kubernetes v${VERSION}\n` : program === 'systemctl' ? 'running\n' : '';
        return { exitCode: 0, stdout: said, stderr: '', timedOut: false, missing: false };
      },
      self: ['/usr/bin/kcfg'],
      user: { uid: 0, name: 'root', login: 'admin', session: 'session-1' },
      hostname: NODE,
      readReport: async () => undefined,
      readOwn: async () => undefined,
      listOwn: async () => undefined,
      edit: async () => undefined,
      writeReport: async () => {},
      playbook: async () => ({ code: undefined, words: '', missing: true }),
    };
    return host;
  };
  const plain = hostOf(OPEN);

  /** What systemd makes of a transient service of kcfg: its process, and ExecStopPost= once that has ended. */
  const service = async (unit: string, words: readonly string[], gate: Gate): Promise<void> => {
    const ended = await process(words, gate);
    const id = words[1] ?? '';
    if (words[0] === 'run' || words[0] === 'recover') await process(['recover', id, ended], gate);
    services.delete(unit);
  };
  const process = async (words: readonly string[], gate: Gate): Promise<string> => {
    try {
      return (await internal({ host: hostOf(gate), request: { words } } as unknown as Context)) === 0 ? 'success' : 'exit-code';
    } catch (error) {
      if (error instanceof KcfgError) errors.push(error);
      else crashes.push(error);
      return 'exit-code';
    } finally {
      held = false; // the kernel frees it
    }
  };

  /** The terminal's window: it reads what was said once all is over. */
  const followToEnd = async (host: Host, path: string, onText: (text: string) => void): Promise<void> => {
    await Promise.all(services.values());
    onText((await host.files.read(path))?.toString() ?? '');
  };

  const kubeletUnit = (): Record<string, string> => {
    const state = data.kubelet !== undefined ? ['active', 'running'] : data.wanted ? ['activating', 'auto-restart'] : ['inactive', 'dead'];
    return {
      LoadState: 'loaded', ActiveState: state[0] ?? '', SubState: state[1] ?? '', MainPID: String(data.kubelet?.pid ?? 0), NRestarts: '0', Result: 'success', NeedDaemonReload: 'no',
      FragmentPath: UNIT_FILES[0] ?? '', DropInPaths: UNIT_FILES.slice(1).join(' '), EnvironmentFiles: ENVIRONMENT_FILES.map((file) => `${file} (ignore_errors=yes)`).join('\n'),
    };
  };

  const answer = ({ pathname, port }: URL): HttpAnswer => {
    const nothing: HttpAnswer = { status: 0, body: '', error: 'connect ECONNREFUSED', ms: 0 };
    const ok = (body: string): HttpAnswer => ({ status: 200, body, ms: 1 });
    const { kubelet } = data;
    if (pathname === '/readyz' || pathname.startsWith('/api/')) {
      if (!apiUp(data.pods)) return nothing;
      const mirrors = kubelet?.pods.map((pod) => ({ metadata: { name: pod.fullName, namespace: pod.namespace, annotations: { 'kubernetes.io/config.mirror': pod.uid } } }));
      return ok(pathname === '/readyz' ? 'ok' : JSON.stringify({ items: mirrors ?? [] }));
    }
    if (pathname === '/health') return apiUp(data.pods) ? ok('{"health":"true"}') : nothing;
    if (kubelet === undefined) return nothing;
    if (pathname === '/healthz') return String(kubelet.config['healthzPort'] ?? 10248) === port ? ok('ok') : nothing;
    if (pathname === '/configz') return ok(JSON.stringify({ kubeletconfig: kubelet.config }));
    if (pathname === '/metrics') return ok(kubelet.decided ? `kubelet_desired_pods{static="true"} ${kubelet.pods.length}\nkubelet_orphaned_runtime_pods_total ${kubelet.orphans}\n` : '');
    return ok(JSON.stringify({ items: kubelet.pods.map((pod) => ({ metadata: { name: pod.fullName, namespace: pod.namespace, uid: pod.uid, annotations: { 'kubernetes.io/config.source': 'file' } }, status: { conditions: [{ type: 'Ready', status: 'True' }] } })) }));
  };

  return { data, disk, clock, log, crashes, errors, open: (gate = OPEN) => hostOf(gate), run: (words, gate = OPEN) => process(words, gate), settle: settleNow, boot: start };
}
