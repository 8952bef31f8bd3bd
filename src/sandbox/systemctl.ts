/** systemctl, systemd-run and logger of a pretend node: options in, systemd's own words and exit statuses out. */
import { lstatSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Machine } from './machine.ts';
import type { ProgramAnswer } from './scripts.ts';
import type { Systemd, Unit } from './systemd.ts';
import { commandOf, environmentOf, readUnit, spanMs, valuesOf } from './unit-file.ts';

const done = (stdout = '', exit = 0): ProgramAnswer => ({ exit, stdout, stderr: '' });
const failed = (stderr: string, exit = 1): ProgramAnswer => ({ exit, stdout: '', stderr: `${stderr}\n` });
const fullName = (name: string): string => (/\.(service|timer|mount|target|socket|path)$/.test(name) ? name : `${name}.service`);

const SWITCHES = ['--value', '--no-pager', '--quiet', '-q', '--no-legend', '--plain', '--all', '-a', '--no-block', '--full', '-l', '--now', '--system', '--no-ask-password'];

export async function systemctl(machine: Machine, systemd: Systemd, args: readonly string[]): Promise<ProgramAnswer> {
  const properties: string[] = [];
  const switches = new Set<string>();
  const rest: string[] = [];
  let signal: NodeJS.Signals = 'SIGTERM';
  const todo = args.flatMap((argument) => {
    const [, name, value] = /^(--[a-z-]+)=(.*)$/.exec(argument) ?? /^(-[ps])(.+)$/.exec(argument) ?? [];
    return name === undefined || value === undefined ? [argument] : [name, value];
  });
  while (todo.length > 0) {
    const word = todo.shift() as string;
    if (word === '-p' || word === '--property' || word === '-P') {
      if (word === '-P') switches.add('--value');
      properties.push(...(todo.shift() ?? '').split(','));
    } else if (word === '-s' || word === '--signal') signal = `SIG${(todo.shift() ?? '').replace(/^SIG/, '')}` as NodeJS.Signals;
    else if (word === '--kill-whom' || word === '--kill-who' || word === '--job-mode') todo.shift();
    else if (word === '--') rest.push(...todo.splice(0));
    else if (word.startsWith('-')) {
      if (!SWITCHES.includes(word)) return failed(`systemctl: unrecognized option '${word}'`);
      switches.add(word);
    } else rest.push(word);
  }
  const [verb = 'list-units', ...names] = rest;
  const units = names.map(fullName);
  switch (verb) {
    case 'show':
      return done(units.map((name) => show(machine, systemd, name, properties, switches.has('--value'))).join('\n'));
    case 'is-active': {
      const states = units.map((name) => systemd.unit(name).active);
      return done(switches.has('--quiet') || switches.has('-q') ? '' : states.map((state) => `${state}\n`).join(''), states.includes('active') ? 0 : 3);
    }
    case 'is-enabled': {
      const states = units.map((name) => (wants(machine, name).some((link) => exists(link)) ? 'enabled' : 'disabled'));
      return done(states.map((state) => `${state}\n`).join(''), states.includes('enabled') ? 0 : 1);
    }
    case 'daemon-reload':
      systemd.reload();
      return done();
    case 'start':
    case 'stop':
    case 'restart':
    case 'try-restart':
      for (const name of units) {
        const answer = await job(systemd, verb, name, switches.has('--no-block'));
        if (answer.exit !== 0) return answer;
      }
      return done();
    case 'reset-failed':
      for (const unit of units.map((name) => systemd.unit(name))) {
        if (unit.active === 'failed') Object.assign(unit, { active: 'inactive', sub: 'dead' });
        Object.assign(unit, { result: 'success', restarts: 0 });
      }
      return done();
    case 'kill':
      for (const unit of units.map((name) => systemd.unit(name))) unit.run?.kill(signal);
      return done();
    case 'enable':
    case 'disable':
      for (const name of units) {
        const fragment = systemd.unit(name).file.fragment;
        if (fragment === undefined) return failed(`Failed to ${verb} unit: Unit file ${name} does not exist.`);
        for (const link of wants(machine, name)) {
          rmSync(link, { force: true });
          if (verb === 'disable') continue;
          mkdirSync(dirname(link), { recursive: true });
          symlinkSync(fragment, link);
        }
      }
      return done();
    case 'list-units':
    case 'list-timers': {
      const globs = names.map((name) => new RegExp(`^${name.replace(/\./g, '\\.').replace(/\*/g, '.*')}$`));
      const listed = systemd.loaded().filter((unit) => globs.length === 0 || globs.some((glob) => glob.test(unit.name)));
      return done(listed.map((unit) => `${unit.name} loaded ${unit.active} ${unit.sub} ${unit.name}\n`).join(''));
    }
    default:
      return failed(`Unknown command verb '${verb}'.`);
  }
}

async function job(systemd: Systemd, verb: 'start' | 'stop' | 'restart' | 'try-restart', name: string, noBlock: boolean): Promise<ProgramAnswer> {
  const unit = systemd.unit(name);
  if (unit.file.fragment === undefined) {
    return failed(`Failed to ${verb} ${name}: Unit ${name} not ${verb === 'stop' ? 'loaded' : 'found'}.`, 5);
  }
  const run = async (): Promise<boolean> => {
    if (verb !== 'start') await systemd.stop(name);
    return verb === 'stop' || (await systemd.start(name));
  };
  if (noBlock) {
    void run();
    return done();
  }
  if (await run()) return done();
  const { result } = unit;
  const why = result === 'timeout' ? 'a timeout was exceeded' : 'the control process exited with error code';
  return failed(`Job for ${name} failed because ${why}.\nSee "systemctl status ${name}" and "journalctl -xeu ${name}" for details.`);
}

