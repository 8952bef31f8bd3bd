/** `kcfg show [ID]`: one change: who, when, why, what was asked, what became of each step, its diff and checks, and how it ended. */
import type { Context } from '../cli/context.ts';
import { EXIT, type ExitStatus } from '../errors.ts';
import type { Host } from '../host/host.ts';
import { needRoot } from '../node/observe.ts';
import { commandText } from '../plan/command-text.ts';
import { hiddenPlan } from '../plan/hidden.ts';
import { courseLines, headLines } from '../report/change.ts';
import { changeWords, PLAIN } from '../report/change-words.ts';
import { checkLines } from '../report/checks.ts';
import { diffLines } from '../report/diff.ts';
import { findingLines, problemLines } from '../report/error.ts';
import type { CutOff } from '../report/event.ts';
import { clockTime, dateTime, duration } from '../report/format.ts';
import { outcomeLines } from '../report/outcome.ts';
import { resultWord } from '../report/result-word.ts';
import type { Style } from '../report/style.ts';
import { padEnd, width, wrap } from '../report/width.ts';
import { courseOf } from '../transaction/course.ts';
import { readEvents, readRecords, type Change } from '../transaction/records.ts';
import { keptChanges } from '../transaction/kept.ts';
import { readPending } from '../transaction/pending.ts';
import { clearNotice, listIds } from '../transaction/store.ts';
import { diffOfChange, type ChangeDiff } from './change-diff.ts';
import { findChange } from './find-change.ts';
import { changeUnderWay } from './history.ts';
import { whyPruned } from './pruned.ts';
import { standingLines, whatStands } from './what-stands.ts';

export async function run({ host, request, out }: Context): Promise<ExitStatus> {
  needRoot(host);
  const id = request.words[0] ?? (await listIds(host)).at(-1);
  const change = await findChange(host, id);
  // with an end on record, whoever holds the lock only tidies up
  const underWay = await changeUnderWay(host);
  const stands = underWay.id === change.id ? underWay.stands : undefined;
  const atWork = change.outcome === undefined && stands === 'at work';
  const result = resultWord(change, stands);
  const { plan, meta, outcome, prunedAt } = change;
  const { records, damage } = await readRecords(host, change.folder);
  const damaged = change.damage ?? damage;
  const goesOn = atWork || result === 'open' || result === 'on trial';
  const course = plan === undefined ? undefined : courseOf(plan, records, { events: await readEvents(host, change.folder), goesOn, cutOffAt: outcome?.cutOff?.step });
  const undoneBy = (await keptChanges(host)).find((other) => other.id === change.id)?.undoneBy;
  // neither done nor undone: a person needs to know how each file is now
  const stuck = !atWork && (result === 'a person is needed' || result === 'cut off' || (result === 'damaged' && outcome === undefined)) && records.length > 0;
  const standing = stuck && plan !== undefined ? await whatStands(host, plan, change.folder) : [];
  await out.document({
    id: change.id,
    ...meta,
    result,
    ...(plan === undefined ? {} : { what: changeWords(plan, PLAIN), command: commandText(plan) }),
    ...(plan?.reason === undefined ? {} : { reason: plan.reason }),
    steps: course?.steps ?? [],
    ...(course?.reason === undefined ? {} : { wentBack: { reason: course.reason, at: course.backAt, steps: course.back } }),
    ...(undoneBy === undefined ? {} : { undoneBy }),
    ...(standing.length === 0 ? {} : { files: standing }),
    ...(prunedAt === undefined ? {} : { pruned: prunedAt }),
    ...(damaged === undefined ? {} : { damage: { message: damaged.message, where: damaged.where } }),
    plan: plan === undefined ? null : hiddenPlan(plan),
    outcome: outcome ?? null,
  });
  // told now, and by no other command any more
  await clearNotice(host, change.id).catch(() => undefined);
  const { style, columns } = out;
  const { becomes, more } = style.signs;
  out.lines(style.strong(`Change ${change.id}, ${result}${plan === undefined ? '' : `: ${changeWords(plan, { becomes, more })}`}`), ...headLines(headRows(change), columns));
  if (plan !== undefined && course !== undefined) {
    const diff = await diffOfChange(host, plan, change.folder);
    out.lines(style.strong('Steps'), ...courseLines(course, style, columns), ...changeDiffLines(diff, change, style, columns), ...findingLines(plan.warnings ?? [], style, columns));
  }
  if (outcome !== undefined && outcome.checks.length > 0) out.lines(style.strong('Checks'), ...checkLines(outcome.checks, style, columns));
  out.lines(...standingLines(standing, style));
  if (damaged !== undefined) out.lines(...problemLines({ ...damaged, message: damaged.message, outcome: undefined }, style, columns));
  out.lines(...(await ending(host, change, { atWork, undoneBy }, style, columns)));
  return EXIT.done;
}

