/**
 * A change that its own process did not bring to its end is finished or undone, by one rule. Nothing begun: nothing to do.
 * Verified: what is left (the link, tidying up) is done. Else: everything is undone. A change on trial that is verified
 * stays on trial, unless time is up, the machine was restarted, or someone asked. At boot it works on files alone, before
 * the kubelet.
 */
import { KcfgError } from '../errors.ts';
import type { Host } from '../host/host.ts';
import type { Observed } from '../node/observed.ts';
import { describe } from '../plan/describe.ts';
import type { Plan } from '../plan/plan.ts';
import { AFTER_TRIAL } from '../plan/step.ts';
import type { CutOff, ErrorReport, Outcome, Report, Result } from '../report/event.ts';
import { decide, clearPending, tidying } from './decide.ts';
import { doStep, withoutChecks } from './execute.ts';
import { goBack } from './go-back.ts';
import { openJournal, type Journal, type State } from './journal.ts';
import { startMounts } from './mounts.ts';
import { folderOf, pendingId, readMeta, readOutcome, readPlan, writeOutcome, type Folder } from './store.ts';
import { removeOwnTemporaries, removeTemporaries } from './temporaries.ts';
import { makeVerifier } from './verifier.ts';
import { doSteps } from './run.ts';
import { beginTrial, keep, stopTimer } from './trial.ts';

export interface Recovered {
  id: string;
  result: Result;
}

/** Why the change is taken up by someone else than its own process, in words behind "change 3 was cut off …: ". */
export type Cause =
  | { kind: 'cut-off'; words: string }
  | { kind: 'asked'; words?: string }
  /** Of a trial: nobody confirmed it in time. */
  | { kind: 'expired'; words: string }
  | { kind: 'failed'; words: string };

/** Observes the node, or says that it is booting; undefined where it cannot be read. */
export type Looker = () => Promise<Observed | 'booting' | undefined>;

/** Returns undefined when the change was decided already. */
export async function recover(host: Host, folder: Folder, look: Looker, why: Cause, report: Report): Promise<Recovered | undefined> {
  const journal = await openJournal(host, folder);
  const { state } = journal;
  if (state.decided !== undefined) {
    await clearPending(host, folder);
    return undefined;
  }
  await removeOwnTemporaries(host, folder);
  if (!state.begun) return await nothingBegun(host, folder, why);
  const plan = await readPlan(host, folder);
  await removeTemporaries(host, plan);
  const seen = state.confirmed ? undefined : await look();
  const cause: Cause = seen === 'booting' && state.trial !== undefined ? { kind: 'expired', words: `${why.words} while it was on trial` } : why;
  const earlier = await readOutcome(host, folder);
  // It came to an end by itself, only not to the right one: that is what is told of it, also when it is taken up again.
  const again = earlier?.result === 'incomplete';
  const cutOff = cause.kind === 'cut-off' && !again ? { cutOff: cutOffOf(plan, state, cause.words) } : {};
  const within = state.confirmed ? undefined : (await readMeta(host, folder))?.confirmWithin;
  const keepIt = state.verified && state.undoing === undefined && (state.confirmed || cause.kind === 'cut-off' || tidying(plan, state)) && !(within !== undefined && seen === 'booting');
  if (keepIt && state.confirmed) {
    await keep(host, folder, journal);
    return { id: folder.id, result: 'done' };
  }
  if (keepIt) {
    await finishSteps(host, folder, plan, journal, within !== undefined);
    const { error: _, ...before } = earlier ?? {};
    const outcome: Outcome = { transaction: plan.id, strategy: plan.strategy, seconds: 0, checks: [], restarted: [], ...before, changes: plan.changes, ...cutOff, result: within === undefined ? 'done' : 'on-trial' };
    if (within === undefined) await decide(host, folder, journal, outcome, 'notice');
    else await writeOutcome(host, folder, { ...outcome, until: await beginTrial(host, folder, journal, within) });
    return { id: folder.id, result: outcome.result };
  }
  report({ event: 'going-back', reason: cause.words ?? 'asked for' });
  const node = seen === 'booting' ? { atBoot: true as const } : seen === undefined ? {} : { observed: seen };
  const back = await goBack({ host, folder, plan, journal, ...node, report, reason: cause.words ?? 'asked for' });
  // one that was cut off, and on trial all the same, goes back for the reason there is now
  const { until: _until, within: _within, cutOff: cutOffBefore, ...before } = earlier ?? {};
  const outcome: Outcome = {
    ...{ transaction: plan.id, strategy: plan.strategy, seconds: 0 },
    ...before,
    changes: [],
    checks: back.checks,
    restarted: back.restarted,
    result: back.complete ? 'rolled-back' : 'incomplete',
    ...(again && earlier.error !== undefined ? {} : errorOf(cause, back.failures)),
    ...(again && cutOffBefore !== undefined ? { cutOff: cutOffBefore } : cutOff),
  };
  await decide(host, folder, journal, outcome, cause.kind === 'asked' ? undefined : 'notice');
  if (seen !== 'booting') await stopTimer(host, folder);
  return { id: folder.id, result: outcome.result };
}