/** The links that `enable` makes, on this machine. */
function wants(machine: Machine, name: string): string[] {
  const file = readUnit(machine.root, name);
  return [
    ...valuesOf(file, 'WantedBy').map((target) => join(machine.root, `etc/systemd/system/${target}.wants/${name}`)),
    ...valuesOf(file, 'RequiredBy').map((target) => join(machine.root, `etc/systemd/system/${target}.requires/${name}`)),
  ];
}

const exists = (path: string): boolean => lstatSync(path, { throwIfNoEntry: false }) !== undefined;

function show(machine: Machine, systemd: Systemd, name: string, wanted: readonly string[], valueOnly: boolean): string {
  const all = propertiesOf(machine, systemd, systemd.unit(name));
  const keys = wanted.length === 0 ? Object.keys(all) : wanted;
  return keys
    .flatMap((key) => {
      const value = all[key];
      return (value === undefined ? [] : Array.isArray(value) ? (value.length === 0 ? [''] : value) : [value]).map((each) => (valueOnly ? `${each}\n` : `${key}=${each}\n`));
    })
    .join('');
}

function propertiesOf(machine: Machine, systemd: Systemd, unit: Unit): Record<string, string | string[]> {
  const { file } = unit;
  const micros = (at: number): string => (at === 0 ? '0' : String(Math.round((at - machine.bootedAt) * 1000)));
  const stamp = (at: number): string => (at === 0 ? '' : `${new Date(at).toUTCString().slice(0, 3)} ${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`);
  const environment = valuesOf(file, 'Environment').flatMap((line) => line.match(/"[^"]*"|\S+/g) ?? []);
  const env = environmentOf(machine.root, file);
  const commands = valuesOf(file, 'ExecStart').map((line) => {
    // systemctl shows variables as they stand
    const { argv } = commandOf(line, Object.fromEntries(Object.keys(env).map((key) => [key, `$${key}`])));
    const started = unit.startedAt === 0 ? 'n/a' : stamp(unit.startedAt);
    return `{ path=${argv[0] ?? ''} ; argv[]=${argv.join(' ')} ; ignore_errors=no ; start_time=[${started}] ; stop_time=[n/a] ; pid=${unit.pid} ; code=(null) ; status=0/0 }`;
  });
  return {
    Id: unit.name,
    LoadState: file.fragment === undefined ? 'not-found' : 'loaded',
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
    EnvironmentFiles: valuesOf(file, 'EnvironmentFile').map((path) => `${path.replace(/^-/, '')} (ignore_errors=${path.startsWith('-') ? 'yes' : 'no'})`),
    ExecStart: commands,
    ControlGroup: `/system.slice/${unit.name}`,
    Description: valuesOf(file, 'Description').at(-1) ?? unit.name,
  };
}

/** `systemd-run --unit=N -p K=V … [--on-active=SPAN] -- argv`. */
export async function systemdRun(systemd: Systemd, args: readonly string[]): Promise<ProgramAnswer> {
  const properties: string[] = [];
  let name = `run-r${Math.random().toString(16).slice(2)}.service`;
  let after: number | undefined;
  let quiet = false;
  const todo = [...args];
  while (todo.length > 0 && todo[0]?.startsWith('-')) {
    const [option = '', ...parts] = (todo.shift() as string).split('=');
    const value = (): string => (parts.length > 0 ? parts.join('=') : (todo.shift() ?? ''));
    if (option === '--') break;
    if (option === '-p' || option === '--property') properties.push(value());
    else if (option === '-u' || option === '--unit') name = fullName(value());
    else if (option === '-E' || option === '--setenv') properties.push(`Environment=${JSON.stringify(value())}`);
    else if (option === '--description') properties.push(`Description=${value()}`);
    else if (option === '--service-type') properties.push(`Type=${value()}`);
    else if (option === '--on-active') after = spanMs(value());
    else if (option === '--timer-property' || option === '--slice') value();
    else if (option === '-q' || option === '--quiet') quiet = true;
    else if (!['--collect', '-G', '--no-block', '--system', '--no-ask-password', '--send-sighup'].includes(option)) {
      return failed(`systemd-run: unrecognized option '${option}'`);
    }
  }
  if (todo.length === 0) return failed('Command line to execute required.');
  const quoted = todo.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : JSON.stringify(word).replace(/\$/g, '$$$$')));
  try {
    const ok = await systemd.transient(name, [...properties, `ExecStart=${quoted.join(' ')}`], after);
    if (!ok) return failed(`Job for ${name} failed.`);
  } catch (error) {
    return failed((error as Error).message);
  }
  return { exit: 0, stdout: '', stderr: quiet ? '' : `Running as unit: ${name}\n` };
}

/** `logger [-t TAG] TEXT`, and `logger --journald` with fields on its standard input. */
export function logger(machine: Machine, args: readonly string[], input: string, pid: number): ProgramAnswer {
  const tag = args.indexOf('-t') >= 0 ? args[args.indexOf('-t') + 1] : undefined;
  const fields = Object.fromEntries(input.split('\n').filter((line) => /^[A-Z_]+=/.test(line)).map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));
  const journald = args.some((argument) => argument.startsWith('--journald'));
  const { MESSAGE, PRIORITY, SYSLOG_IDENTIFIER, ...others } = journald ? fields : ({ MESSAGE: input.trim() } as Record<string, string>);
  machine.journal.write({
    at: machine.now(),
    identifier: SYSLOG_IDENTIFIER ?? tag ?? 'logger',
    pid,
    priority: Number(PRIORITY ?? 5),
    message: MESSAGE ?? '',
    fields: others,
  });
  return done();
}
