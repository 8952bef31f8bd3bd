/** `kcfg set FIELD VALUE`: plan, show, ask, apply, verify. Without VALUE the wizard asks for it. */
import { readAssignments } from '../cli/assignments.ts';
import type { Context } from '../cli/context.ts';
import { isOn, valueOf, valuesOf, type Request } from '../cli/request.ts';
import { EXIT, KcfgError, NOTHING_CHANGED, type ExitStatus } from '../errors.ts';
import { needRoot, observe } from '../node/observe.ts';
import type { Observed } from '../node/observed.ts';
import type { Target } from '../node/target.ts';
import { makePlan } from '../plan/make-plan.ts';
import { foundLines } from '../report/found.ts';
import { carryOut, refuseBusy } from './carry-out.ts';
import { gather } from './gather.ts';
import { unknownField } from './get.ts';

export async function run(context: Context): Promise<ExitStatus> {
  const { host, request, out, version } = context;
  const value = wantedPath(request.words);
  needRoot(host);
  await refuseBusy(host);
  if (value === undefined && !out.interactive) {
    throw new KcfgError('no-terminal', 'the value is missing, and there is no terminal to ask for it', {
      help: ['name it: kcfg set staticPodPath /etc/kubernetes/static'],
      outcome: NOTHING_CHANGED,
    });
  }
  let observed: Observed | undefined;
  if (value === undefined || !out.quiet) {
    observed = await observe(host);
    if (!out.quiet) out.lines(...foundLines(observed, out.style));
  }
  const path = value ?? (await (await import('./wizard.ts')).askPath(context, observed ?? (await observe(host)), targetOf(request, '')));
  const input = await gather(host, targetOf(request, path), version, observed);
  const plan = makePlan(input);
  if (plan === undefined) {
    await out.document({ result: 'unchanged', changes: [], checks: [], restarted: [], seconds: 0 });
    out.lines(`Nothing to do: staticPodPath is ${input.target.value} already.`);
    return EXIT.done;
  }
  return await carryOut(context, plan, input.observed);
}

/** The path that was typed; undefined when it is to be asked for. Throws `unknown-field`. */
export function wantedPath(words: readonly string[]): string | undefined {
  const assignments = readAssignments(words);
  const other = assignments.find(({ field }) => field !== 'staticPodPath');
  if (other !== undefined) throw unknownField(other.field);
  return assignments.at(-1)?.value;
}

export function targetOf(request: Request, value: string): Target {
  const strategy = valueOf(request, 'strategy');
  const layer = valueOf(request, 'layer');
  const reason = valueOf(request, 'reason');
  return {
    verb: 'set',
    field: 'staticPodPath',
    value,
    ...(strategy === 'adopt' || strategy === 'recreate' ? { strategy } : {}),
    bridge: !isOn(request, 'no-bridge'),
    ...(layer === 'drop-in' ? { layer } : {}),
    force: valuesOf(request, 'force'),
    ...(reason === undefined ? {} : { reason }),
  };
}
