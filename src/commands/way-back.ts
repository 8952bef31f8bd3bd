/** What a way back says where there is none to go: the command that names the values from before, or that they are there. */
import type { Context } from '../cli/context.ts';
import { EXIT, type ExitStatus } from '../errors.ts';
import { isSecret } from '../kubelet/value-text.ts';
import { commandText } from '../plan/command-text.ts';
import type { Plan } from '../plan/plan.ts';
import { isMove } from '../transaction/kept.ts';

/** Everything is as before already. */
export async function nothingToGoBack({ out }: Context, words: string): Promise<ExitStatus> {
  await out.document({ result: 'unchanged', changes: [], checks: [], restarted: [], seconds: 0 });
  out.lines(`Nothing to do: ${words}.`);
  return EXIT.done;
}

/** The values from before, as a command. '': one is secret, and would be set as it reads. */
export function wayBack(plan: Plan): string {
  const base = { verb: 'set', force: [], bridge: true } as const;
  if (isMove(plan)) return plan.from === '' ? 'kcfg unset staticPodPath' : commandText({ ...plan, verb: 'set', target: { ...base, field: 'staticPodPath', value: plan.from } });
  if ((plan.settings ?? []).some(({ field }) => isSecret(field))) return '';
  const wishes = (plan.settings ?? []).map(({ field, path, from, byDefault }) => ({ field, path, ...(byDefault || from === undefined ? {} : { value: from }) }));
  const [gone, set] = [wishes.filter(({ value }) => value === undefined), wishes.filter(({ value }) => value !== undefined)];
  const text = (verb: string, some: typeof wishes): string[] => (some.length === 0 ? [] : [commandText({ ...plan, verb, target: { verb, force: [], field: 'settings', wishes: some } })]);
  return [...text('set', set), ...text('unset', gone)].join('; ');
}
