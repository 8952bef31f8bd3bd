/** `kcfg plan set …`: what a change would do, on screen, as JSON, or as a file for `kcfg apply`. Changes nothing. */
import type { Context } from '../cli/context.ts';
import { isOn, valueOf } from '../cli/request.ts';
import { EXIT, KcfgError, NOTHING_CHANGED, type ExitStatus } from '../errors.ts';
import { needRoot } from '../node/observe.ts';
import { makePlan } from '../plan/make-plan.ts';
import { planLines } from '../report/plan.ts';
import { diffs } from './carry-out.ts';
import { gather } from './gather.ts';
import { targetOf, wantedPath } from './set.ts';

export async function run({ host, request, out, version }: Context): Promise<ExitStatus> {
  const value = wantedPath(request.words.slice(1));
  if (value === undefined) throw new KcfgError('usage', 'the value is missing', { help: ['kcfg plan set staticPodPath DIR'] });
  needRoot(host);
  const plan = makePlan(await gather(host, targetOf(request, value), version));
  await out.document({ plan: plan ?? null });
  if (plan === undefined) {
    out.lines(`Nothing to do: staticPodPath is ${value} already.`);
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
