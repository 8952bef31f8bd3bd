/**
 * `kcfg rollback` of a change of settings. Where the files are still as that change left them, back to the byte; where
 * others have edited them since, the settings alone go back to the values they had, if no one changed those too.
 */
import type { Context } from '../cli/context.ts';
import { KcfgError, type ExitStatus } from '../errors.ts';
import type { Host } from '../host/host.ts';
import { valueAt } from '../kubelet/field-path.ts';
import { sameValue } from '../kubelet/same-value.ts';
import { isSecret, valueText, withoutSecrets } from '../kubelet/value-text.ts';
import { look, type Look } from '../node/observe.ts';
import type { SettingsTarget, Wish } from '../node/target.ts';
import type { Plan, SettingChange } from '../plan/plan.ts';
import { shellWord } from '../plan/shell-word.ts';
import { dateTime } from '../report/format.ts';
import { wrap } from '../report/width.ts';
import { keptChanges, lastToTouch } from '../transaction/kept.ts';
import { filesBefore } from './files-before.ts';
import { nothingToGoBack } from './way-back.ts';
import { changeSettings, settingsTarget } from './settings.ts';

export async function rollbackSettings(context: Context, undone: Plan): Promise<ExitStatus> {
  const { host, request, out } = context;
  const { id } = undone;
  const seen = await look(host);
  const open = await stillToGoBack(context, undone, seen);
  const files = await filesBefore(host, undone);
  const changed = (undone.settings ?? []).length;
  if (files === undefined && changed === 0) throw editedSince(undone);
  if (changed > 0 && open.length === 0) return await nothingToGoBack(context, changed === 1 ? `${undone.field} is as before change ${id}` : `all ${changed} settings are as before change ${id}`);
  const wishes = open.map(({ field, path, from, byDefault }): Wish => ({ field, path, ...(byDefault || from === undefined ? {} : { value: from }) }));
  const base = settingsTarget(request, `rollback ${id}`, wishes);
  const made = undone.steps.find((step) => step.kind === 'make-directory');
  const target: SettingsTarget = {
    ...base,
    ...(files === undefined ? {} : { files }),
    ...(files !== undefined && made !== undefined ? { removes: made.path } : {}),
    ...(tookDropIn(undone) ? { layer: 'drop-in' as const } : {}),
    undoes: { id },
  };
  if (!out.quiet && files === undefined && !tookDropIn(undone)) out.lines(...wrap(`The values of change ${id} go back. What was edited in the same files since stays.`, out.columns));
  return await changeSettings(context, target, seen);
}

/**
 * The settings that do not have their values from before again. Throws `moved-on` where one has neither that nor the value
 * that the change gave it, and names who made it so.
 */
async function stillToGoBack({ host }: Context, undone: Plan, { settings: { layered } }: Look): Promise<SettingChange[]> {
  const { settings = [] } = undone;
  const { fields } = layered;
  const open: SettingChange[] = [];
  for (const change of settings) {
    const { path, from, to } = change;
    const known = fields.field(path);
    const now = valueAt(layered.value, path);
    if (known === undefined || sameValue(fields, known, now, to)) open.push(change);
    else if (!sameValue(fields, known, now, from)) throw await movedOn(host, undone, change, layered);
  }
  // all of them have moved back: or it set only what was so already, and there is nothing to tell them by
  return open;
}

async function movedOn(host: Host, { id }: Plan, change: SettingChange, layered: Look['settings']['layered']): Promise<KcfgError> {
  const { field, path, from, to, byDefault } = change;
  const now = valueAt(layered.value, path);
  const kept = await keptChanges(host);
  const undoneBy = kept.find((each) => each.id === id)?.undoneBy;
  const who = lastToTouch(kept, id, path);
  const known = layered.fields.field(path);
  const setSo = who?.plan.settings?.find((each) => each.field === field)?.to;
  const byKcfg = who !== undefined && (known === undefined || setSo === undefined || sameValue(layered.fields, known, setSo, now));
  const told = (value: unknown): string => valueText(withoutSecrets(field, value));
  const by = byKcfg ? `change ${who.id} set it${who.meta === undefined ? '' : `: ${dateTime(new Date(who.meta.startedAt))}, by ${who.meta.who}`}` : 'no change of kcfg made it so';
  // what stands there is hidden, and would be set as it reads
  const want = isSecret(field) && !byDefault && from !== undefined ? 'kcfg edit' : byDefault || from === undefined ? `kcfg unset ${shellWord(field)}` : `kcfg set ${shellWord(field)} ${shellWord(told(from))}`;
  return new KcfgError('moved-on', `the node has moved on since change ${id}`, {
    where: [layered.whereOf(path) ?? { file: layered.config?.file ?? '' }],
    notes: [...(undoneBy === undefined ? [] : [`change ${undoneBy} went back from it already`]), `change ${id} made ${field} ${told(to)}; it is ${told(now)} now`, by],
    help: [...(byKcfg && undoneBy === undefined ? ['go back from that one first:', `  kcfg rollback ${who.id}`, 'or name what you want:'] : ['name what you want:']), `  ${want}`],
  });
}

/** Comments and blanks alone, and others have been at work in the same file. */
function editedSince({ id, steps }: Plan): KcfgError {
  const edited = steps.find((step) => step.kind === 'edit-config');
  return new KcfgError('moved-on', `the node has moved on since change ${id}`, {
    ...(edited === undefined ? {} : { where: [{ file: edited.path }] }),
    notes: [`change ${id} changed no setting, and its file was edited since: putting it back would lose those edits`],
    help: [`see what it changed, and take that out by hand: kcfg diff ${id}`],
  });
}

/** It took kcfg's own drop-in away, as a going back does: the values go back to where they stood. */
function tookDropIn({ target }: Plan): boolean {
  return target?.field === 'settings' && (target.files ?? []).some(({ path, gone }) => gone === true && path.endsWith('.conf'));
}
