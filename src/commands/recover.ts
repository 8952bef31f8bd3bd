/** `kcfg recover [COMPONENT]`: what the doctor found is mended in one window, watched while it comes up, and put back if it does not. */
import type { Context } from '../cli/context.ts';
import { reasonOf } from '../cli/reason.ts';
import { isOn, valuesOf } from '../cli/request.ts';
import { type Cause, parentOf } from '../doctor/cause.ts';
import { standsOn } from '../doctor/components.ts';
import { diagnose, type Diagnosis } from '../doctor/diagnose.ts';
import type { Evidence } from '../doctor/evidence.ts';
import { gather } from '../doctor/gather/gather.ts';
import { asMeant } from '../doctor/meant-directory.ts';
import { observedOf } from '../doctor/observed.ts';
import { settingsAfter } from '../doctor/settings-after.ts';
import { EXIT, KcfgError, NOTHING_CHANGED, type ExitStatus } from '../errors.ts';
import { observeDirectory } from '../node/directory.ts';
import { needRoot } from '../node/observe.ts';
import { makeRecoverPlan, type Mend } from '../plan/make-recover-plan.ts';
import type { Choice, Choices } from '../recover/choose.ts';
import { findChoices } from '../recover/find-choices.ts';
import { inTheWay } from '../recover/in-the-way.ts';
import { asMended, mendOf, mendsOf } from '../recover/mends.ts';
import { commandsOf, isMendedByKcfg } from '../report/diagnosis.ts';
import { position } from '../report/error.ts';
import { list } from '../report/format.ts';
import { localTimes } from '../report/local-times.ts';
import { cut, table, wrap } from '../report/width.ts';
import { nextId } from '../transaction/store.ts';
import { refuseBusy } from './busy.ts';
import { carryOut } from './carry-out.ts';

/** Columns of the sign before a row, and a blank at its end. */
const CHOSEN = 3;

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
  if (mended.length === 0) throw byHand(causes, evidence.at);
  const first = inTheWay(diagnosis, mended);
  if (first !== undefined) throw byHand([first], evidence.at, mended);
  if (!out.quiet) out.lines(...mended.flatMap((cause) => wrap(toldAs(cause), out.columns)));
  const meant = asMeant(evidence);
  const fixed = await mendsOf(meant, mended, (path) => host.files.read(path));
  const open = await findChoices(host, asMended(meant, fixed), mended, fixed, isOn(request, 'yes') || !out.interactive ? 'the first' : 'all');
  return await tryInTurn(context, evidence, diagnosis, mended, fixed, open);
}

/** What is mended, and where; no file that the sentence has already. */
function toldAs({ component, message, where: [place] }: Cause): string {
  const known = place === undefined || (place.line === undefined && message.includes(place.file.slice(0, place.file.lastIndexOf('/'))));
  return `${message.startsWith('it ') ? `${component}: ` : ''}${message}${known ? '' : ` (${position(place)})`}.`;
}

/** 'rendered from this node, now: fits' */
function wordsOf({ title, origin, why }: Choice): string {
  return `${[title, origin].filter((part) => part !== '').join(', ')}: ${why}`;
}

/** What does not come up is put back, and the next one is offered where someone is there to ask. */
async function tryInTurn(context: Context, evidence: Evidence, diagnosis: Diagnosis, mended: readonly Cause[], fixed: readonly Mend[], open: readonly Choices[]): Promise<ExitStatus> {
  const left = open.map((each) => ({ ...each, choices: [...each.choices] }));
  for (;;) {
    const taken: Mend[] = fixed.filter(({ path }) => !left.some((each) => each.path === path));
    for (const choices of left) {
      const index = await pick(context, choices);
      const choice = choices.choices[index];
      if (choice === undefined) throw none(choices);
      choices.choices.splice(index, 1);
      if (!context.out.quiet) context.out.lines(...wrap(`${choices.pod}: ${wordsOf(choice)}.`, context.out.columns));
      taken.push(mendOf(asMeant(evidence), choices.path, choices.before, choice.bytes, choice.title));
    }
    const status = await apply(context, evidence, diagnosis, mended, taken);
    if (status !== EXIT.rolledBack || !context.out.interactive || left.every(({ choices }) => choices.length === 0) || left.length === 0) return status;
  }
}

async function pick({ out, request }: Context, { pod, choices, clear }: Choices): Promise<number> {
  if (choices.length === 0) return -1;
  if (isOn(request, 'yes') || isOn(request, 'dry-run') || !out.interactive) {
    if (clear || isOn(request, 'dry-run') || valuesOf(request, 'force').includes('ambiguous')) return 0;
    throw new KcfgError('ambiguous', `more than one state of ${pod} may be right`, {
      notes: choices.map(wordsOf),
      help: ['choose one, at a terminal:', `  kcfg recover ${pod}`, 'or take the first of them unasked: --force ambiguous'],
      outcome: NOTHING_CHANGED,
    });
  }
  if (choices.length === 1) return 0;
  const { choose } = await import('../cli/ask.ts');
  // what is left out here is told in full of the one that is chosen
  const rows = table(choices.map(({ title, origin, why }, index) => [`${index + 1} ${title}`, [origin, why].filter((part) => part !== '').join(': ')]));
  return await choose(out, `Which state of ${pod} is right?`, rows.map((row) => cut(row, out.columns - CHOSEN, out.style.signs.more)));
}

