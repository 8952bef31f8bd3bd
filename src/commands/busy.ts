/**
 * Before a command that changes looks at the node: one change at a time. One that was cut off, and that nobody is at work on,
 * is brought to its end first, by the rule that holds after a crash; then the command goes on.
 */
import type { Context } from '../cli/context.ts';
import { isOn } from '../cli/request.ts';
import { KcfgError } from '../errors.ts';
import { launchRecovery } from '../transaction/launch.ts';
import { noticeLines } from '../transaction/notice.ts';
import { pendingChange, readPending } from '../transaction/pending.ts';
import { clearNotice, folderOf } from '../transaction/store.ts';

/** Throws `locked` or `pending-change`. */
export async function refuseBusy({ host, request, out, onInterrupt }: Context): Promise<void> {
  const pending = await readPending(host);
  if (pending === undefined) {
    // Taken and given back: the words of the holder are in the refusal.
    if (await host.lock.held()) await (await host.lock.take('looking'))();
    return;
  }
  if (pending.kind !== 'cut-off' || isOn(request, 'dry-run')) throw pendingChange(pending);
  const window = new AbortController();
  const release = onInterrupt(() => window.abort());
  try {
    const outcome = await launchRecovery(host, folderOf(pending.id), () => {}, window.signal);
    if (outcome === 'left') throw new KcfgError('interrupted', 'interrupted while an earlier change was undone', { help: [`it goes on: kcfg show ${pending.id}`] });
    out.note(...(await noticeLines(host, out.progress.style, out.progress.columns())));
    await clearNotice(host, pending.id);
    const still = await readPending(host);
    if (still !== undefined) throw pendingChange(still);
  } finally {
    release();
  }
}
