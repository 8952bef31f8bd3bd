/** The kcfg that runs a change, kept in its folder: an upgrade of kcfg in the middle does not swap it. */
import { posix } from 'node:path';
import { KcfgError } from '../errors.ts';
import type { Host } from '../host/host.ts';
import { readOutcome, type Folder } from './store.ts';

const pathOf = (folder: Folder): string => `${folder.path}/program`;

/** Copies it there and returns the arguments that start it. */
export async function keepProgram(host: Host, folder: Folder): Promise<readonly string[]> {
  const script = host.self.at(-1);
  if (host.sandbox || script === undefined || posix.basename(script) !== 'main.js') return host.self;
  const { exitCode, stderr } = await host.run(['cp', '-r', '--', posix.dirname(script), pathOf(folder)]);
  if (exitCode !== 0) throw new KcfgError('io', `the program could not be kept: ${stderr.trim()}`, { where: [{ file: pathOf(folder) }] });
  return await programOf(host, folder);
}

/** The kept one, or the one that runs now where none is kept. */
export async function programOf(host: Host, folder: Folder): Promise<readonly string[]> {
  const [node] = host.self;
  const kept = `${pathOf(folder)}/main.js`;
  return node === undefined || host.sandbox || (await host.files.info(kept)) === undefined ? host.self : [node, kept];
}

/** Once a change is decided its program has no more to do. The last act of its last process: nothing can be loaded after. */
export async function dropProgram(host: Host, folder: Folder): Promise<void> {
  const result = (await readOutcome(host, folder))?.result;
  if (host.sandbox || (result !== 'done' && result !== 'rolled-back' && result !== 'unchanged')) return;
  await host.run(['rm', '-rf', '--', pathOf(folder)]);
}
