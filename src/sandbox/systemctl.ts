/** systemctl of a pretend node: options in, systemd's own words and exit statuses out. */
import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Machine } from './machine.ts';
import type { ProgramAnswer } from './scripts.ts';
import type { Systemd } from './systemd.ts';
import { exists, propertiesOf, wants } from './unit-properties.ts';

export const done = (stdout = '', exit = 0): ProgramAnswer => ({ exit, stdout, stderr: '' });
export const failed = (stderr: string, exit = 1): ProgramAnswer => ({ exit, stdout: '', stderr: `${stderr}\n` });
export const fullName = (name: string): string =>
  /\.(service|timer|mount|target|socket|path)$/.test(name) ? name : `${name}.service`;

/** What root's systemctl says when systemd does not listen on its private socket (systemctl-util.c, acquire_bus). */
export const noBus = (): ProgramAnswer => failed('Failed to connect to bus: Connection refused');
const JOBS = ['start', 'stop', 'restart', 'try-restart'];
const SWITCHES = [
  '--value',
  '--no-pager',
  '--quiet',
  '-q',
  '--no-legend',
  '--plain',
  '--all',
  '-a',
  '--no-block',
  '--full',
  '-l',
  '--now',
  '--system',
  '--no-ask-password',
];

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
  if (machine.faults.holds('bus-down') && !JOBS.includes(verb)) return noBus();
  switch (verb) {
    case 'show':
      return done(units.map((name) => show(machine, systemd, name, properties, switches.has('--value'))).join('\n'));
    case 'is-active': {
      const states = units.map((name) => systemd.unit(name).active);
      return done(
        switches.has('--quiet') || switches.has('-q') ? '' : states.map((state) => `${state}\n`).join(''),
        states.includes('active') ? 0 : 3,
      );
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
        if (name === 'kubelet.service') machine.faults.countJob();
        if (machine.faults.holds('bus-down')) return noBus();
        const answer = await job(machine, systemd, verb, name, switches.has('--no-block'));
        if (answer.exit !== 0) return answer;
      }
      return done();
    case 'reset-failed':
      for (const unit of units.map((name) => systemd.unit(name))) {
        if (unit.active === 'failed') Object.assign(unit, { active: 'inactive', sub: 'dead' });
        Object.assign(unit, { result: 'success', restarts: 0 });
        if (unit.name === 'kubelet.service') machine.faults.clear('start-limit');
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

/** Why a job failed, by the unit's result (systemd 252, bus-wait-for-jobs.c). */
const REASONS: Record<string, string> = {
  timeout: 'a timeout was exceeded',
  'start-limit-hit': 'start of the service was attempted too often',
};

async function job(
  { faults }: Machine,
  systemd: Systemd,
  verb: 'start' | 'stop' | 'restart' | 'try-restart',
  name: string,
  noBlock: boolean,
): Promise<ProgramAnswer> {
  const unit = systemd.unit(name);
  if (unit.file.fragment === undefined) {
    return failed(`Failed to ${verb} ${name}: Unit ${name} not ${verb === 'stop' ? 'loaded' : 'found'}.`, 5);
  }
  const kubelet = name === 'kubelet.service';
  if (kubelet && verb !== 'stop' && faults.holds('unit-masked')) return failed(`Failed to ${verb} ${name}: Unit ${name} is masked.`);
  if (kubelet && faults.holds('job-hangs')) return await new Promise(() => {});
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
  const why = REASONS[result] ?? 'the control process exited with error code';
  const hint = result === 'start-limit-hit' ? `\nTo force a start use "systemctl reset-failed ${name}"\nfollowed by "systemctl start ${name}" again.` : '';
  return failed(`Job for ${name} failed because ${why}.\nSee "systemctl status ${name}" and "journalctl -xeu ${name}" for details.${hint}`);
}

function show(machine: Machine, systemd: Systemd, name: string, wanted: readonly string[], valueOnly: boolean): string {
  const all = propertiesOf(machine, systemd, systemd.unit(name));
  const keys = wanted.length === 0 ? Object.keys(all) : wanted;
  return keys
    .flatMap((key) => {
      const value = all[key];
      return (value === undefined ? [] : Array.isArray(value) ? (value.length === 0 ? [''] : value) : [value]).map((each) =>
        valueOnly ? `${each}\n` : `${key}=${each}\n`,
      );
    })
    .join('');
}
