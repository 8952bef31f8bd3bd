/** The change that is not decided yet: what it waits for, and what to type. */
import { KcfgError } from '../errors.ts';
import type { Host } from '../host/host.ts';
import type { CutOff } from '../report/event.ts';
import { clockTime } from '../report/format.ts';
import { clearPending } from './decide.ts';
import { readState } from './journal.ts';
import { cutOffOf } from './recover.ts';
import { folderOf, PENDING, pendingId, readMeta, readOutcome, readPlan } from './store.ts';
import { unitOf } from './units.ts';

export type Pending = { id: string } & (
  | { kind: 'running' }
  /** `login`: the one that made it, and that may not confirm it. `until`: ISO. */
  | { kind: 'on-trial'; until: string; login: string }
  /** The API server was down; a unit decides when it answers. */
  | { kind: 'open' }
  /** Its process is gone, and nobody is at work on it. */
  | { kind: 'cut-off'; at: CutOff }
  /** Undone as far as it went; a person is needed for the rest. */
  | { kind: 'incomplete' }
);

/** Undefined: none. Throws `damaged-record`. */
export async function readPending(host: Host): Promise<Pending | undefined> {
  const id = await pendingId(host);
  if (id === undefined) return undefined;
  const folder = folderOf(id);
  if ((await host.files.info(folder.path)) === undefined) {
    throw new KcfgError('damaged-record', `change ${id} is pending, and nothing of it is there`, {
      where: [{ file: PENDING, label: id }, { file: folder.path, label: 'missing' }],
      notes: ['what it had changed by then is not known any more'],
      help: ['look at the files of this node, then take the mark away:', `  rm ${PENDING}`],
      outcome: 'A person is needed.',
    });
  }
  const state = await readState(host, folder);
  // It ended between its last record and the removal of the mark.
  if (state.decided !== undefined) return undefined;
  // Its service may still be on its way out.
  if (state.trial !== undefined && state.undoing === undefined && !state.confirmed) {
    return { id, kind: 'on-trial', until: state.trial, login: (await readMeta(host, folder))?.login ?? '' };
  }
  const result = (await readOutcome(host, folder))?.result;
  // The unit that waits holds the lock all the time.
  if (result === 'undecided' && state.undoing === undefined) return { id, kind: 'open' };
  if (await isAtWork(host, id)) return { id, kind: 'running' };
  if (result === 'incomplete') return { id, kind: 'incomplete' };
  return { id, kind: 'cut-off', at: cutOffOf(await readPlan(host, folder), state, 'kcfg was killed') };
}

/** Of a change that was decided, and whose process ended before it took its mark away. The caller holds the lock. */
export async function takeMarkAway(host: Host): Promise<void> {
  const left = await pendingId(host);
  if (left !== undefined && (await readPending(host)) === undefined) await clearPending(host, folderOf(left));
}

async function isAtWork(host: Host, id: string): Promise<boolean> {
  if (host.live) {
    const { ActiveState } = await host.systemd.show(unitOf(id), ['ActiveState']).catch(() => ({ ActiveState: 'unknown' }));
    if (ActiveState === 'active' || ActiveState === 'activating' || ActiveState === 'deactivating') return true;
  }
  return await host.lock.held();
}

/** For whoever makes a plan: there is no ground to stand on while a change is not decided. Throws `locked` or `pending-change`. */
export async function refusePending(host: Host): Promise<void> {
  const pending = await readPending(host);
  if (pending !== undefined) throw pendingChange(pending);
}

/** Why another change cannot begin. */
export function pendingChange(pending: Pending): KcfgError {
  const { id } = pending;
  switch (pending.kind) {
    case 'running':
      return new KcfgError('locked', 'another kcfg is at work on this node', { notes: [`change ${id} is being made`], help: [`see where it stands: kcfg show ${id}`], outcome: 'Nothing was changed.' });
    case 'on-trial':
      return new KcfgError('pending-change', `change ${id} is on trial until ${clockTime(new Date(pending.until))}`, { help: ['keep it: kcfg confirm', 'or go back: kcfg abort'] });
    case 'open':
      return new KcfgError('pending-change', `change ${id} is not decided yet: the API server does not answer`, { notes: ['when it does, systemd makes the checks left out, and keeps or undoes it'], help: [`see where it stands: kcfg show ${id}`, 'or go back: kcfg abort'] });
    case 'cut-off':
      return new KcfgError('pending-change', `change ${id} was cut off at step ${pending.at.step} of ${pending.at.of}`, { help: ['undo it: kcfg abort'] });
    case 'incomplete':
      return new KcfgError('pending-change', `change ${id} could not be undone to its end`, { help: [`what stands in the way: kcfg show ${id}`, 'then try again: kcfg abort'] });
  }
}
