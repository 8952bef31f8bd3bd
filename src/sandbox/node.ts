/**
 * One pretend node, put together: tree, runtime, systemd, kubelet, servers, faults. Boots, reboots, goes away.
 * A node that was just made has been up for 41 days already, as its records say: its first boot runs on a fast clock.
 */
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Cluster } from './cluster.ts';
import { createProgram, type Neighbours } from './component.ts';
import { watchOneOffs } from './fault-effects.ts';
import { createFaults, type Faults } from './faults.ts';
import { helpOf } from './flags.ts';
import { createJournal } from './journal.ts';
import { type NodeSettings, nodeDirectory } from './layout.ts';
import type { Machine } from './machine.ts';
import { createOutside } from './outside.ts';
import { AGE_DAYS } from './pki.ts';
import { writeKernel } from './proc.ts';
import { createRuntime, type Runtime } from './runtime.ts';
import type { ProgramAnswer, ProgramRequest } from './scripts.ts';
import { createServices } from './services.ts';
import { systemctl } from './systemctl.ts';
import { createSystemd, type Systemd } from './systemd.ts';
import { logger, systemdRun } from './systemd-run.ts';
import { createTimers } from './timers.ts';
import { judge } from './verdict.ts';

const AGE_MS = AGE_DAYS * 86_400_000;
/** Speed of the first boot: 2.5 s of a kubelet's start in an eighth of a second. */
const FIRST_BOOT_SPEED = 20;

export interface PretendNode {
  readonly machine: Machine;
  readonly runtime: Runtime;
  readonly cluster: Cluster;
  readonly systemd: Systemd;
  readonly faults: Faults;
  /** `fresh`: a node that was just made; resolves when its pods are up. */
  boot(fresh?: boolean): Promise<void>;
  reboot(): Promise<void>;
  program(request: ProgramRequest): Promise<ProgramAnswer>;
  /** Everything ends; the files stay. */
  powerOff(): Promise<void>;
}

/** The tree must exist. `cluster`: the one a worker joins, else its own. */
export function createNode(base: string, settings: NodeSettings, cluster: Cluster): PretendNode {
  const directory = nodeDirectory(base, settings.name);
  const root = join(directory, 'root');
  const faults = createFaults();
  const timers = createTimers(settings.speed);
  let skew = 0;
  let lastPid = 700;
  const machine: Machine = {
    settings,
    root,
    directory,
    timers,
    journal: createJournal(settings.name),
    faults,
    now: () => Date.now() - skew,
    bootedAt: Date.now(),
    bootId: '',
    nextPid: () => (lastPid += 7),
    ports: new Map(),
  };
  const neighbours: Neighbours = { cluster, etcd: new Map(), apiServers: new Map() };
  const runtime = createRuntime(machine, createProgram(machine, neighbours));
  if (settings.role === 'control plane') cluster.ready = () => [...neighbours.apiServers.values()].some((ready) => ready());
  const starting = (): boolean => neighbours.apiServers.size > 0 && machine.ports.has(settings.ports.api);

  const outside = createOutside(machine, cluster);
  const services = createServices(machine, runtime, cluster, starting);
  const systemd = createSystemd(machine, services.units);
  watchOneOffs(machine, runtime);

  const node: PretendNode = {
    machine,
    runtime,
    cluster,
    systemd,
    faults,
    async boot(fresh = false) {
      const { speed } = timers;
      if (fresh) {
        skew = AGE_MS;
        timers.speed = Math.max(speed, FIRST_BOOT_SPEED);
      }
      machine.bootedAt = machine.now();
      machine.bootId = randomUUID();
      machine.journal.boot(machine.bootId.replaceAll('-', ''));
      writeKernel(machine);
      writeResolver(root);
      await outside.open();
      await systemd.start('containerd.service');
      for (const unit of enabledUnits(root)) await systemd.start(unit);
      await systemd.start('kubelet.service');
      // far beyond what a boot takes: a node with broken files comes up broken
      const deadline = Date.now() + 3000;
      while (fresh && !services.settled() && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 10));
      timers.speed = speed;
      skew = 0;
    },
    async reboot() {
      await node.powerOff();
      timers.resume();
      await node.boot();
    },
    async program({ program, args, input, pid, cwd }) {
      switch (program) {
        case 'systemctl':
          return await systemctl(machine, systemd, args);
        case 'systemd-run':
          return await systemdRun(machine, systemd, args);
        case 'journalctl':
          return machine.journal.run(args);
        case 'logger':
          return logger(machine, args, input ?? '', pid);
        case 'kubelet':
          return judge(machine, args, cwd);
        default:
          return helpOf(program, args) ?? { exit: 127, stdout: '', stderr: `${program}: command not found\n` };
      }
    },
    async powerOff() {
      timers.stop();
      systemd.powerOff();
      await services.kill();
      runtime.powerOff();
      machine.ports.clear();
      await outside.close();
      rmSync(join(root, 'run'), { recursive: true, force: true });
      mkdirSync(join(root, 'run'));
    },
  };
  return node;
}

/** As systemd-resolved does at boot: the kubelet's resolvConf names it. */
function writeResolver(root: string): void {
  mkdirSync(join(root, 'run/systemd/resolve'), { recursive: true });
  writeFileSync(join(root, 'run/systemd/resolve/resolv.conf'), 'nameserver 192.0.2.53\n');
}

/** Units that are wanted at boot, but for the two that have their place in it. */
function enabledUnits(root: string): string[] {
  const system = join(root, 'etc/systemd/system');
  const found = (existsSync(system) ? readdirSync(system) : [])
    .filter((name) => /\.(wants|requires)$/.test(name))
    .flatMap((name) => readdirSync(join(system, name)));
  return [...new Set(found)]
    .filter((name) => name.endsWith('.service') && name !== 'kubelet.service' && name !== 'containerd.service')
    .sort();
}