async function apply(context: Context, evidence: Evidence, diagnosis: Diagnosis, mended: readonly Cause[], mends: readonly Mend[]): Promise<ExitStatus> {
  const { host, request, version } = context;
  const reason = reasonOf(request);
  const observed = await observedOf(host, evidence);
  const value = [...new Set(mended.map(({ component }) => component))].join(', ');
  const missing = evidence.directory.kind === undefined && evidence.directory.path !== '' && mends.some(({ path }) => path.startsWith(`${evidence.directory.path}/`));
  const after = await settingsAfter(host, evidence, mends);
  const path = after?.staticPodPath;
  const plan = makeRecoverPlan({
    ...(path === undefined || path === '' || path === evidence.directory.path ? {} : { directory: await observeDirectory(host, path) }),
    id: await nextId(host),
    kcfg: version,
    madeAt: host.clock.now().toISOString(),
    observed,
    target: { verb: 'recover', field: 'recovery', value, force: valuesOf(request, 'force'), ...(reason === undefined ? {} : { reason }) },
    mends,
    ...(after === undefined ? {} : { reach: { before: evidence.kubelet.reach, after: after.reach } }),
    makes: missing ? [evidence.directory.path] : [],
    stops: mended.flatMap(({ fix }) => (fix?.kind === 'stop-container' ? [fix.id] : fix?.kind === 'edit' ? runningOf(evidence, fix.renews) : [])),
    left: leftDown(diagnosis, mended),
    live: host.live,
  });
  return await carryOut(context, plan, observed);
}

/** Their containers, by ID. */
function runningOf({ pods }: Evidence, names: readonly string[] = []): string[] {
  return pods.filter(({ name }) => names.includes(name)).flatMap(({ containers }) => containers.filter(({ state }) => state === 'running').map(({ id }) => id));
}

/** All that is an error; of a part by its name, its own. Throws where that part only waits for another one. */
function chosen({ causes, standings, consequences }: Diagnosis, name: string | undefined): Cause[] {
  // what is told under a cause that is mended goes with it; a manifest that is gone is mended by itself
  const apart = causes.filter((cause) => cause.fix?.kind === 'restore' || parentOf(cause, causes)?.fix === undefined);
  if (name === undefined) return apart;
  const own = apart.filter(({ component }) => component === name);
  if (own.length > 0) return own;
  if (!standings.some(({ component }) => component === name)) {
    throw new KcfgError('usage', `there is no ${name} on this node`, { help: [`there are: ${standings.map(({ component }) => component).join(', ')}`] });
  }
  const because = consequences.find(({ component }) => component === name)?.because;
  if (because !== undefined) throw new KcfgError('by-hand', `${name} waits for ${because}, and has nothing wrong of its own`, { help: [`kcfg recover ${because}`], outcome: NOTHING_CHANGED });
  return [];
}

/** What stays down for a reason that this does not mend, and what stands on it. */
function leftDown({ causes, standings }: Diagnosis, mended: readonly Cause[]): string[] {
  const down = new Set(standings.filter(({ ok }) => !ok).map(({ component }) => component));
  const open = causes.filter((cause) => cause.now && down.has(cause.component) && !mended.includes(cause) && !mended.some(({ component }) => component === cause.component)).map(({ component }) => component);
  return standings.filter(({ component, ok }) => !ok && open.some((each) => each === component || standsOn(component, each))).map(({ component }) => component);
}

/** `then`: what kcfg mends once that is done. */
function byHand(causes: readonly Cause[], at: string, then: readonly Cause[] = []): KcfgError {
  const [first] = causes;
  const local = (text: string): string => localTimes(text, at);
  const commands = first?.fix === undefined ? [] : commandsOf(first.fix);
  return new KcfgError('by-hand', local(first?.message ?? ''), {
    ...(first === undefined ? {} : { where: first.where.map((place) => (place.label === undefined ? place : { ...place, label: local(place.label) })), notes: first.notes.map(local) }),
    help: [
      ...(commands.length > 0 ? ['kcfg does not do this by itself:', ...commands.map((line) => `  ${line}`)] : (first?.help.length ?? 0) > 0 ? (first?.help ?? []) : ['all that was found: kcfg doctor']),
      ...(then.length === 0 ? [] : [`then ${list([...new Set(then.map(({ component }) => component))])}:`, '  kcfg recover']),
    ],
    outcome: NOTHING_CHANGED,
  });
}

function none({ pod }: Choices): KcfgError {
  return new KcfgError('by-hand', `nothing was found that ${pod} could be brought back from`, {
    notes: ['neither kcfg nor kubeadm kept a copy, no container of it is left, and none can be rendered from what this node has'],
    help: ['on another control plane, as a model: cat /etc/kubernetes/manifests/' + `${pod}.yaml`],
    outcome: NOTHING_CHANGED,
  });
}

function unexplained({ verdict }: Diagnosis): KcfgError {
  return new KcfgError('by-hand', lower(verdict).replace(/\.$/, ''), { help: ['see the journal of the kubelet, and the logs of the containers:', '  journalctl -u kubelet -e', '  crictl ps -a'], outcome: NOTHING_CHANGED });
}

function lower(sentence: string): string {
  return /^(The|Nothing|This) /.test(sentence) ? sentence[0]?.toLowerCase() + sentence.slice(1) : sentence;
}
