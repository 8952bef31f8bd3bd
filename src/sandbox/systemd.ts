/**
 * The pretend systemd of a node: units by name, their states and jobs. The kubelet and containerd are pretend services
 * (Pretend), everything else in the tree or from systemd-run is a real program (service.ts).
 */
import type { Machine } from './machine.ts';
import { runService, type ServiceRun } from './service.ts';
import { conditionsHold, readUnit, spanMs, type UnitFile, unitOf, valueOf, valuesOf } from './unit-file.ts';

export type ActiveState = 'inactive' | 'activating' | 'active' | 'deactivating' | 'failed';
export interface Unit {
  name: string;
  /** As systemd has it in memory: older than the disk until daemon-reload. */
  file: UnitFile;
  transient: boolean;
  active: ActiveState;
  sub: string;
  result: string;
  pid: number;
  /** Milliseconds since the epoch, 0 = never. */
  startedAt: number;
  endedAt: number;
  exitStatus: string;
  restarts: number;
  conditionResult: boolean;
  run?: ServiceRun;
  /** Withdraws what is planned for it: a restart, the start of a timer. */
  cancel?: () => void;
}
/** A pretend service: start resolves when the job is done, with the process number; it calls exited when it ends. */
export interface Pretend {
  /** Instead of a process number, what the unit's result is: no process was started. */
  start(unit: Unit, exited: (code: number) => void): Promise<number | string>;
  /** 'timeout': it had to be killed. */
  stop(unit: Unit): Promise<'timeout' | undefined>;
}

export interface Systemd {
  /** Loads it when it is not loaded. */
  unit(name: string): Unit;
  loaded(): Unit[];
  start(name: string): Promise<boolean>;
  stop(name: string): Promise<void>;
  reload(): void;
  needsReload(unit: Unit): boolean;
  /** systemd-run: registers a unit made of properties; with `afterMs`, a timer starts it later. */
  transient(name: string, properties: readonly string[], afterMs?: number): Promise<boolean>;
  /** The machine goes down: nothing is asked, nothing runs any more. */
  powerOff(): void;
}

const NEVER_STARTED = { active: 'inactive', sub: 'dead', result: 'success', pid: 0, startedAt: 0, endedAt: 0 } as const;
const NEW = { ...NEVER_STARTED, exitStatus: '0', restarts: 0, conditionResult: true };
const RESTART_MS = 100; // DefaultRestartSec=

