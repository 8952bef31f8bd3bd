/** `kcfg recover [COMPONENT]`: what the doctor found is mended in one window, watched while it comes up, and put back if it does not. */
import type { Context } from '../cli/context.ts';
import { reasonOf } from '../cli/reason.ts';
import { valuesOf } from '../cli/request.ts';
import type { Cause } from '../doctor/cause.ts';
import { standsOn } from '../doctor/components.ts';
import { diagnose, type Diagnosis } from '../doctor/diagnose.ts';
import type { Evidence } from '../doctor/evidence.ts';
import { gather } from '../doctor/gather/gather.ts';
import { observedOf } from '../doctor/observed.ts';
import { EXIT, KcfgError, type ExitStatus } from '../errors.ts';
import { needRoot } from '../node/observe.ts';
import { makeRecoverPlan, type Mend } from '../plan/make-recover-plan.ts';
import { mendsOf } from '../recover/mends.ts';
import { commandsOf, isMendedByKcfg } from '../report/diagnosis.ts';
import { position } from '../report/error.ts';
import { wrap } from '../report/width.ts';
import { nextId } from '../transaction/store.ts';
import { refuseBusy } from './busy.ts';
import { carryOut } from './carry-out.ts';

export async function run(context: Context): Promise<ExitStatus> {
  const { host, request, out, version } = context;
  needRoot(host);
  await refuseBusy(context);
  const evidence = await gather(host, version);
  const diagnosis = diagnose(evidence);
  const causes = chosen(diagnosis, request.words[0]);
  if (causes.length === 0) {
    if (!diagnosis.healthy) throw unexplained(diagnosis);
    await out.document({ result: 'unchanged', changes: [], checks: [], restarted: [], seconds: 0 });
    out.lines(`Nothing to recover: ${lower(diagnosis.verdict)}`);
    return EXIT.done;
  }
  const mended = causes.filter(isMendedByKcfg);
  if (mended.length === 0) throw byHand(causes);
  const mends = await mendsOf(evidence, mended, (path) => host.files.read(path));
  if (!out.quiet) out.lines(...mended.flatMap((cause) => wrap(`${cause.message}${cause.where[0] === undefined ? '' : ` (${position(cause.where[0])})`}.`, out.columns)));
  return await apply(context, evidence, diagnosis, mended, mends);
}

async function apply(context: Context, evidence: Evidence, diagnosis: Diagnosis, mended: readonly Cause[], mends: readonly Mend[]): Promise<ExitStatus> {
  const { host, request, version } = context;
  const reason = reasonOf(request);
  const observed = await observedOf(host, evidence);
  const value = [...new Set(mended.map(({ component }) => component))].join(', ');
  const plan = makeRecoverPlan({
    id: await nextId(host),
    kcfg: version,
    madeAt: host.clock.now().toISOString(),
    observed,
    target: { verb: 'recover', field: 'recovery', value, force: valuesOf(request, 'force'), ...(reason === undefined ? {} : { reason }) },
    mends,
    makes: [],
    stops: mended.flatMap(({ fix }) => (fix?.kind === 'stop-container' ? [fix.id] : [])),
    left: leftDown(diagnosis, mended),
    live: host.live,
  });
  return await carryOut(context, plan, observed);
}

/** All that is an error; of a part by its name, its own. Throws where that part only waits for another one. */
function chosen({ causes, standings, consequences }: Diagnosis, name: string | undefined): Cause[] {
  if (name === undefined) return [...causes];
  const own = causes.filter(({ component }) => component === name);
  if (own.length > 0) return own;
  if (!standings.some(({ component }) => component === name)) {
    throw new KcfgError('usage', `there is no ${name} on this node`, { help: [`there are: ${standings.map(({ component }) => component).join(', ')}`] });
  }
  const because = consequences.find(({ component }) => component === name)?.because;
  if (because !== undefined) throw new KcfgError('by-hand', `${name} waits for ${because}, and has nothing wrong of its own`, { help: [`kcfg recover ${because}`] });
  return [];
}

/** What stays down for a reason that this does not mend, and what stands on it. */
function leftDown({ causes, standings }: Diagnosis, mended: readonly Cause[]): string[] {
  const open = causes.filter((cause) => cause.now && !mended.includes(cause) && !mended.some(({ component }) => component === cause.component)).map(({ component }) => component);
  return standings.filter(({ component, ok }) => !ok && open.some((each) => each === component || standsOn(component, each))).map(({ component }) => component);
}

function byHand(causes: readonly Cause[]): KcfgError {
  const [first] = causes;
  const commands = first?.fix === undefined ? [] : commandsOf(first.fix);
  return new KcfgError('by-hand', first?.message ?? '', {
    ...(first === undefined ? {} : { where: first.where, notes: first.notes }),
    help: commands.length > 0 ? ['kcfg does not do this by itself:', ...commands.map((line) => `  ${line}`)] : (first?.help.length ?? 0) > 0 ? (first?.help ?? []) : ['all that was found: kcfg doctor'],
    outcome: 'Nothing was changed.',
  });
}

function unexplained({ verdict }: Diagnosis): KcfgError {
  return new KcfgError('by-hand', lower(verdict).replace(/\.$/, ''), { help: ['see the journal of the kubelet, and the logs of the containers:', '  journalctl -u kubelet -e', '  crictl ps -a'], outcome: 'Nothing was changed.' });
}

function lower(sentence: string): string {
  return /^(The|Nothing|This) /.test(sentence) ? sentence[0]?.toLowerCase() + sentence.slice(1) : sentence;
}