/** It ended before its first record: nothing was touched. */
async function nothingBegun(host: Host, folder: Folder, cause: Cause): Promise<Recovered | undefined> {
  const told = await readOutcome(host, folder);
  if (told === undefined) {
    const error = { code: 'interrupted' as const, message: `${cause.words ?? 'it was ended'} before the first change`, where: [], notes: [], help: [] };
    await writeOutcome(host, folder, { transaction: folder.id, result: 'unchanged', changes: [], checks: [], restarted: [], seconds: 0, error });
  }
  await clearPending(host, folder);
  return told === undefined ? { id: folder.id, result: 'unchanged' } : undefined;
}

/** Each with its record: whoever is asked to go back after another crash must know of it. */
async function finishSteps(host: Host, folder: Folder, plan: Plan, journal: Journal, trial: boolean): Promise<void> {
  const context = withoutChecks(host, plan, folder);
  for (const [index, step] of plan.steps.entries()) {
    if (journal.state.done.has(index)) continue;
    const left = step.kind === 'link-directory' || step.kind === 'remove-directory' || (!trial && AFTER_TRIAL.has(step.kind));
    if (!left) continue;
    await journal.append({ type: 'intent', step: index });
    await doStep(context, step);
    await journal.append({ type: 'done', step: index });
  }
}

function errorOf(cause: Cause, failures: readonly string[]): { error?: ErrorReport } {
  const code = ({ 'cut-off': 'cut-off', expired: 'not-confirmed', failed: 'verify-failed', asked: cause.words === undefined ? undefined : 'cut-off' } as const)[cause.kind];
  if (code === undefined && failures.length === 0) return {};
  return { error: { code: code ?? 'incomplete', message: cause.words ?? 'not all of it could be undone', where: [], notes: [...failures], help: [] } };
}

/** The step that had begun last, and when. */
export function cutOffOf(plan: Plan, state: State, by: string): CutOff {
  const last = Math.max(0, ...state.intents);
  const step = plan.steps[last];
  return { step: last + 1, of: plan.steps.length, title: step === undefined ? '' : describe(step, plan).title, at: state.lastAt ?? '', by };
}

/**
 * What the boot unit runs: the pending change, if any, is undone or finished with files alone. A kubelet that runs already
 * (someone started the unit by hand, or an earlier try was too slow) must not have files taken from under it: then it is
 * stopped for that, as at any other time. `lookAtNode` observes a node that is up.
 */
export async function recoverAtBoot(host: Host, report: Report, lookAtNode: Looker = async () => undefined): Promise<Recovered | undefined> {
  const id = await pendingId(host);
  if (id === undefined) return undefined;
  const plan = await readPlan(host, folderOf(id)).catch(() => undefined);
  await startMounts(host, plan);
  const { ActiveState } = await host.systemd.show(plan?.ground.unit ?? 'kubelet.service', ['ActiveState']).catch(() => ({ ActiveState: 'unknown' }));
  const up = ActiveState === 'active' || ActiveState === 'activating' || ActiveState === 'reloading';
  return await recover(host, folderOf(id), up ? lookAtNode : async () => 'booting', { kind: 'cut-off', words: up ? 'kcfg was killed' : 'the machine was restarted' }, report);
}

/** Where the API server was down: once it answers, the checks are made again, and the change is kept or undone. */
export async function conclude(host: Host, folder: Folder, observed: Observed, report: Report): Promise<Recovered | 'open'> {
  const journal = await openJournal(host, folder);
  if (journal.state.decided !== undefined) return { id: folder.id, result: journal.state.decided };
  const plan = await readPlan(host, folder);
  const within = (await readMeta(host, folder))?.confirmWithin;
  const verifier = makeVerifier(host, plan, observed, report);
  await verifier.note('running');
  try {
    await doSteps(host, folder, plan, journal, verifier, report, within !== undefined);
  } catch (error) {
    if (!(error instanceof KcfgError)) return 'open';
    return (await recover(host, folder, async () => observed, { kind: 'failed', words: error.message }, report)) ?? 'open';
  }
  const earlier = await readOutcome(host, folder);
  const outcome: Outcome = { transaction: plan.id, changes: plan.changes, restarted: [], seconds: 0, ...earlier, result: 'done', checks: verifier.checks };
  if (within === undefined) await decide(host, folder, journal, outcome);
  else await writeOutcome(host, folder, { ...outcome, result: 'on-trial', until: await beginTrial(host, folder, journal, within) });
  return { id: folder.id, result: within === undefined ? 'done' : 'on-trial' };
}
