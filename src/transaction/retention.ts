/**
 * History is kept for as long as configured: of older changes the old files go, and what was asked, by whom and how it ended
 * stays for good. So the UIDs that pods were born with and the links that were left (births and bridges, store.ts) are known
 * for ever; only going back from such a change is over.
 *
 * Done by the process that has just decided a change, while it holds the lock: no other change is at work, and none can begin.
 * The mark comes first and undo.sh goes before the files that it needs. What is cut off in between is taken up the next time.
 */
import type { Host } from '../host/host.ts';
import { readOwnConfig, type OwnConfig } from './own-config.ts';
import { prunedMark, readChanges, type Change } from './records.ts';
import { pendingId, writePrivate, type Folder } from './store.ts';

/** What goes, in this order. */
const GOES = ['undo.sh', 'README', 'old', 'found', 'events', 'program'] as const;

/** The last act after a change: its end stands, and nothing that goes wrong here touches it. With a configuration that cannot be read nothing goes. */
export async function keepHistoryShort(host: Host): Promise<void> {
  await readOwnConfig(host)
    .then((config) => pruneHistory(host, config))
    .catch(() => undefined);
}

/** Seconds. Nobody else can change the node meanwhile: what is left when they are over goes after the next change. */
const LONGEST = 5;

/** Returns the numbers of the changes that it took old files of, the oldest first. */
export async function pruneHistory(host: Host, { history }: OwnConfig): Promise<string[]> {
  const pending = await pendingId(host);
  const now = host.clock.now();
  const changes = await readChanges(host);
  const pruned: string[] = [];
  const began = host.clock.seconds();
  for (const change of tooOld(changes, history, pending, now).reverse()) {
    if (host.clock.seconds() - began > LONGEST) break;
    if (change.prunedAt !== undefined && !(await isLeft(host, change.folder))) continue;
    await prune(host, change.folder, change.prunedAt === undefined ? now.toISOString() : undefined);
    pruned.push(change.id);
  }
  return pruned;
}

/** `changes`: the newest first. Pure. */
export function tooOld(changes: readonly Change[], { keep, days }: OwnConfig['history'], pending: string | undefined, now: Date): Change[] {
  let counted = 0;
  return changes.filter((change) => {
    const { id, outcome, meta, plan, damage } = change;
    // what is not decided, or waits for a person, or cannot be read, is all that there is to mend it with
    if (id === pending || damage !== undefined || (outcome?.result !== 'done' && outcome?.result !== 'rolled-back' && outcome?.result !== 'unchanged')) return false;
    counted++;
    const at = Date.parse(meta?.startedAt ?? plan?.madeAt ?? '');
    // the newest one is always the way back from where the node is now
    if (counted === 1) return false;
    return (keep > 0 && counted > keep) || (days > 0 && now.getTime() - at > days * 86_400_000);
  });
}

/** Something is: it was cut off in between. */
async function isLeft(host: Host, folder: Folder): Promise<boolean> {
  for (const name of GOES) if ((await host.files.info(`${folder.path}/${name}`)) !== undefined) return true;
  return false;
}

async function prune(host: Host, folder: Folder, mark: string | undefined): Promise<void> {
  if (mark !== undefined) await writePrivate(host, prunedMark(folder), `${mark}\n`);
  for (const name of GOES) await removeTree(host, `${folder.path}/${name}`);
}

/** Links are removed, never followed. */
async function removeTree(host: Host, path: string): Promise<void> {
  if ((await host.files.info(path))?.kind === 'directory') {
    for (const name of (await host.files.list(path)) ?? []) await removeTree(host, `${path}/${name}`);
  }
  await host.files.remove(path);
}