function headRows({ plan, meta, outcome }: Change): [string, string, 'whole'?][] {
  const at = meta?.startedAt ?? plan?.madeAt;
  const long = outcome === undefined || outcome.seconds === 0 ? '' : `, took ${duration(outcome.seconds)}`;
  const kubelet = plan?.ground?.kubeletVersion;
  return [
    ...(at === undefined ? [] : [['When', `${dateTime(new Date(at)).slice(0, 10)} ${clockTime(new Date(at))}${long}`] satisfies [string, string]]),
    ['By', meta?.who ?? 'not known'],
    ...(plan?.reason === undefined ? [] : [['Reason', plan.reason] satisfies [string, string]]),
    ...(plan === undefined ? [] : [['Asked', commandText(plan), 'whole'] satisfies [string, string, 'whole'], ['With', `kcfg ${plan.kcfg}${kubelet === undefined ? '' : `, kubelet ${kubelet}`}`] satisfies [string, string]]),
  ];
}

/** The block Diff; what is not kept any more is said in its place. */
export function changeDiffLines({ files, others, missing }: ChangeDiff, change: Change, style: Style, columns: number): string[] {
  const paths = Math.max(0, ...others.map(({ path }) => width(path)));
  const gone = missing.length === 0 || change.outcome?.result === 'unchanged' ? '' : change.prunedAt !== undefined ? `Not kept any more: ${whyPruned(change)}.` : `The text from before is not kept of: ${missing.join(', ')}.`;
  const lines = [...diffLines(files, style, columns), ...others.map(({ path, what }) => `  ${padEnd(path, paths)}     ${style.faint(what)}`), ...(gone === '' ? [] : wrap(gone, columns - 2).map((line) => `  ${line}`))];
  return lines.length === 0 ? [] : [style.strong('Diff'), ...lines];
}

async function ending(host: Host, { id, outcome, prunedAt, damage }: Change, { atWork, undoneBy }: { atWork: boolean; undoneBy: string | undefined }, style: Style, columns: number): Promise<string[]> {
  if (outcome === undefined) {
    if (atWork) return ['It is at work.', `Stop it, and go back: ${style.typed('kcfg abort')}`];
    if (damage !== undefined) return ['A person is needed.'];
    const pending = await readPending(host).catch(() => undefined);
    if (pending?.id !== id || pending.kind !== 'cut-off') return ['It was cut off before the first change. Nothing was changed.'];
    return [cutOffWords(pending.at), `Undo it: ${style.typed('kcfg abort')}`];
  }
  const back = undoneBy !== undefined ? `Gone back from: ${style.typed(`kcfg show ${undoneBy}`)}` : prunedAt === undefined ? `Go back: ${style.typed(`kcfg rollback ${id}`)}` : '';
  const { cutOff, decidedAt, error, ...rest } = outcome;
  if (cutOff === undefined) return outcomeLines(outcome, style, columns, false, { back });
  const then = decidedAt === undefined ? '' : outcome.result === 'done' ? ` It was verified by then, and was finished at ${clockTime(new Date(decidedAt))}.` : ` Undone at ${clockTime(new Date(decidedAt))}.`;
  // that it was cut off is all that its error says
  const told = error === undefined || error.code === 'cut-off' ? rest : { ...rest, error };
  return [...wrap(cutOffWords(cutOff) + then, columns), ...outcomeLines(told, style, columns, false, { back })];
}

function cutOffWords({ step, of, at, by }: CutOff): string {
  return `It was cut off at step ${step} of ${of}, ${clockTime(new Date(at))}: ${by}.`;
}
