/** What kcfg's own units run: `internal run ID`, `recover ID`, `conclude ID`, `boot`. Not for people. */
import type { Context } from '../cli/context.ts';
import { EXIT, KcfgError, type ExitStatus } from '../errors.ts';
import { observe } from '../node/observe.ts';
import type { Event, Outcome } from '../report/event.ts';
import { outcomeExit } from '../report/outcome.ts';
import { concludeUnitOf, dropProgram, eventsOf } from '../transaction/launch.ts';
import { runConclude, startConclude } from '../transaction/open-end.ts';
import { recover, recoverAtBoot } from '../transaction/recover.ts';
import { nothingDone, runTransaction } from '../transaction/run.ts';
import { folderOf, readOutcome, type Folder } from '../transaction/store.ts';

export async function run({ host, request }: Context): Promise<ExitStatus> {
  const [verb, id] = request.words;
  if (verb === 'boot') {
    await recoverAtBoot(host, () => {});
    return EXIT.done;
  }
  if (id === undefined) throw new KcfgError('usage', 'kcfg internal needs the number of a change');
  const folder = folderOf(id);
  const say = writeEvents(host, folder);
  let release = async (): Promise<void> => {};
  const take = async (): Promise<void> => {
    release = await host.lock.take(`change ${id}`);
  };
  const runIt = async (): Promise<Outcome> => {
    await take();
    return await runTransaction(host, folder, await observe(host), say.report);
  };
  try {
    switch (verb) {
      case 'run': {
        const outcome = await runIt().catch((error: unknown) => nothingDone(host, folder, error));
        if (outcome.result === 'undecided') {
          // The unit that waits needs the lock.
          await release();
          release = async () => {};
          await startConclude(host, id);
        }
        say.report({ event: 'outcome', outcome });
        await host.audit(`change ${id}: ${outcome.result}`, { KCFG_CHANGE: id, KCFG_RESULT: outcome.result });
        return outcomeExit(outcome);
      }
      case 'recover': {
        const asked = request.words[2] === 'asked';
        // An open change is not cut off: the unit that waits for the API server decides it.
        if (!asked && (await readOutcome(host, folder))?.result === 'undecided') {
          const { ActiveState } = await host.systemd.show(concludeUnitOf(id), ['ActiveState']);
          if (ActiveState !== 'active' && ActiveState !== 'activating') await startConclude(host, id);
          return EXIT.done;
        }
        await take();
        // While the machine goes down the kubelet is not to be started: the boot unit decides (recover.ts).
        if ((await host.run(['systemctl', 'is-system-running'])).stdout.trim() === 'stopping') return EXIT.done;
        const recovered = await recover(host, folder, () => observe(host).catch(() => undefined), asked ? undefined : 'kcfg was killed', say.report);
        const outcome = await readOutcome(host, folder);
        if (recovered !== undefined && outcome !== undefined) say.report({ event: 'outcome', outcome });
        return EXIT.done;
      }
      case 'conclude':
        await take();
        return await runConclude(host, folder, say.report);
      default:
        throw new KcfgError('usage', `kcfg internal has no ${verb ?? 'empty verb'}`);
    }
  } finally {
    await say.flush();
    await release();
    if (verb === 'recover' || verb === 'conclude') await dropProgram(host, folder);
  }
}

/** Events reach the terminal through a file, in order; a disk that is full must not end the change. */
function writeEvents(host: Context['host'], folder: Folder): { report: (event: Event) => void; flush(): Promise<void> } {
  let last: Promise<void> = Promise.resolve();
  return {
    report(event) {
      last = last.then(() => host.files.append(eventsOf(folder), `${JSON.stringify(event)}\n`)).catch(() => undefined);
    },
    flush: () => last,
  };
}