export function createSystemd(machine: Machine, pretend: Record<string, Pretend>): Systemd {
  const units = new Map<string, Unit>();
  const say = (unit: Unit, message: string, priority = 6): void =>
    machine.journal.write({ at: machine.now(), unit: unit.name, identifier: 'systemd', pid: 1, priority, message });
  const describe = (unit: Unit): string => `${unit.name} - ${valueOf(unit.file, 'Description') ?? unit.name}`;
  /** A unit that has no file is not kept: it may come yet. */
  const create = (name: string, file: UnitFile, transient: boolean): Unit => {
    const unit: Unit = { name, file, transient, ...NEW };
    if (file.fragment !== undefined) units.set(name, unit);
    return unit;
  };
  const set = (unit: Unit, active: ActiveState, sub: string): void => void Object.assign(unit, { active, sub });

  /** The main process ended by itself. */
  const ended = (unit: Unit, result: string, status: string): void => {
    Object.assign(unit, { pid: 0, endedAt: machine.now(), exitStatus: status, result });
    const restart = valueOf(unit.file, 'Restart');
    if (result !== 'success') {
      say(unit, `${unit.name}: Main process exited, code=exited, status=${status}/FAILURE`, 5);
      say(unit, `${unit.name}: Failed with result '${result}'.`, 4);
    }
    if (restart === 'always' || (restart === 'on-failure' && result !== 'success')) {
      set(unit, 'activating', 'auto-restart');
      unit.cancel = machine.timers.after(spanMs(valueOf(unit.file, 'RestartSec') ?? '') ?? RESTART_MS, () => {
        unit.restarts += 1;
        say(unit, `${unit.name}: Scheduled restart job, restart counter is at ${unit.restarts}.`);
        void systemd.start(unit.name);
      });
    } else set(unit, result === 'success' ? 'inactive' : 'failed', result === 'success' ? 'dead' : 'failed');
  };

  const startProgram = async (unit: Unit): Promise<boolean> => {
    const run = runService(machine, unit.file);
    const oneshot = valueOf(unit.file, 'Type') === 'oneshot';
    Object.assign(unit, { run, pid: run.pid, startedAt: machine.now() });
    set(unit, oneshot ? 'activating' : 'active', oneshot ? 'start' : 'running');
    const finished = run.done.then(({ result, status }) => {
      delete unit.run;
      if (oneshot && result === 'success' && valueOf(unit.file, 'RemainAfterExit') === 'yes') set(unit, 'active', 'exited');
      else ended(unit, result, status);
      // a transient unit goes when it is over; --collect, which kcfg always gives, takes failed ones too
      if (unit.transient && unit.active !== 'activating') units.delete(unit.name);
      return result === 'success';
    });
    void run.ended.then(() => {
      if (unit.run === run && valuesOf(unit.file, 'ExecStopPost').length > 0) set(unit, 'deactivating', 'stop-post');
    });
    return oneshot ? await finished : true;
  };

  const systemd: Systemd = {
    unit: (name) => units.get(name) ?? create(name, readUnit(machine.root, name), false),
    loaded: () => [...units.values()],
    async start(name) {
      const unit = systemd.unit(name);
      unit.cancel?.();
      if (unit.active === 'active' || unit.run !== undefined) return true;
      unit.conditionResult = conditionsHold(machine.root, unit.file);
      if (!unit.conditionResult) {
        say(unit, `${describe(unit)} was skipped because of an unmet condition check.`);
        return true;
      }
      unit.result = 'success';
      set(unit, 'activating', 'start-pre');
      const service = pretend[name];
      if (service === undefined) return await startProgram(unit);
      const startedAt = machine.now();
      let over = false;
      const pid = await service.start(unit, (code) => {
        over = true;
        ended(unit, 'exit-code', String(code));
      });
      if (typeof pid === 'string') {
        Object.assign(unit, { result: pid });
        set(unit, 'failed', 'failed');
        say(unit, pid === 'timeout' ? `${unit.name}: start-pre operation timed out. Terminating.` : `${unit.name}: Failed with result '${pid}'.`, 4);
        return false;
      }
      if (!over) {
        Object.assign(unit, { pid, startedAt });
        set(unit, 'active', 'running');
        say(unit, `Started ${describe(unit)}.`);
      }
      return true;
    },
    async stop(name) {
      const unit = systemd.unit(name);
      unit.cancel?.();
      const service = pretend[name];
      if (service !== undefined) {
        if (unit.active === 'inactive' || unit.active === 'failed') return;
        set(unit, 'deactivating', 'stop-sigterm');
        const how = await service.stop(unit);
        Object.assign(unit, { pid: 0, endedAt: machine.now(), ...(how === undefined ? {} : { result: how }) });
        if (how !== undefined) say(unit, `${unit.name}: State 'stop-sigterm' timed out. Killing.`, 4);
        set(unit, how === undefined ? 'inactive' : 'failed', how === undefined ? 'dead' : 'failed');
        say(unit, `Stopped ${describe(unit)}.`);
        return;
      }
      const { run } = unit;
      run?.stop();
      await run?.done;
      set(unit, 'inactive', 'dead');
      if (unit.transient) units.delete(name);
    },
    reload() {
      for (const unit of [...units.values()].filter((each) => !each.transient)) {
        unit.file = readUnit(machine.root, unit.name);
        if (unit.file.fragment === undefined && unit.active !== 'active') units.delete(unit.name);
      }
    },
    needsReload: (unit) => !unit.transient && readUnit(machine.root, unit.name).stamp !== unit.file.stamp,
    async transient(name, properties, afterMs) {
      if (units.has(name))
        throw new Error(`Failed to start transient service unit: Unit ${name} was already loaded or has a fragment file.`);
      create(name, unitOf(name, properties), true);
      if (afterMs === undefined) return await systemd.start(name);
      const timer = create(name.replace(/\.service$/, '.timer'), unitOf(name, []), true);
      set(timer, 'active', 'waiting');
      const handle = setTimeout(() => {
        units.delete(timer.name);
        void systemd.start(name);
      }, afterMs);
      timer.cancel = () => {
        clearTimeout(handle);
        units.delete(timer.name);
        units.delete(name);
      };
      return true;
    },
    powerOff() {
      for (const unit of units.values()) {
        unit.cancel?.();
        // the plug is pulled: not even ExecStopPost= runs
        if (unit.run !== undefined) unit.file.values.delete('ExecStopPost');
        unit.run?.kill('SIGKILL');
      }
      units.clear();
    },
  };
  return systemd;
}
