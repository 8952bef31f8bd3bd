/**
 * `kcfg rollback` of an edited manifest: the text from before, in the same window. A pin that stood in it stays away: the pod
 * that it named is gone. Refused where the file was edited since, for those edits would be lost.
 */
import type { Context } from '../cli/context.ts';
import { reasonOf } from '../cli/reason.ts';
import { valuesOf } from '../cli/request.ts';
import { KcfgError, type ExitStatus } from '../errors.ts';
import { sha256 } from '../node/directory.ts';
import type { ManifestTarget } from '../node/manifest-target.ts';
import { look } from '../node/observe.ts';
import { makeManifestPlan } from '../plan/make-manifest-plan.ts';
import type { Plan } from '../plan/plan.ts';
import type { FileEdit } from '../plan/step.ts';
import { editedManifests } from '../plan/step.ts';
import { foundLines } from '../report/found.ts';
import { savedPath } from '../transaction/saved.ts';
import { folderOf } from '../transaction/store.ts';
import { carryOut } from './carry-out.ts';
import { gatherManifest } from './edit-manifest.ts';
import { withoutPin } from './manifest-file.ts';
import { nothingToGoBack } from './way-back.ts';

export async function rollbackManifest(context: Context, undone: Plan): Promise<ExitStatus> {
  const { host, request, out } = context;
  const { id, field } = undone;
  const [file] = undone.steps.flatMap((step) => [...editedManifests(step)]);
  const seen = await look(host);
  const { observed } = seen;
  // the directory may have moved since, and the file with it
  const entry = observed.directory.entries.find(({ name }) => name === field);
  const now = entry === undefined ? undefined : await host.files.read(entry.path);
  if (file === undefined || entry === undefined || now === undefined) throw movedOn(undone, file, `${field} is not in ${observed.directory.path} any more`);
  const kept = await host.files.read(savedPath(folderOf(id), file.path));
  if (kept === undefined || sha256(kept) !== file.sha256) throw movedOn(undone, file, 'the text from before is not kept as it was');
  const [present, before] = [withoutPin(entry.path, now), withoutPin(entry.path, kept)];
  if (present.equals(before)) return await nothingToGoBack(context, `${field} is as before change ${id}`);
  if (sha256(present) !== file.result) throw movedOn(undone, { ...file, path: entry.path }, `${field} was edited since, and that would be lost`);
  const reason = reasonOf(request);
  const target: ManifestTarget = { verb: `rollback ${id}`, field: 'manifest', value: entry.path, force: valuesOf(request, 'force'), ...(reason === undefined ? {} : { reason }), undoes: { id } };
  const plan = makeManifestPlan(await gatherManifest(context, seen, entry, target, now, before));
  if (plan === undefined) return await nothingToGoBack(context, `${field} is as before change ${id}`);
  if (!out.quiet) out.lines(...foundLines(observed, out.style), `Back to before change ${id}: ${field}`);
  return await carryOut(context, plan, observed);
}

function movedOn({ id, field }: Plan, file: FileEdit | undefined, why: string): KcfgError {
  return new KcfgError('moved-on', `the node has moved on since change ${id}`, {
    ...(file === undefined ? {} : { where: [{ file: file.path }] }),
    notes: [why],
    help: [`see what it changed, and take that out by hand: kcfg diff ${id}`, `  kcfg edit ${field}`],
  });
}
