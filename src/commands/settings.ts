/** The way of every change of settings: wishes → plan → shown, asked, applied. Used by set, unset, edit and rollback. */
import type { Context } from '../cli/context.ts';
import { reasonOf } from '../cli/reason.ts';
import { valueOf, valuesOf, type Request } from '../cli/request.ts';
import { EXIT, type ExitStatus } from '../errors.ts';
import { valueText, withoutSecrets } from '../kubelet/value-text.ts';
import type { Look } from '../node/observe.ts';
import type { SettingsTarget, Wish } from '../node/target.ts';
import { makeSettingsPlan } from '../plan/settings/make-settings-plan.ts';
import { headline } from '../report/found.ts';
import { carryOut } from './carry-out.ts';
import { gatherSettings } from './gather-settings.ts';

export function settingsTarget(request: Request, verb: string, wishes: readonly Wish[]): SettingsTarget {
  const reason = reasonOf(request);
  const removePods = valueOf(request, 'remove-pods');
  return {
    ...{ verb, wishes },
    field: 'settings',
    ...(valueOf(request, 'layer') === 'drop-in' ? { layer: 'drop-in' as const } : {}),
    force: valuesOf(request, 'force'),
    ...(removePods === undefined ? {} : { removePods: removePods.split(',').map((name) => name.trim()) }),
    ...(reason === undefined ? {} : { reason }),
  };
}

export async function changeSettings(context: Context, target: SettingsTarget, seen: Look): Promise<ExitStatus> {
  const { host, out, version } = context;
  const plan = makeSettingsPlan(await gatherSettings(host, target, version, seen));
  if (plan === undefined) {
    await out.document({ result: 'unchanged', changes: [], checks: [], restarted: [], seconds: 0 });
    out.lines(nothingToDo(target));
    return EXIT.done;
  }
  if (!out.quiet) out.lines(out.style.strong(headline(seen.observed)));
  return await carryOut(context, plan, seen.observed);
}

export function nothingToDo({ wishes }: SettingsTarget): string {
  const [first, ...others] = wishes;
  if (first === undefined) return 'Nothing to do: the file is as it was.';
  if (others.length > 0) return `Nothing to do: all ${wishes.length} settings are so already.`;
  if (first.value === undefined) return `Nothing to do: ${first.field} is not set anywhere.`;
  return `Nothing to do: ${first.field} is ${valueText(withoutSecrets(first.field, first.value))} already.`;
}
