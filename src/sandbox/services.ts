/**
 * The two pretend services of a node: kubelet.service and containerd.service, with the runtime's socket that comes and
 * goes with the latter.
 */
import { mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Cluster } from './cluster.ts';
import { serveCri } from './cri-server.ts';
import { rewriteConfig } from './fault-effects.ts';
import { kubeletFault } from './faults.ts';
import { findInside } from './inside.ts';
import { type KubeletProcess, startKubelet } from './kubelet.ts';
import { RUNTIME_SOCKET } from './layout.ts';
import type { Machine } from './machine.ts';
import { hideProcess, showProcess } from './proc.ts';
import type { Runtime } from './runtime.ts';
import type { Pretend } from './systemd.ts';
import { commandOf, environmentOf, valuesOf } from './unit-file.ts';

/** DefaultTimeoutStartSec= and DefaultTimeoutStopSec=. */
const START_TIMEOUT_MS = 90_000;
const STOP_TIMEOUT_MS = 90_000;

export interface Services {
  /** By the name of the unit. */
  units: Record<string, Pretend>;
  /** The kubelet that runs has nothing left to decide; false when none does. */
  settled(): boolean;
  /** Power off: both are gone, and the socket. */
  kill(): Promise<void>;
}

export function createServices(machine: Machine, runtime: Runtime, cluster: Cluster, apiServerStarting: () => boolean): Services {
  const { root, timers, faults } = machine;
  let cri: Promise<() => Promise<void>> | undefined;
  let kubelet: KubeletProcess | undefined;
  let containerdUp = false;
  const runtimeUp = (): boolean => containerdUp && faults.get('containerd-down') === undefined;

  const followSocket = async (): Promise<void> => {
    if (runtimeUp() && cri === undefined) {
      mkdirSync(dirname(join(root, RUNTIME_SOCKET)), { recursive: true });
      cri = serveCri(join(root, RUNTIME_SOCKET), runtime, machine);
      await cri;
    } else if (!runtimeUp() && cri !== undefined) {
      const closing = cri;
      cri = undefined;
      await (await closing)();
    }
  };

  const kubeletService: Pretend = {
    async start(unit, exited) {
      await timers.sleep(30);
      rewriteConfig(machine);
      if (kubeletFault(faults, 'kubelet-start-hangs', pathInFile(root)) !== undefined) {
        await timers.sleep(START_TIMEOUT_MS);
        return 'timeout';
      }
      if (faults.holds('start-limit')) return 'start-limit-hit';
      if (faults.holds('unit-fails')) return 'exit-code';
      const env = environmentOf(root, unit.file);
      const argv = valuesOf(unit.file, 'ExecStart').map((line) => commandOf(line, env).argv)[0] ?? ['/usr/bin/kubelet'];
      kubelet = startKubelet({
        machine,
        runtime,
        cluster,
        runtimeUp,
        apiServer: () => (cluster.ready() ? 'up' : apiServerStarting() ? 'starting' : 'down'),
        argv,
        onExit: exited,
      });
      return kubelet.pid;
    },
    async stop() {
      const hangs = faults.holds('kubelet-stop-hangs');
      await timers.sleep(hangs ? STOP_TIMEOUT_MS : 50);
      kubelet?.stop();
      kubelet = undefined;
      return hangs ? 'timeout' : undefined;
    },
  };
  let containerdPid = 0;
  const containerdService: Pretend = {
    async start() {
      await timers.sleep(100);
      containerdUp = true;
      containerdPid = machine.nextPid();
      showProcess(machine, {
        pid: containerdPid,
        argv: ['/usr/bin/containerd'],
        startedAt: machine.now(),
        unit: 'containerd.service',
      });
      await followSocket();
      return containerdPid;
    },
    async stop() {
      await timers.sleep(50);
      containerdUp = false;
      hideProcess(machine, containerdPid, 'containerd.service');
      await followSocket();
      return undefined;
    },
  };
  faults.watch(() => void followSocket());
  return {
    units: { 'kubelet.service': kubeletService, 'containerd.service': containerdService },
    settled: () => kubelet?.settled() === true,
    async kill() {
      kubelet?.stop();
      kubelet = undefined;
      containerdUp = false;
      await followSocket();
    },
  };
}

/** staticPodPath as the configuration file has it, before a kubelet has read it. */
function pathInFile(root: string): string {
  const file = findInside(root, '/var/lib/kubelet/config.yaml');
  return (file === undefined ? undefined : /^staticPodPath: *"?([^"\s#]+)/m.exec(readFileSync(file, 'utf8'))?.[1]) ?? '';
}
