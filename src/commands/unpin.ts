/** `kcfg unpin [POD...]`: release pins, in one window, as a change like any other. */
import type { Context } from '../cli/context.ts';
import { reasonOf } from '../cli/reason.ts';
import { valuesOf } from '../cli/request.ts';
import { EXIT, type ExitStatus } from '../errors.ts';
import { withEtcd } from '../node/etcd.ts';
import { look, needRoot } from '../node/observe.ts';
import { makeUnpinPlan } from '../plan/make-unpin-plan.ts';
import { foundLines } from '../report/found.ts';
import { refuseBusy } from './busy.ts';
import { carryOut } from './carry-out.ts';
import { gather } from './gather.ts';

export async function run(context: Context): Promise<ExitStatus> {
  const { host, request, out, version } = context;
  needRoot(host);
  await refuseBusy(context);
  const seen = await look(host);
  const observed = await withEtcd(host, seen.observed);
  const target = { verb: 'unpin', field: 'staticPodPath' as const, value: observed.staticPodPath.value || '/', bridge: false, force: [] };
  const input = await gather(host, target, version, { ...seen, observed });
  const reason = reasonOf(request);
  const plan = makeUnpinPlan(input, { names: request.words, force: valuesOf(request, 'force'), ...(reason === undefined ? {} : { reason }) });
  if (plan === undefined) {
    await out.document({ result: 'unchanged', changes: [], checks: [], restarted: [], seconds: 0 });
    out.lines(`Nothing to do: kcfg has pinned ${request.words.length === 0 ? 'nothing' : 'none of these'} on ${observed.node.name}.`);
    return EXIT.done;
  }
  if (!out.quiet) out.lines(...foundLines(observed, out.style));
  return await carryOut(context, plan, observed);
}
