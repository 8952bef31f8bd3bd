/** The manifest that a word names, and its text as people edit and judge it: without kcfg's pin. */
import { KcfgError } from '../errors.ts';
import type { Host } from '../host/host.ts';
import { applyEdits } from '../kubelet/edits.ts';
import { unpinEdits } from '../manifests/pin.ts';
import type { Entry, Observed } from '../node/observed.ts';

/** By the pod's name, or by the file: its name there, or a path that leads to it, such as one through the old directory. */
export async function findManifest(host: Host, { directory }: Observed, word: string): Promise<Entry | undefined> {
  const entries = directory.entries.filter(({ skipped }) => skipped === undefined || skipped.why === 'invalid');
  const named = entries.find(({ manifest, name, path }) => manifest?.name === word || name === word || path === word);
  if (named !== undefined || !word.startsWith('/')) return named;
  const real = await host.files.resolve(word).catch(() => undefined);
  return real === undefined ? undefined : entries.find(({ name }) => `${directory.real ?? directory.path}/${name}` === real);
}

/** What does not parse has no pin that could be found; the check tells what is wrong with it. */
export function withoutPin(path: string, bytes: Buffer): Buffer {
  try {
    return applyEdits(bytes, unpinEdits(path, bytes));
  } catch (error) {
    if (error instanceof KcfgError) return bytes;
    throw error;
  }
}
