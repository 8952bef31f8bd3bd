/** What the system's journal gets of a change that is decided: who, what and why, with fields that can be searched for. */
import type { Host } from '../host/host.ts';
import { changeWords } from '../report/change-words.ts';
import type { Result } from '../report/event.ts';
import { readChange } from './records.ts';
import type { Folder } from './store.ts';

/** `end`: in words, where the result alone does not say it. Best effort, as each entry is (host/audit.ts). */
export async function auditEnd(host: Host, folder: Folder, result: Result, end: string = result): Promise<void> {
  const { plan, meta } = await readChange(host, folder.id).catch(() => ({ plan: undefined, meta: undefined }));
  await host.audit(`change ${folder.id}: ${end}`, {
    KCFG_CHANGE: folder.id,
    KCFG_RESULT: result,
    ...(meta?.who === undefined ? {} : { KCFG_WHO: meta.who }),
    ...(plan === undefined ? {} : { KCFG_WHAT: changeWords(plan) }),
    ...(plan?.reason === undefined ? {} : { KCFG_REASON: plan.reason }),
  });
}
