/**
 * Runs one change to its end: intent → fsync → do → done → fsync, step by step; on any failure back to where it began.
 * It runs in a service of its own (launch.ts), or in process where there is no systemd (`--root`).
 */
import { KcfgError } from '../errors.ts';
import type { Host } from '../host/host.ts';
import { openApiServer } from '../node/api-server.ts';
import { sha256 } from '../node/directory.ts';
import type { Observed } from '../node/observed.ts';
import type { Plan } from '../plan/plan.ts';
import { describe } from '../plan/describe.ts';
import { AFTER_TRIAL } from '../plan/step.ts';
import type { ErrorReport, Outcome, Probes, Report } from '../report/event.ts';
import { startProber, type Prober } from '../verify/prober.ts';
import { decide, clearPending, tidying } from './decide.ts';
import { doStep, type Context } from './execute.ts';
import { refuseForeignWriter, refuseStale } from './ground.ts';
import { goBack } from './go-back.ts';
import { openJournal, readState, type Journal } from './journal.ts';
import { saveFiles } from './saved.ts';
import { makeVerifier, type Verifier } from './verifier.ts';
import { readMeta, readPlan, writeOutcome, type Folder } from './store.ts';
import { beginTrial } from './trial.ts';
import { writeUndoScript } from './undo-script.ts';

/** Raised by the verify step when the API server is down: what was done stands, the rest waits. */
export class Undecided extends Error {}

export async function runTransaction(host: Host, folder: Folder, observed: Observed, report: Report): Promise<Outcome> {
  const plan = await readPlan(host, folder);
  const journal = await openJournal(host, folder);
  const startedAt = host.clock.seconds();
  await refuseStale(host, plan);
  await saveFiles(host, folder, plan);
  await writeUndoScript(host, folder, plan);
  await journal.append({ type: 'begin', version: 1, plan: sha256(Buffer.from(JSON.stringify(plan))) });
  const prober = await openProber(host, observed);
  const verifier = makeVerifier(host, plan, observed, report);
  const within = (await readMeta(host, folder))?.confirmWithin;
  const outcomeOf = async (result: Outcome['result'], error?: ErrorReport): Promise<Outcome> =>
    makeOutcome(plan, result, verifier, await prober?.stop(), host.clock.seconds() - startedAt, error);
  const finish = async (result: 'done' | 'rolled-back' | 'incomplete', error?: ErrorReport): Promise<Outcome> => {
    const outcome = await outcomeOf(result, error);
    await decide(host, folder, journal, outcome);
    return outcome;
  };
  const leave = async (outcome: Outcome): Promise<Outcome> => {
    await writeOutcome(host, folder, outcome);
    return outcome;
  };
  let until: string | undefined;
  try {
    await doSteps(host, folder, plan, journal, verifier, report, within !== undefined);
    if (within !== undefined) until = await beginTrial(host, folder, journal, within);
  } catch (error) {
    if (error instanceof Undecided) return await leave(await outcomeOf('undecided'));
    const cause = await explain(host, plan, error);
    // Recovery, right after this, or the next boot, takes away what is left.
    if (tidying(plan, journal.state)) return await leave({ ...(await outcomeOf('done', cause)), result: 'incomplete' });
    report({ event: 'going-back', reason: cause.message });
    const back = await goBack({ host, folder, plan, journal, observed, ...(observed.kubelet.pid === undefined ? {} : { pidBefore: observed.kubelet.pid }), report, reason: cause.message });
    verifier.replaceChecks(back.checks, back.restarted);
    return await finish(back.complete ? 'rolled-back' : 'incomplete', cause);
  }
  // What is done and verified stays, also where its end cannot be written down: whoever comes next does that.
  return until === undefined ? await finish('done') : await leave({ ...(await outcomeOf('on-trial')), until, ...(within === undefined ? {} : { within }) });
}

/** A change that ended before its first record: why, for the terminal that waits. What has begun is rethrown. */
export async function nothingDone(host: Host, folder: Folder, error: unknown): Promise<Outcome> {
  if (!(error instanceof KcfgError) || (await readState(host, folder)).begun) throw error;
  const { code, message, where, notes, help } = error;
  const outcome: Outcome = { transaction: folder.id, result: 'unchanged', changes: [], checks: [], restarted: [], seconds: 0, error: { code, message, where, notes, help } };
  await writeOutcome(host, folder, outcome);
  await clearPending(host, folder);
  return outcome;
}

