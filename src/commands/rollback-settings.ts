/**
 * `kcfg rollback` of a change of settings. Where the files are still as that change left them, back to the byte; where
 * others have edited them since, the settings alone go back to the values they had, if no one changed those too.
 */
import type { Context } from '../cli/context.ts';
import { KcfgError, type ExitStatus } from '../errors.ts';
import type { Host } from '../host/host.ts';
import { applyEdits, invertEdits } from '../kubelet/edits.ts';
import { valueAt } from '../kubelet/field-path.ts';
import { sameValue } from '../kubelet/same-value.ts';
import { valueText, withoutSecrets } from '../kubelet/value-text.ts';
import { sha256 } from '../node/directory.ts';
import { look, type Look } from '../node/observe.ts';
import type { SettingsTarget, Wish } from '../node/target.ts';
import type { Plan } from '../plan/plan.ts';
import { savedPath } from '../transaction/saved.ts';
import { folderOf } from '../transaction/store.ts';
import { changeSettings, settingsTarget } from './settings.ts';

export async function rollbackSettings(context: Context, undone: Plan): Promise<ExitStatus> {
  const { host, request } = context;
  const seen = await look(host);
  refuseMovedOn(undone, seen);
  const files = await filesBefore(host, undone);
  if (files === undefined) refuseEdited(undone);
  const wishes = (undone.settings ?? []).map(({ field, path, from, byDefault }): Wish => ({ field, path, ...(byDefault || from === undefined ? {} : { value: from }) }));
  const base = settingsTarget(request, `rollback ${undone.id}`, wishes);
  const made = undone.steps.find((step) => step.kind === 'make-directory');
  const target: SettingsTarget = {
    ...base,
    ...(files === undefined ? {} : { files }),
    ...(files !== undefined && made !== undefined ? { removes: made.path } : {}),
    undoes: { id: undone.id },
  };
  return await changeSettings(context, target, seen);
}

/** Every value that the change set must still be there. */
function refuseMovedOn({ id, settings = [] }: Plan, { settings: { layered } }: Look): void {
  const { fields } = layered;
  for (const { field, path, from, to, byDefault } of settings) {
    const known = fields.field(path);
    const now = valueAt(layered.value, path);
    if (known === undefined || sameValue(fields, known, now, to)) continue;
    throw new KcfgError('moved-on', `the node has moved on since change ${id}`, {
      where: [layered.whereOf(path) ?? { file: layered.config?.file ?? '' }],
      notes: [`change ${id} made ${field} ${valueText(withoutSecrets(field, to))}; it is ${valueText(withoutSecrets(field, now))} now`],
      help: ['name what you want:', byDefault || from === undefined ? `  kcfg unset ${field}` : `  kcfg set ${field} ${valueText(withoutSecrets(field, from))}`],
    });
  }
}

/** A file that the change made, or edited beside the configuration, goes back whole or not at all. */
function refuseEdited({ id, steps }: Plan): void {
  const whole = steps.find((step) => step.kind === 'edit-config' && (step.create !== undefined || step.field === ''));
  if (whole?.kind !== 'edit-config') return;
  throw new KcfgError('moved-on', `the node has moved on since change ${id}`, {
    where: [{ file: whole.path }],
    notes: ['a file of that change was edited since, and would lose those edits'],
    help: ['take out what is not wanted any more: kcfg unset FIELD'],
  });
}

/** The way back of each file, where all of them are as the change left them. */
async function filesBefore(host: Host, { id, steps }: Plan): Promise<SettingsTarget['files'] | undefined> {
  const files: NonNullable<SettingsTarget['files']>[number][] = [];
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
