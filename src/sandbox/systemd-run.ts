/** systemd-run and logger of a pretend node. */
import type { Machine } from './machine.ts';
import type { ProgramAnswer } from './scripts.ts';
import { done, failed, fullName, noBus } from './systemctl.ts';
import type { Systemd } from './systemd.ts';
import { spanMs } from './unit-file.ts';

/** `systemd-run --unit=N -p K=V … [--on-active=SPAN] -- argv`. */
export async function systemdRun({ faults }: Machine, systemd: Systemd, args: readonly string[]): Promise<ProgramAnswer> {
  const words = faults.get('systemd-run-fails');
  if (words !== undefined) return failed(words);
  if (faults.holds('bus-down')) return noBus();
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
  const fields = Object.fromEntries(
    input
      .split('\n')
      .filter((line) => /^[A-Z_]+=/.test(line))
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
  const journald = args.some((argument) => argument.startsWith('--journald'));
  const { MESSAGE, PRIORITY, SYSLOG_IDENTIFIER, ...others } = journald
    ? fields
    : ({ MESSAGE: input.trim() } as Record<string, string>);
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
