/** `kcfg confirm`: keep the change that is on trial. From another login, which proves that one can still get in. */
import type { Context } from '../cli/context.ts';
import { valuesOf } from '../cli/request.ts';
import { EXIT, KcfgError, type ExitStatus } from '../errors.ts';
import { needRoot } from '../node/observe.ts';
import { clockTime, coarse } from '../report/format.ts';
import { now } from '../report/outcome.ts';
import { auditEnd } from '../transaction/audit-entry.ts';
import { pendingChange, readPending } from '../transaction/pending.ts';
import { folderOf } from '../transaction/store.ts';
import { confirm } from '../transaction/trial.ts';

export async function run({ host, request, out }: Context): Promise<ExitStatus> {
  needRoot(host);
  const pending = await readPending(host);
  if (pending === undefined) throw new KcfgError('not-pending', 'no change is on trial', { help: ['see what became of the last one: kcfg history'] });
  if (pending.kind !== 'on-trial') throw pendingChange(pending);
  const { id, until, login } = pending;
  if (login === host.user.session && !valuesOf(request, 'force').includes('same-login')) {
    const left = (Date.parse(until) - host.clock.now().getTime()) / 1000;
    throw new KcfgError('same-login', 'this login made the change, so it proves no new one works', {
      help: [`from another terminal: ssh ${host.user.name}@${host.hostname} kcfg confirm`],
      outcome: `Still on trial until ${clockTime(new Date(until))}, in ${coarse(Math.max(0, left))}.`,
    });
  }
  const release = await host.lock.take(`confirm of change ${id}`);
  try {
    const outcome = await confirm(host, folderOf(id), host.user.login);
    await auditEnd(host, folderOf(id), outcome.result, 'confirmed');
    await out.document(outcome);
    out.lines(out.style.strong(`Kept: change ${id}.${now(outcome)}`));
    return EXIT.done;
  } finally {
    await release();
  }
}
