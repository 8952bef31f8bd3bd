/** `kcfg rollback [ID]`: back to before a change, as a plan like any other. Refused where the node has moved on since. */
import type { Context } from '../cli/context.ts';
import { KcfgError, type ExitStatus } from '../errors.ts';
import type { Host } from '../host/host.ts';
import { needRoot } from '../node/observe.ts';
import { isMove, keptChanges } from '../transaction/kept.ts';
import { readPending } from '../transaction/pending.ts';
import type { Change } from '../transaction/records.ts';
import { refuseBusy } from './busy.ts';
import { findChange } from './find-change.ts';
import { whyPruned } from './pruned.ts';
import { rollbackManifest } from './rollback-manifest.ts';
import { rollbackMove } from './rollback-move.ts';
import { rollbackSettings } from './rollback-settings.ts';
import { wayBack } from './way-back.ts';

export async function run(context: Context): Promise<ExitStatus> {
  const { host, request } = context;
  needRoot(host);
  const pending = await readPending(host);
  // of a change that is not decided the way back is the one after a crash
  if (pending !== undefined && pending.kind !== 'running' && host.live && (request.words[0] ?? pending.id) === pending.id) {
    return await (await import('./abort.ts')).run(context);
  }
  await refuseBusy(context);
  const change = await findChange(host, request.words[0] ?? (await lastKept(host)));
  const { id, plan, outcome } = change;
  if (plan === undefined || outcome === undefined) {
    if (change.damage !== undefined) throw change.damage;
    throw notKept(id);
  }
  if (outcome.result !== 'done') throw notKept(id);
  if (change.prunedAt !== undefined) throw pruned(change);
  if (plan.settings !== undefined) return await rollbackSettings(context, plan);
  if (isMove(plan)) return await rollbackMove(context, plan);
  if (plan.target?.field === 'manifest') return await rollbackManifest(context, plan);
  throw new KcfgError('moved-on', `change ${id} released pins, and the pods from before are gone`, { help: ['pins come back with the next move: kcfg set staticPodPath DIR'] });
}

function notKept(id: string): KcfgError {
  return new KcfgError('no-such-change', `change ${id} was not kept: there is nothing to go back from`, { help: [`see what became of it: kcfg show ${id}`] });
}

/** What it changed is still known, and can be asked for by name. */
function pruned(change: Change): KcfgError {
  const { id, plan } = change;
  const command = plan === undefined ? '' : wayBack(plan);
  return new KcfgError('no-such-change', `change ${id} is not kept whole any more`, {
    where: [{ file: change.folder.path }],
    notes: [whyPruned(change)],
    help: [...(command === '' ? [] : ['name what you want:', `  ${command}`]), 'keep more from now on, there: history.keep'],
  });
}

/** The newest change that was kept and not gone back from. */
async function lastKept(host: Host): Promise<string> {
  const found = (await keptChanges(host)).find(({ plan, undoneBy }) => undoneBy === undefined && plan.target?.undoes === undefined && (plan.settings !== undefined || isMove(plan) || plan.target?.field === 'manifest'));
  if (found !== undefined) return found.id;
  throw new KcfgError('no-such-change', 'kcfg has made no change here to go back from', { help: ['see them all: kcfg history'] });
}