/**
 * Does every step that is not done yet: all of them at first, the rest when an open outcome is concluded. `trial`: what was
 * kept for going back stays, until someone confirms.
 */
export async function doSteps(host: Host, folder: Folder, plan: Plan, journal: Journal, verifier: Verifier, report: Report, trial: boolean): Promise<void> {
  const context: Context = {
    host,
    plan,
    folder,
    beforeRestart: () => verifier.note(),
    async verify() {
      const verdict = await verifier.verify(plan.steps.findIndex((step) => step.kind === 'verify') + 1);
      if (verdict === 'undecided') throw new Undecided();
      await journal.append({ type: 'verified' });
    },
  };
  for (const [index, step] of plan.steps.entries()) {
    if (journal.state.done.has(index) || (trial && AFTER_TRIAL.has(step.kind))) continue;
    const { title } = describe(step, plan);
    const began = host.clock.seconds();
    const id = index + 1;
    report({ event: 'step', id, title, state: 'started' });
    try {
      // Before the record: what is refused here has not touched the kubelet, and going back does not restart it.
      if (step.kind === 'restart-kubelet' || step.kind === 'stop-kubelet') await refuseForeignWriter(host, plan);
      await journal.append({ type: 'intent', step: index });
      await doStep(context, step);
    } catch (error) {
      if (error instanceof Undecided) throw error;
      report({ event: 'step', id, title, state: 'failed', seconds: host.clock.seconds() - began, detail: error instanceof Error ? error.message : String(error) });
      throw error;
    }
    await journal.append({ type: 'done', step: index });
    report({ event: 'step', id, title, state: 'done', seconds: host.clock.seconds() - began });
  }
}

export async function openProber(host: Host, observed: Observed): Promise<Prober | undefined> {
  if (!host.live || observed.api === undefined) return undefined;
  return startProber(host.clock, await openApiServer(host, observed.api));
}

function makeOutcome(plan: Plan, result: Outcome['result'], verifier: Verifier, probes: Probes | undefined, seconds: number, error?: ErrorReport): Outcome {
  return {
    transaction: plan.id,
    result,
    strategy: plan.strategy,
    changes: result === 'rolled-back' || result === 'incomplete' ? [] : plan.changes,
    checks: verifier.checks,
    ...(probes === undefined ? {} : { probes }),
    restarted: verifier.restarted,
    seconds: Number(seconds.toFixed(2)),
    ...(error === undefined ? {} : { error }),
  };
}

/** What went wrong, for a person. A file that was written anew between the edit and now is the likelier cause. */
async function explain(host: Host, plan: Plan, error: unknown): Promise<ErrorReport> {
  for (const step of plan.steps) {
    if (step.kind !== 'edit-config' || !(error instanceof KcfgError) || error.code !== 'verify-failed') continue;
    const bytes = await host.files.read(step.path);
    if (bytes === undefined || sha256(bytes) === step.result) continue;
    return {
      code: 'rewritten',
      message: `${step.path.slice(step.path.lastIndexOf('/') + 1)} was written anew while the kubelet restarted`,
      where: [{ file: step.path }],
      notes: ['something renders it before each start of the kubelet, or a configuration manager was at work'],
      help: ['find the writer: systemctl cat kubelet', 'then set the path where it takes it from'],
    };
  }
  // a job that was refused, or never reached systemd, says so itself
  if (error instanceof KcfgError && error.code === 'host-command' && /kubelet.*: (Job for|it did not come)/.test(error.message)) {
    const said = await host.journal.entries({ unit: plan.ground.unit, last: 3 });
    return { code: 'step-failed', message: 'the kubelet did not start', where: [], notes: [error.message, ...said.map((entry) => `journal: ${entry.message.slice(0, 300)}`)], help: ['all of its last words: journalctl -xeu kubelet'] };
  }
  if (error instanceof KcfgError) {
    const { code, message, where, notes, help } = error;
    return { code, message, where, notes, help };
  }
  return { code: 'step-failed', message: error instanceof Error ? error.message : String(error), where: [], notes: [], help: [] };
}

