/** `kcfg sandbox`: pretend nodes on this machine. Says what it did; all else is in src/sandbox/. */
import type { Context } from '../cli/context.ts';
import { isOn, valueOf } from '../cli/request.ts';
import { EXIT, type ExitStatus, KcfgError } from '../errors.ts';
import { wrap } from '../report/width.ts';
import { BREAKS, breakNode } from '../sandbox/break.ts';
import { ask } from '../sandbox/control.ts';
import { runDaemon } from '../sandbox/daemon.ts';
import { controlSocket, nodeDirectory } from '../sandbox/layout.ts';
import { ensureDaemon, listNodes, ownHome, takeDown, tildePath } from '../sandbox/manage.ts';
import { runOnNode } from '../sandbox/shell.ts';

type Verb = (context: Context, base: string, words: string[]) => Promise<ExitStatus>;

const VERBS: Record<string, Verb> = { up, down, list, shell, exec, break: breakIt, reboot, daemon };

export async function run(context: Context): Promise<ExitStatus> {
  const [verb = '', ...words] = context.request.words;
  const chosen = Object.hasOwn(VERBS, verb) ? VERBS[verb] : undefined;
  if (chosen === undefined)
    throw new KcfgError('usage', `kcfg sandbox has no ${verb}`, { help: [Object.keys(VERBS).join(', ')] });
  try {
    return await chosen(context, ownHome(), words);
  } catch (error) {
    const denied = error instanceof Error && 'code' in error && (error.code === 'EACCES' || error.code === 'EROFS' || error.code === 'ENOSPC');
    if (!denied || error instanceof KcfgError) throw error;
    throw new KcfgError('sandbox', `the sandbox has no place for its files: ${error.message}`, { help: ['name a directory of yours: KCFG_SANDBOX_HOME=DIR kcfg sandbox up cp1'] });
  }
}

function nameIn(words: readonly string[], verb: string): string {
  const [name] = words;
  if (name === undefined)
    throw new KcfgError('usage', `kcfg sandbox ${verb} needs the name of a node`, { help: [`kcfg sandbox ${verb} cp1`] });
  return name;
}

async function up({ host, request, out }: Context, base: string, words: string[]): Promise<ExitStatus> {
  const name = nameIn(words, 'up');
  const speed = Number(valueOf(request, 'speed') ?? 1);
  if (!(speed > 0 && speed <= 1000))
    throw new KcfgError('usage', '--speed is a number between 0 and 1000', { help: ['kcfg sandbox up cp1 --speed 10'] });
  const worker = isOn(request, 'worker');
  await ensureDaemon(base, [...host.self, 'sandbox', 'daemon']);
  const { settings, seconds, existed } = await ask(controlSocket(base), { op: 'up', name, worker, speed });
  const directory = nodeDirectory(base, name);
  await out.document({ name, role: settings.role, directory, server: settings.server, seconds });
  const what = existed
    ? `is up again in ${seconds.toFixed(1)} s: the pretend ${settings.role}`
    : `is up in ${seconds.toFixed(1)} s: a pretend ${settings.role},`;
  out.lines(`${name} ${what} in ${tildePath(directory)}.`);
  const next: [string, string][] = [
    [`kcfg sandbox shell ${name}`, 'try kcfg in it, as on a node'],
    ...(settings.role === 'worker'
      ? []
      : ([[`kcfg sandbox break ${name} unknown-flag`, 'then, in it: kcfg doctor']] satisfies [string, string][])),
    [`kcfg sandbox down ${name}`, 'take it away, files and all'],
  ];
  const width = Math.max(...next.map(([command]) => command.length));
  out.lines('Next', ...next.map(([command, effect]) => `  ${command.padEnd(width)}   ${effect}`));
  return EXIT.done;
}

async function down({ request, out }: Context, base: string, words: string[]): Promise<ExitStatus> {
  const names = await takeDown(base, isOn(request, 'all') ? undefined : nameIn(words, 'down'));
  await out.document({ removed: names });
  out.lines(names.length === 0 ? 'There was no node in the sandbox.' : `Gone, files and all: ${names.join(', ')}.`);
  return EXIT.done;
}

async function list({ out }: Context, base: string): Promise<ExitStatus> {
  const nodes = await listNodes(base);
  await out.document({ nodes });
  if (nodes.length === 0) {
    out.lines('No node is in the sandbox.', 'Next', '  kcfg sandbox up cp1   a pretend control plane');
    return EXIT.done;
  }
  const width = Math.max(4, ...nodes.map(({ name }) => name.length));
  out.lines(`${'NODE'.padEnd(width)}  ROLE           STATE  API SERVER`);
  for (const { name, role, up: isUp, server } of nodes) {
    out.lines(`${name.padEnd(width)}  ${role.padEnd(13)}  ${isUp ? 'up   ' : 'down '}  ${server}`);
  }
  return EXIT.done;
}

async function shell({ host, out, onInterrupt }: Context, base: string, words: string[]): Promise<ExitStatus> {
  const name = nameIn(words, 'shell');
  out.note(
    `A pretend node: kcfg, systemctl and journalctl here are its own. Its files are below ${tildePath(nodeDirectory(base, name))}/root,`,
    'where this shell begins; / is still this machine. Leave it: exit',
  );
  await runOnNode(base, name, [], host.self, onInterrupt);
  return EXIT.done;
}

/** Its exit status is the program's own. */
async function exec({ host, onInterrupt }: Context, base: string, words: string[]): Promise<ExitStatus> {
  const name = nameIn(words, 'exec');
  const argv = words.slice(1);
  if (argv.length === 0)
    throw new KcfgError('usage', 'kcfg sandbox exec needs a command', {
      help: [`kcfg sandbox exec ${name} -- systemctl show kubelet`],
    });
  return (await runOnNode(base, name, argv, host.self, onInterrupt)) as ExitStatus;
}

async function breakIt({ out }: Context, base: string, words: string[]): Promise<ExitStatus> {
  const name = nameIn(words, 'break');
  const [, what] = words;
  if (what === undefined)
    throw new KcfgError('usage', 'kcfg sandbox break needs a case', { help: [`one of ${Object.keys(BREAKS).join(', ')}`] });
  const did = await breakNode(base, name, what);
  await out.document({ name, case: what, did });
  out.lines(...wrap(`${name} is broken: ${did}.`, out.columns), 'Next', `  kcfg sandbox exec ${name} -- kcfg doctor`);
  return EXIT.done;
}

async function reboot({ out }: Context, base: string, words: string[]): Promise<ExitStatus> {
  const name = nameIn(words, 'reboot');
  await ask(controlSocket(base), { op: 'reboot', name });
  await out.document({ name });
  out.lines(`${name} has restarted.`);
  return EXIT.done;
}

/** `daemon BASE [PARENT]`: what `up` starts, detached. */
async function daemon({ onInterrupt }: Context, home: string, words: string[]): Promise<ExitStatus> {
  const [base = home, parent] = words;
  await runDaemon({ base, onInterrupt, ...(parent === undefined ? {} : { parent: Number(parent) }) });
  return EXIT.done;
}
