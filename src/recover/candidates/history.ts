/** What kcfg itself kept: the file as it was before each of its changes, and as those that were kept left it, newest first. */
import type { Host } from '../../host/host.ts';
import { applyEdits } from '../../kubelet/edits.ts';
import type { Plan } from '../../plan/plan.ts';
import { editedManifests } from '../../plan/step.ts';
import { sha256 } from '../../node/directory.ts';
import { readChanges } from '../../transaction/records.ts';
import { savedPath, touchedFiles } from '../../transaction/saved.ts';
import type { Found } from './candidate.ts';
import { unpinnedOf } from './unpinned.ts';

export async function fromHistory(host: Host, pod: string): Promise<Found[]> {
  const found: Found[] = [];
  for (const { id, folder, plan, meta, outcome } of await readChanges(host)) {
    if (plan === undefined || !Array.isArray(plan.steps)) continue;
    for (const path of new Set(touchedFiles(plan))) {
      const saved = savedPath(folder, path);
      const bytes = await host.files.read(saved).catch(() => undefined);
      const info = bytes === undefined ? undefined : await host.files.target(saved);
      if (bytes === undefined || info === undefined) continue;
      // nothing can set it back
      const savedAt = new Date(Number(BigInt(info.ctimeNs) / 1_000_000n)).toISOString();
      const of = (title: string, at: string | undefined, text: Buffer | undefined): Found[] => (text === undefined ? [] : [{ source: 'history', title, from: saved, at: at ?? savedAt, bytes: text, doubts: [] }]);
      const after = outcome?.result === 'done' ? writtenBy(plan, path, bytes) : undefined;
      if (after !== undefined) found.push(...of(`after change ${id}`, outcome?.decidedAt ?? meta?.startedAt, unpinnedOf(path, after, pod)));
      found.push(...of(`before change ${id}`, meta?.startedAt, unpinnedOf(path, bytes, pod)));
    }
  }
  return found;
}

/** Undefined for a change that left its content alone. */
function writtenBy(plan: Plan, path: string, before: Buffer): Buffer | undefined {
  const edit = plan.steps.flatMap(editedManifests).find((file) => file.path === path);
  if (edit === undefined || sha256(before) !== edit.sha256) return undefined;
  return applyEdits(before, edit.edits);
}
