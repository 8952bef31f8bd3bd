/** `kcfg apply FILE`: carry out a plan that was made before. One that no longer fits the node is refused. */
import type { Context } from '../cli/context.ts';
import { checkedReason, reasonOf } from '../cli/reason.ts';
import { KcfgError, type ExitStatus } from '../errors.ts';
import type { Host } from '../host/host.ts';
import { look, needRoot } from '../node/observe.ts';
import type { Observed } from '../node/observed.ts';
import type { SettingsTarget, Target } from '../node/target.ts';
import { makePlan } from '../plan/make-plan.ts';
import { findDifference, parsePlan } from '../plan/parse-plan.ts';
import type { Plan } from '../plan/plan.ts';
import { makeSettingsPlan } from '../plan/settings/make-settings-plan.ts';
import { day } from '../report/format.ts';
import { headline } from '../report/found.ts';
import { refuseStale } from '../transaction/ground.ts';
import { refuseBusy } from './busy.ts';
import { carryOut } from './carry-out.ts';
import { gather } from './gather.ts';
import { gatherSettings } from './gather-settings.ts';

export async function run(context: Context): Promise<ExitStatus> {
  const { host, request, version } = context;
  const file = request.words[0] ?? '';
  const text = await host.readReport(file);
  if (text === undefined) {
    throw new KcfgError('bad-plan', `there is no file ${file}`, { help: ['make one: kcfg plan set FIELD VALUE --out FILE'] });
  }
  const plan = parsePlan(file, text);
  needRoot(host);
  await refuseBusy(context);
  await refuseStale(host, plan);
  const { now, then, observed } = await makeAgain(host, plan, withReason(plan.target, reasonOf(request)), version);
  const difference = then === undefined ? `${plan.field} is ${plan.to} already` : findDifference(plan, then);
  if (now === undefined || difference !== undefined) {
    throw new KcfgError('stale-plan', `the plan no longer fits this node: ${difference ?? ''}`, { where: [{ file }], help: ['make the plan anew'] });
  }
  if (!context.out.quiet) context.out.lines(context.out.style.strong(headline(observed)));
  return await carryOut(context, now, observed);
}

/** The reason that is typed now wins over the one in the file; both are held to the same measure. */
function withReason(target: Target | SettingsTarget, typed: string | undefined): Target | SettingsTarget {
  const { reason: written, ...rest } = target;
  const reason = typed ?? (typeof written === 'string' ? checkedReason(written) : undefined);
  return reason === undefined ? rest : { ...rest, reason };
}

interface Again {
  now: Plan | undefined;
  /** The same, made on the day of the plan in the file: pins tell their day. */
  then: Plan | undefined;
  observed: Observed;
}

async function makeAgain(host: Host, { madeAt }: Plan, target: Target | SettingsTarget, version: string): Promise<Again> {
  if (target.field === 'staticPodPath') {
    const input = await gather(host, target, version);
    const made = new Date(madeAt);
    const then = Number.isNaN(made.getTime()) ? input : { ...input, pinDate: day(made) };
    return { now: makePlan(input), then: makePlan(then), observed: input.observed };
  }
  const seen = await look(host);
  const now = makeSettingsPlan(await gatherSettings(host, target, version, seen));
  return { now, then: now, observed: seen.observed };
}
