/**
 * A plan is held to the hash that the journal's first record has of it: one that was edited after its change began is neither
 * carried on nor undone by. It finds mistakes, and not forgers: whoever may write to /var/lib/kcfg is root.
 */
import { createHash } from 'node:crypto';
import type { Host } from '../host/host.ts';
import type { Plan } from '../plan/plan.ts';
import { parseJournal } from './journal.ts';
import type { Folder } from './store.ts';

/** True also where the change has not begun, or nothing of its journal can be read: that is told by whoever reads the journal. */
export async function isAsBegun(host: Host, folder: Folder, plan: Plan): Promise<boolean> {
  const path = `${folder.path}/journal`;
  const [first = ''] = ((await host.files.read(path))?.toString('utf8') ?? '').split('\n', 1);
  const [record] = parseJournal(path, `${first}\n`).records;
  return record?.type !== 'begin' || record.plan === hashOf(plan);
}

function hashOf(plan: Plan): string | undefined {
  try {
    return createHash('sha256').update(JSON.stringify(plan)).digest('hex');
  } catch {
    return undefined; // deeper than the stack: kcfg wrote no such plan
  }
}
