/**
 * One run of kcfg: argv → request → command → exit status. Errors end here: those kcfg knows as their lines, or as
 * JSON; anything else is a bug and is called one. Parser and table are all that is loaded before the command is known.
 */
import { EXIT, type ExitStatus } from '../errors.ts';
import type { Host } from '../host/host.ts';
import type { Command } from './command.ts';
import type { Context } from './context.ts';
import type { TextStream } from '../report/screen.ts';
import { openOutput, type Format, type Output, type StdIn } from './output.ts';
import { formatOf, parse } from './parse.ts';
import { NOTICE, PENDING } from '../transaction/store.ts';
import { isOn, valueOf, type Request } from './request.ts';

/** What main.ts takes from the process, and tests pretend. */
export interface Machine {
  /** Without node and script. */
  argv: readonly string[];
  env: Readonly<Record<string, string | undefined>>;
  stdin: StdIn;
  stdout: TextStream;
  stderr: TextStream;
  version: string;
  openHost(options: { root?: string; sandbox?: string }): Promise<Host>;
  onInterrupt: Context['onInterrupt'];
}

/** Runs kcfg once. Never throws. */
export async function runProgram(machine: Machine): Promise<ExitStatus> {
  let command: Command | undefined;
  let out = outputOf(machine, undefined);
  try {
    const parsed = parse(machine.argv);
    const { request } = parsed;
    command = parsed.command;
    out = outputOf(machine, request);
    if (isOn(request, 'version')) return await printVersion(out, machine.version);
    if (isOn(request, 'help')) {
      machine.stdout.write(`${(await import('./help.ts')).commandHelp(command).join('\n')}\n`);
      return EXIT.done;
    }
    const root = valueOf(request, 'root');
    const sandbox = machine.env['KCFG_SANDBOX'];
    const host = await machine.openHost({ ...(root !== undefined && { root }), ...(sandbox && { sandbox }) });
    // metrics have it, and are written every few minutes
    if (!OF_THEMSELVES.has(command.name) && out.format !== 'prometheus') await tellNotice(host, out);
    const { run } = await command.load();
    return await run({ host, request, out, version: machine.version, onInterrupt: machine.onInterrupt });
  } catch (error) {
    const { tellFailure } = await import('./failure.ts');
    return await tellFailure(error, out, command);
  }
}

/** Commands that are no node's business, or that tell it themselves. */
const OF_THEMSELVES: ReadonlySet<string> = new Set(['internal', 'sandbox', 'fleet', 'explain', 'show', 'confirm', 'abort']);

/** A change that was cut off, or waits for somebody, is told by the next kcfg of any kind, before its own work. */
async function tellNotice(host: Host, out: Output): Promise<void> {
  if (!(await isThere(host, NOTICE)) && !(await isThere(host, PENDING))) return;
  const { noticeLines } = await import('../transaction/notice.ts');
  const lines = await noticeLines(host, out.progress.style, out.progress.columns());
  if (out.format === 'json') for (const text of lines) out.progress.write(`${JSON.stringify({ event: 'warning', text })}\n`);
  else out.note(...lines, ...(lines.length === 0 ? [] : ['']));
}

/** Others than root may not look into kcfg's directory, and are told nothing. */
async function isThere(host: Host, path: string): Promise<boolean> {
  return await host.files.info(path).then((info) => info !== undefined, () => false);
}

function outputOf(machine: Machine, request: Request | undefined): Output {
  const { stdin, stdout, stderr, env } = machine;
  const format = request ? valueOf(request, 'output') : formatOf(machine.argv);
  return openOutput({
    ...{ stdin, stdout, stderr, env },
    format: isFormat(format) ? format : 'human',
    quiet: request !== undefined && isOn(request, 'quiet'),
    verbose: request !== undefined && isOn(request, 'verbose'),
    noColour: machine.argv.includes('--no-color'),
  });
}

function isFormat(text: string | undefined): text is Format {
  return text === 'human' || text === 'json' || text === 'yaml' || text === 'prometheus';
}

async function printVersion(out: Output, version: string): Promise<ExitStatus> {
  out.lines(`kcfg ${version}`);
  await out.document({ version });
  return EXIT.done;
}
