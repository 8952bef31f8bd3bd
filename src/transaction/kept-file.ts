/**
 * A file that is edited keeps a second name, hidden beside it, until the change is decided. Going back is then a rename: it
 * takes no room on a full disk, and brings back the very file, with owner, mode, times and labels. Where a filesystem has no
 * second names, or the name is too long, the copy in the change's folder does (saved.ts).
 */
import { KcfgError } from '../errors.ts';
import type { Host } from '../host/host.ts';
import { sha256 } from '../node/directory.ts';
import type { Plan } from '../plan/plan.ts';
import { editedManifests, type FileEdit } from '../plan/step.ts';
import { hiddenName } from './hidden-name.ts';

export async function keepInPlace(host: Host, plan: Plan, path: string): Promise<void> {
  const name = hiddenName(path, plan.id);
  try {
    await host.files.remove(name); // of an earlier try
    await host.files.secondName(path, name);
  } catch (error) {
    if (!(error instanceof KcfgError)) throw error;
  }
}

/** False where there is none, or where it is not what it was any more. */
export async function putKeptBack(host: Host, plan: Plan, file: FileEdit): Promise<boolean> {
  const name = hiddenName(file.path, plan.id);
  if ((await host.files.info(name))?.kind !== 'file') return false;
  const bytes = await host.files.read(name);
  if (bytes === undefined || sha256(bytes) !== file.sha256) return false;
  await host.files.rename(name, file.path);
  return true;
}

/** Of one file, or of all that the plan edits. */
export async function dropKept(host: Host, plan: Plan, ...paths: string[]): Promise<void> {
  for (const path of paths.length > 0 ? paths : editedFiles(plan)) {
    const name = hiddenName(path, plan.id);
    if ((await host.files.info(name)) !== undefined) await host.files.remove(name);
  }
}

function editedFiles(plan: Plan): string[] {
  return plan.steps.flatMap((step) => (step.kind === 'edit-config' && step.create === undefined ? [step.path] : editedManifests(step).map(({ path }) => path)));
}
