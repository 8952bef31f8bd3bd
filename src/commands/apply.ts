/** `kcfg apply FILE`: carry out a plan that was made before. One that no longer fits the node is refused. */
import type { Context } from '../cli/context.ts';
import { KcfgError, type ExitStatus } from '../errors.ts';
import { needRoot } from '../node/observe.ts';
import { makePlan } from '../plan/make-plan.ts';
import { findDifference, parsePlan } from '../plan/parse-plan.ts';
import { refuseStale } from '../transaction/ground.ts';
import { carryOut, refuseBusy } from './carry-out.ts';
import { gather } from './gather.ts';

export async function run(context: Context): Promise<ExitStatus> {
  const { host, request, version } = context;
  const file = request.words[0] ?? '';
  const text = await host.readReport(file);
  if (text === undefined) {
    throw new KcfgError('bad-plan', `there is no file ${file}`, { help: ['make one: kcfg plan set staticPodPath DIR --out FILE'] });
  }
  const plan = parsePlan(file, text);
  needRoot(host);
  await refuseBusy(host);
  await refuseStale(host, plan);
  const input = await gather(host, plan.target, version);
  const now = makePlan(input);
  const difference = now === undefined ? `staticPodPath is ${plan.to} already` : findDifference(plan, now);
  if (now === undefined || difference !== undefined) {
    throw new KcfgError('stale-plan', `the plan no longer fits this node: ${difference ?? ''}`, { where: [{ file }], help: ['make the plan anew'] });
  }
  return await carryOut(context, now, input.observed);
}
