/** `kcfg plan set …`: what a change would do, on screen, as JSON, or as a file for `kcfg apply`. Changes nothing. */
import type { Context } from '../cli/context.ts';
import { readAssignments } from '../cli/assignments.ts';
import { isOn, valueOf } from '../cli/request.ts';
import { EXIT, KcfgError, NOTHING_CHANGED, type ExitStatus } from '../errors.ts';
import { look, needRoot } from '../node/observe.ts';
import { hiddenPlan } from '../plan/hidden.ts';
import { makePlan } from '../plan/make-plan.ts';
import type { Plan } from '../plan/plan.ts';
import { makeSettingsPlan } from '../plan/settings/make-settings-plan.ts';
import { planLines } from '../report/plan.ts';
import { diffs } from './carry-out.ts';
import { gather } from './gather.ts';
import { gatherSettings } from './gather-settings.ts';
import { targetOf } from './set.ts';
import { nothingToDo, settingsTarget } from './settings.ts';
import { isMove, readWishes, unsetWishes } from './wishes.ts';

export async function run(context: Context): Promise<ExitStatus> {
  const { host, request, out } = context;
  const { plan, nothing } = await planOf(context);
  await out.document({ plan: plan === undefined ? null : hiddenPlan(plan) });
  if (plan === undefined) {
    out.lines(nothing);
    return EXIT.done;
  }
  const { style, columns } = out;
  if (!out.quiet) out.lines(...planLines(plan, { style, columns, files: await diffs(host, plan) }));
  const file = valueOf(request, 'out');
  if (file !== undefined) {
    await host.writeReport(file, `${JSON.stringify(plan, undefined, 1)}\n`);
    out.lines(`${NOTHING_CHANGED} Apply it: kcfg apply ${file}`);
  } else out.lines(NOTHING_CHANGED);
  return isOn(request, 'exit-code') ? EXIT.found : EXIT.done;
}

/** `plan set …` of a move or of settings, or `plan unset …`. */
async function planOf({ host, request, version }: Context): Promise<{ plan: Plan | undefined; nothing: string }> {
  const [verb = 'set', ...words] = request.words;
  needRoot(host);
  if (verb === 'set' && isMove(request, words)) {
    const value = readAssignments(words).at(-1)?.value;
    if (value === undefined) throw new KcfgError('usage', 'the value is missing', { help: ['kcfg plan set FIELD VALUE'] });
    return { plan: makePlan(await gather(host, targetOf(request, value), version)), nothing: `Nothing to do: staticPodPath is ${value} already.` };
  }
  const seen = await look(host);
  const { layered } = seen.settings;
  const target = settingsTarget(request, verb, verb === 'set' ? await readWishes(host, request, words, layered) : unsetWishes(words, layered));
  return { plan: makeSettingsPlan(await gatherSettings(host, target, version, seen)), nothing: nothingToDo(target) };
}
