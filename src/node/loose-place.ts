/**
 * Places that others than root may write to. Node.js opens by path, not relative to an open directory (it has no openat(2)),
 * so between a look and the deed a writer of any directory above could put another one in its place. There must be none: then
 * there is nothing to race with, and no planted link, hard link or name. The sticky bit of /tmp does not help: whoever
 * comes first has the name.
 */
import { posix } from 'node:path';
import { KcfgError } from '../errors.ts';
import type { FileInfo, Host } from '../host/host.ts';
import { shellWord } from '../plan/shell-word.ts';
import type { Plan } from '../plan/plan.ts';

/** Before anything is asked: each directory above what the steps write. Throws `unsafe-owner`. */
export async function refuseLoosePlaces(host: Host, { steps }: Pick<Plan, 'steps'>): Promise<void> {
  const seen = new Set<string>();
  const root = await host.files.info('/');
  for (const path of steps.flatMap(placesOf)) {
    for (let directory = path; !seen.has(directory); directory = posix.dirname(directory)) {
      seen.add(directory);
      const info = await host.files.target(directory);
      if (info?.kind !== 'directory') continue;
      const why = looseness(host, info, root?.uid ?? 0);
      if (why === undefined) continue;
      throw new KcfgError('unsafe-owner', `others may write to ${directory}`, {
        where: [{ file: directory, label: why }],
        notes: ['whoever may put a name there can have kcfg, and the kubelet, take another file for the one that is meant'],
        help: ['choose another place, or let only root write there:', `  chown root ${shellWord(directory)}; chmod go-w ${shellWord(directory)}`],
      });
    }
  }
}

/** Directories that a step puts names into. */
function placesOf(step: Plan['steps'][number]): string[] {
  if (step.kind === 'unpin-manifests' || step.kind === 'edit-manifests') return step.files.map(({ path }) => posix.dirname(path));
  if (step.kind === 'make-directory') return [step.path];
  return 'path' in step ? [posix.dirname(step.path)] : [];
}

/** The group root is root's own. On a pretend node, and in a tree, the owner is whoever has made it. */
function looseness(host: Host, { uid, gid, mode }: FileInfo, owner: number): string | undefined {
  const group = (mode & 0o020) !== 0 && gid !== 0 && !host.sandbox;
  if (uid !== 0 && uid !== host.user.uid && (host.live || uid !== owner)) return `owner ${uid}`;
  return group || (mode & 0o002) !== 0 ? `mode ${mode.toString(8).padStart(4, '0')}` : undefined;
}
