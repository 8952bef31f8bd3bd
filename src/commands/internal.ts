/** What kcfg's own units run: `internal run ID`, `recover ID`, `revert ID`, `conclude ID`, `boot`. Not for people. */
import type { Context } from '../cli/context.ts';
import { EXIT, KcfgError, type ExitStatus } from '../errors.ts';
import type { Host } from '../host/host.ts';
import { observe } from '../node/observe.ts';
import { observeBroken } from '../doctor/observed.ts';
import type { Observed } from '../node/observed.ts';
import { outcomeExit } from '../report/outcome.ts';
import { auditEnd } from '../transaction/audit-entry.ts';
import { openEventLog } from '../transaction/event-log.ts';
import { abortOf } from '../transaction/launch.ts';
import { runConclude, startConclude } from '../transaction/open-end.ts';
import { dropProgram } from '../transaction/program.ts';
import { recover, recoverAtBoot, type Cause } from '../transaction/recover.ts';
import { keepHistoryShort } from '../transaction/retention.ts';
import { nothingDone, runTransaction } from '../transaction/run.ts';
import { folderOf, readMeta, readOutcome, readPlan, type Folder } from '../transaction/store.ts';
import { concludeUnitOf, revertTimerOf } from '../transaction/units.ts';
import { coarse } from '../report/format.ts';

/** Others hold the lock for moments (a look, a confirm); a unit that gives up at once would leave its work undone. */
const PATIENCE_MS = 30_000;
/** In all well below the 2.4 s after which a kubelet that sees no directory stops its pods (wait.ts). */
const LOOKS = 3;
const BETWEEN_LOOKS_MS = 300;

export async function run({ host, request, version }: Context): Promise<ExitStatus> {
  const [verb = '', id, word] = request.words;
  const look = () => lookPatiently(host, version, id);
  if (verb === 'boot') {
    const release = await takeLock(host, 'recovery at boot');
    const recovered = await recoverAtBoot(host, () => {}, look).finally(release);
    if (recovered === undefined) return EXIT.done;
    await auditEnd(host, folderOf(recovered.id), recovered.result);
    await dropProgram(host, folderOf(recovered.id));
    // systemd shows a unit that failed: what is left half-way is not to look like a success
    return recovered.result === 'incomplete' ? EXIT.incomplete : EXIT.done;
  }
  if (id === undefined) throw new KcfgError('usage', 'kcfg internal needs the number of a change');
  const folder = folderOf(id);
  const say = openEventLog(host, folder);
  const release = verb === 'recover' && (await leaveToOthers(host, folder, word)) ? undefined : await takeLock(host, `change ${id}`);
  if (release === undefined) return EXIT.done;
  try {
    switch (verb) {
      case 'run': {
        const outcome = await lookAt(host, version, id)
          .then((observed) => runTransaction(host, folder, observed, say.report))
          .catch((error: unknown) => nothingDone(host, folder, error));
        if (outcome.result === 'undecided') {
          // The unit that waits needs the lock.
          await release();
          await startConclude(host, id);
        }
        say.report({ event: 'outcome', outcome });
        await auditEnd(host, folder, outcome.result);
        if (outcome.result !== 'undecided') await keepHistoryShort(host);
        return outcomeExit(outcome);
      }
      case 'recover':
      case 'revert': {
        const recovered = await recover(host, folder, look, await causeOf(host, folder, verb, word), say.report);
        const outcome = await readOutcome(host, folder);
        if (recovered === undefined || outcome === undefined) return EXIT.done;
        say.report({ event: 'outcome', outcome });
        await auditEnd(host, folder, recovered.result);
        return EXIT.done;
      }
      case 'conclude':
        return await runConclude(host, folder, say.report);
      default:
        throw new KcfgError('usage', `kcfg internal has no ${verb}`);
    }
  } finally {
    await say.flush();
    await release();
    if (verb !== 'run') await dropProgram(host, folder);
  }
}

/** A kubelet that is restarting at that very moment may be half there; one that stays so is left unread: going back cannot wait for it. */
async function lookPatiently(host: Host, version: string, id: string | undefined): Promise<Observed | undefined> {
  for (let look = 1; look <= LOOKS; look++) {
    const observed = await lookAt(host, version, id).catch(() => undefined);
    if (observed !== undefined) return observed;
    if (look < LOOKS) await host.clock.sleep(BETWEEN_LOOKS_MS);
  }
  return undefined;
}

/** A change that mends a node must run on what observe.ts refuses. */
async function lookAt(host: Host, version: string, id: string | undefined): Promise<Observed> {
  const plan = id === undefined ? undefined : await readPlan(host, folderOf(id)).catch(() => undefined);
  return plan?.target?.field === 'recovery' ? await observeBroken(host, version) : await observe(host);
}

async function takeLock(host: Host, words: string): Promise<() => Promise<void>> {
  const until = host.clock.seconds() + PATIENCE_MS / 1000;
  for (;;) {
    try {
      return await host.lock.take(words);
    } catch (error) {
      if (!(error instanceof KcfgError) || error.code !== 'locked' || host.clock.seconds() > until) throw error;
    }
  }
}

/** Of what follows the end of a change's main process: some ends are others' to decide. */
async function leaveToOthers(host: Host, folder: Folder, word: string | undefined): Promise<boolean> {
  if (word === 'asked') return false;
  // While the machine goes down the kubelet is not to be started: the boot unit decides (recover.ts).
  if ((await host.run(['systemctl', 'is-system-running'])).stdout.trim() === 'stopping') return true;
  const result = (await readOutcome(host, folder))?.result;
  // Neither is one on trial, while its timer runs.
  if (result === 'on-trial') return (await host.systemd.show(revertTimerOf(folder.id), ['ActiveState'])).ActiveState === 'active';
  if (result !== 'undecided') return false;
  // An open change is not cut off: the unit that waits for the API server decides it.
  const { ActiveState } = await host.systemd.show(concludeUnitOf(folder.id), ['ActiveState']);
  if (ActiveState !== 'active' && ActiveState !== 'activating') await startConclude(host, folder.id);
  return true;
}

/** systemd's word for how the main process ended (systemd.exec(5), $SERVICE_RESULT), in a person's words. */
const ENDS: Record<string, string> = {
  timeout: 'it took longer than 15 min',
  'oom-kill': 'the kernel killed kcfg for want of memory',
  'core-dump': 'kcfg crashed',
  'exit-code': 'kcfg failed',
};

async function causeOf(host: Host, folder: Folder, verb: string, word: string | undefined): Promise<Cause> {
  if (verb === 'revert') return { kind: 'expired', words: `it was not confirmed within ${coarse((await readMeta(host, folder))?.confirmWithin ?? 0)}` };
  if (word === 'asked') return { kind: 'asked' };
  const who = (await host.files.read(abortOf(folder)))?.toString('utf8').trim();
  if (who !== undefined) return { kind: 'asked', words: `${who} stopped it: kcfg abort` };
  return { kind: 'cut-off', words: ENDS[word ?? ''] ?? 'kcfg was killed' };
}
