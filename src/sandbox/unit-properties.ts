/** What `systemctl show` says of a unit, in systemd's own forms; and the links that `systemctl enable` makes. */
import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import type { Machine } from './machine.ts';
import type { Systemd, Unit } from './systemd.ts';
import { commandOf, environmentOf, readUnit, valuesOf } from './unit-file.ts';

/** Where `enable` puts links to a unit, as paths of this machine. */
export function wants(machine: Machine, name: string): string[] {
  const file = readUnit(machine.root, name);
  return [
    ...valuesOf(file, 'WantedBy').map((target) => join(machine.root, `etc/systemd/system/${target}.wants/${name}`)),
    ...valuesOf(file, 'RequiredBy').map((target) => join(machine.root, `etc/systemd/system/${target}.requires/${name}`)),
  ];
}

export const exists = (path: string): boolean => lstatSync(path, { throwIfNoEntry: false }) !== undefined;

/** Properties in the order in which `show` without -p prints them; a list is printed one line each. */
export function propertiesOf(machine: Machine, systemd: Systemd, unit: Unit): Record<string, string | string[]> {
  const { file } = unit;
  const micros = (at: number): string => (at === 0 ? '0' : String(Math.round((at - machine.bootedAt) * 1000)));
  const stamp = (at: number): string =>
    at === 0 ? '' : `${new Date(at).toUTCString().slice(0, 3)} ${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
  const environment = valuesOf(file, 'Environment').flatMap((line) => line.match(/"[^"]*"|\S+/g) ?? []);
  const env = environmentOf(machine.root, file);
  const commands = valuesOf(file, 'ExecStart').map((line) => {
    // systemctl shows variables as they stand
    const { argv } = commandOf(line, Object.fromEntries(Object.keys(env).map((key) => [key, `$${key}`])));
    const started = unit.startedAt === 0 ? 'n/a' : stamp(unit.startedAt);
    return `{ path=${argv[0] ?? ''} ; argv[]=${argv.join(' ')} ; ignore_errors=no ; start_time=[${started}] ; stop_time=[n/a] ; pid=${unit.pid} ; code=(null) ; status=0/0 }`;
  });
  const masked = unit.name === 'kubelet.service' && machine.faults.holds('unit-masked');
  return {
    Id: unit.name,
    LoadState: file.fragment === undefined ? 'not-found' : masked ? 'masked' : 'loaded',
    ActiveState: unit.active,
    SubState: unit.sub,
    Result: unit.result,
    MainPID: String(unit.pid),
    ExecMainPID: String(unit.pid),
    ExecMainStatus: unit.exitStatus,
    ExecMainCode: unit.pid > 0 ? '0' : '1',
    ExecMainStartTimestamp: stamp(unit.startedAt),
    ExecMainStartTimestampMonotonic: micros(unit.startedAt),
    ExecMainExitTimestamp: stamp(unit.endedAt),
    ExecMainExitTimestampMonotonic: micros(unit.endedAt),
    ActiveEnterTimestamp: stamp(unit.startedAt),
    ActiveEnterTimestampMonotonic: micros(unit.startedAt),
    NRestarts: String(unit.restarts),
    NeedDaemonReload: systemd.needsReload(unit) ? 'yes' : 'no',
    ConditionResult: unit.conditionResult ? 'yes' : 'no',
    FragmentPath: file.fragment ?? '',
    DropInPaths: file.dropIns.join(' '),
    UnitFileState: file.fragment === undefined ? '' : wants(machine, unit.name).some(exists) ? 'enabled' : 'disabled',
    Environment: environment.join(' '),
    EnvironmentFiles: valuesOf(file, 'EnvironmentFile').map(
      (path) => `${path.replace(/^-/, '')} (ignore_errors=${path.startsWith('-') ? 'yes' : 'no'})`,
    ),
    ExecStart: commands,
    ControlGroup: `/system.slice/${unit.name}`,
    Description: valuesOf(file, 'Description').at(-1) ?? unit.name,
  };
}
