/** Going back to the byte: the files that a change edited, where all of them are still as it left them. */
import type { Host } from '../host/host.ts';
import { applyEdits, invertEdits } from '../kubelet/edits.ts';
import { sha256 } from '../node/directory.ts';
import type { SettingsTarget } from '../node/target.ts';
import type { Plan } from '../plan/plan.ts';
import { savedPath } from '../transaction/saved.ts';
import { folderOf } from '../transaction/store.ts';

/** The way back of each file, where all of them are as the change left them. */
export async function filesBefore(host: Host, { id, steps, target }: Plan): Promise<SettingsTarget['files'] | undefined> {
  const files: NonNullable<SettingsTarget['files']>[number][] = [];
  // a file that it took away is made anew, by the values that were in it
  if (target?.files?.some(({ gone }) => gone === true)) return undefined;
  for (const step of steps) {
    if (step.kind !== 'edit-config') continue;
    const now = await host.files.read(step.path);
    if (now === undefined || sha256(now) !== step.result) return undefined;
    if (step.create !== undefined) {
      files.push({ path: step.path, edits: [], gone: true });
      continue;
    }
    const before = await host.files.read(savedPath(folderOf(id), step.path));
    if (before === undefined || !applyEdits(before, step.edits).equals(now)) return undefined;
    files.push({ path: step.path, edits: invertEdits(before, step.edits), field: step.field });
  }
  return files;
}
