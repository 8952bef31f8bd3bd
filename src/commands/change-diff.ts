/**
 * The diff of a change that was made, from the files kept in its folder: so it is the same years later, and after the change
 * was undone. A kept file that is not the one the change saved is left out, and told.
 */
import type { Host } from '../host/host.ts';
import { sha256 } from '../node/directory.ts';
import { hide, secretsOf } from '../plan/hidden.ts';
import type { Plan } from '../plan/plan.ts';
import { editedManifests } from '../plan/step.ts';
import type { FileDiff } from '../report/diff.ts';
import { savedPath, touchedFiles } from '../transaction/saved.ts';
import type { Folder } from '../transaction/store.ts';
import { diffs } from './carry-out.ts';

export interface ChangeDiff {
  files: FileDiff[];
  /** What became a link, or went, as a whole: path, and words for it. */
  others: { path: string; what: string }[];
  /** Files of the change whose text from before is not kept any more. */
  missing: string[];
}

export async function diffOfChange(host: Host, plan: Plan, folder: Folder): Promise<ChangeDiff> {
  const expected = savedHashes(plan);
  const read = async (path: string): Promise<Buffer | undefined> => {
    const bytes = await host.files.read(savedPath(folder, path)).catch(() => undefined);
    const hash = expected.get(path);
    return bytes === undefined || (hash !== undefined && sha256(bytes) !== hash) ? undefined : bytes;
  };
  const files = await diffs(host, plan, read);
  const secrets = secretsOf(plan);
  const others: ChangeDiff['others'] = [];
  for (const step of plan.steps) {
    if (step.kind === 'link-directory') others.push({ path: step.path, what: `a link to ${step.target}` });
    if (step.kind === 'remove-directory') others.push({ path: step.path, what: 'removed' });
    if (step.kind !== 'set-aside') continue;
    const before = await read(step.path);
    if (before !== undefined) files.push({ path: step.path, before: hide(before.toString('utf8'), secrets) });
  }
  const missing: string[] = [];
  for (const path of new Set(touchedFiles(plan))) if ((await read(path)) === undefined) missing.push(path);
  return { files, others, missing };
}

/** sha256 of each file as the change saved it. */
function savedHashes(plan: Plan): Map<string, string> {
  const hashes = new Map<string, string>();
  for (const step of plan.steps) {
    if (step.kind === 'edit-config' && step.create === undefined) hashes.set(step.path, step.sha256);
    if (step.kind === 'make-directory') for (const file of step.files) hashes.set(file.from, file.sha256);
    for (const file of editedManifests(step)) hashes.set(file.path, file.sha256);
  }
  return hashes;
}
