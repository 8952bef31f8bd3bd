/**
 * After a crash: an unfinished change is finished or undone, by one rule. Nothing begun: nothing to do. Verified: what is
 * left (the link, tidying up) is done. Else: everything is undone. At boot it works on files alone, before the kubelet.
 */
import { KcfgError } from '../errors.ts';
import type { Host } from '../host/host.ts';
import type { Observed } from '../node/observed.ts';
import type { Outcome, Report, Result } from '../report/event.ts';
import { EXECUTORS } from './execute.ts';
import { goBack } from './go-back.ts';
import { openJournal } from './journal.ts';
import { folderOf, PENDING, pendingId, readOutcome, readPlan, writeOutcome, type Folder } from './store.ts';
import { removeTemporaries } from './temporaries.ts';
import { makeVerifier } from './verifier.ts';
import { doSteps } from './run.ts';

export interface Recovered {
  id: string;
  result: Result;
}

/**
 * `look` observes the node, or says that it is booting. `reason`: what cut the change off; absent when a person asked to go
 * back. Returns undefined when the change was decided already.
 */
export async function recover(
  host: Host,
  folder: Folder,
  look: () => Promise<Observed | 'booting' | undefined>,
  reason: string | undefined,
  report: Report,
): Promise<Recovered | undefined> {
  const journal = await openJournal(host, folder);
  const { state } = journal;
  if (state.decided !== undefined) return undefined;
  if (!state.begun) {
    if ((await pendingId(host)) === folder.id) await host.files.remove(PENDING);
    if ((await readOutcome(host, folder)) !== undefined) return undefined;
    const error = { code: 'interrupted' as const, message: `${reason ?? 'it was ended'} before the first change`, where: [], notes: [], help: [] };
    await writeOutcome(host, folder, { transaction: folder.id, result: 'unchanged', changes: [], checks: [], restarted: [], seconds: 0, error });
    return { id: folder.id, result: 'unchanged' };
  }
  const plan = await readPlan(host, folder);
  await removeTemporaries(host, plan);
  let result: Result = 'done';
  let checks: Outcome['checks'] = [];
  let restarted: string[] = [];
  if (state.verified && state.undoing === undefined) {
    const context = { host, plan, folder, verify: async () => {}, beforeRestart: async () => {} };
    for (const [index, step] of plan.steps.entries()) {
      if (state.done.has(index)) continue;
      if (step.kind === 'link-directory') await EXECUTORS['link-directory'].do(context, step);
      if (step.kind === 'remove-directory') await EXECUTORS['remove-directory'].do(context, step);
      if (step.kind === 'disarm') await EXECUTORS.disarm.do(context, step);
    }
  } else {
    const seen = await look();
    const node = seen === 'booting' ? { atBoot: true as const } : seen === undefined ? {} : { observed: seen };
    const back = await goBack({ host, folder, plan, journal, ...node, report, reason: reason ?? 'asked for' });
    result = back.complete ? 'rolled-back' : 'incomplete';
    ({ checks, restarted } = back);
  }
  await writeOutcome(host, folder, {
    transaction: plan.id,
    strategy: plan.strategy,
    seconds: 0,
    ...(await readOutcome(host, folder)),
    changes: result === 'done' ? plan.changes : [],
    checks,
    restarted,
    result,
    ...(reason === undefined || result === 'done' ? {} : { error: { code: 'step-failed' as const, message: reason, where: [], notes: [], help: [] } }),
  });
  await journal.append({ type: 'decided', result });
  return { id: folder.id, result };
}

/** What the boot unit runs: the pending change, if any, is undone or finished with files alone. */
export async function recoverAtBoot(host: Host, report: Report): Promise<Recovered | undefined> {
  const id = await pendingId(host);
  if (id === undefined) return undefined;
  return await recover(host, folderOf(id), async () => 'booting', 'the machine was restarted in the middle of the change', report);
}

/** Where the API server was down: once it answers, the checks are made again, and the change is kept or undone. */
export async function conclude(host: Host, folder: Folder, observed: Observed, report: Report): Promise<Recovered | 'open'> {
  const journal = await openJournal(host, folder);
  if (journal.state.decided !== undefined) return { id: folder.id, result: journal.state.decided };
  const plan = await readPlan(host, folder);
  const verifier = makeVerifier(host, plan, observed, report);
  await verifier.note('running');
  try {
    await doSteps(host, folder, plan, journal, verifier, report);
  } catch (error) {
    if (!(error instanceof KcfgError)) return 'open';
    return (await recover(host, folder, async () => observed, error.message, report)) ?? 'open';
  }
  const earlier = await readOutcome(host, folder);
  if (earlier !== undefined) await writeOutcome(host, folder, { ...earlier, result: 'done', checks: verifier.checks });
  await journal.append({ type: 'decided', result: 'done' });
  return { id: folder.id, result: 'done' };
}
