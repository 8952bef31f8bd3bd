/** `kcfg set FIELD VALUE`: plan, show, ask, apply, verify. Without VALUE the wizard asks for it. */
import { readAssignments } from '../cli/assignments.ts';
import type { Context } from '../cli/context.ts';
import { reasonOf } from '../cli/reason.ts';
import { isOn, valueOf, valuesOf, type Request } from '../cli/request.ts';
import { EXIT, KcfgError, NOTHING_CHANGED, type ExitStatus } from '../errors.ts';
import { parseFieldPath, valueAt } from '../kubelet/field-path.ts';
import { valueText } from '../kubelet/value-text.ts';
import { look, needRoot, type Look } from '../node/observe.ts';
import type { Target } from '../node/target.ts';
import { makePlan } from '../plan/make-plan.ts';
import { foundLines } from '../report/found.ts';
import { refuseBusy } from './busy.ts';
import { carryOut } from './carry-out.ts';
import { gather } from './gather.ts';
import { changeSettings, settingsTarget } from './settings.ts';
import { isMove, readWishes } from './wishes.ts';

export async function run(context: Context): Promise<ExitStatus> {
  const { request, host } = context;
  needRoot(host);
  await refuseBusy(context);
  if (isMove(request, request.words)) return await move(context);
  const seen = await look(host);
  const words = await withValue(context, request.words, seen);
  return await changeSettings(context, settingsTarget(request, 'set', await readWishes(host, request, words, seen.settings.layered)), seen);
}

async function move(context: Context): Promise<ExitStatus> {
  const { host, request, out, version } = context;
  const value = readAssignments(request.words).at(-1)?.value;
  if (value === undefined && !out.interactive) {
    throw new KcfgError('no-terminal', 'the value is missing, and there is no terminal to ask for it', {
      help: ['name it: kcfg set staticPodPath /etc/kubernetes/static'],
      outcome: NOTHING_CHANGED,
    });
  }
  const seen = await look(host);
  if (!out.quiet) out.lines(...foundLines(seen.observed, out.style));
  const path = value ?? (await (await import('./wizard.ts')).askPath(context, seen.observed, targetOf(request, '')));
  const input = await gather(host, targetOf(request, path), version, seen);
  const plan = makePlan(input);
  if (plan === undefined) {
    await out.document({ result: 'unchanged', changes: [], checks: [], restarted: [], seconds: 0 });
    out.lines(`Nothing to do: staticPodPath is ${input.target.value} already.`);
    return EXIT.done;
  }
  return await carryOut(context, plan, input.observed);
}

/** `kcfg set maxPods`: the value is asked for where there is someone to ask. */
async function withValue({ out }: Context, words: readonly string[], { settings }: Look): Promise<readonly string[]> {
  const [first, ...others] = readAssignments(words);
  if (first === undefined || first.value !== undefined || others.length > 0 || !out.interactive) return words;
  const { path } = parseFieldPath(first.field, settings.layered.fields);
  const present = valueAt(settings.layered.value, path);
  const { askValue } = await import('../cli/ask.ts');
  return [first.field, await askValue(out, first.field, valueText(present))];
}

export function targetOf(request: Request, value: string): Target {
  const strategy = valueOf(request, 'strategy');
  const layer = valueOf(request, 'layer');
  const reason = reasonOf(request);
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
