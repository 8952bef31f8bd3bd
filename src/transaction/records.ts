/**
 * The records of earlier changes, as far as they can be read: what is damaged in one folder is told with that change, and
 * hides neither the rest of it nor any other change.
 */
import { KcfgError } from '../errors.ts';
import type { Host } from '../host/host.ts';
import type { Plan } from '../plan/plan.ts';
import type { Event, Outcome } from '../report/event.ts';
import { parseJournal, type Record } from './journal.ts';
import { folderOf, listIds, readMeta, readOutcome, readPlan, type Folder, type Meta } from './store.ts';

export interface Change {
  readonly id: string;
  readonly folder: Folder;
  plan?: Plan;
  meta?: Meta;
  outcome?: Outcome;
  /** ISO time at which its old files were taken away (retention.ts). */
  prunedAt?: string;
  /** What of it cannot be read, the first of all. */
  damage?: KcfgError;
}

export function prunedMark(folder: Folder): string {
  return `${folder.path}/pruned`;
}

export async function readChange(host: Host, id: string): Promise<Change> {
  const folder = folderOf(id);
  const change: Change = { id, folder };
  const attempt = async <T>(file: string, read: () => Promise<T | undefined>, fits: (value: T) => boolean): Promise<T | undefined> => {
    try {
      const value = await read();
      if (value === undefined || fits(value)) return value;
      throw new KcfgError('damaged-record', `${folder.path}/${file} is not what kcfg wrote`, { where: [{ file: `${folder.path}/${file}` }], outcome: 'A person is needed.' });
    } catch (error) {
      if (!(error instanceof KcfgError)) throw error;
      // a folder without a plan was made, and the machine died before more was written
      if (error.code !== 'no-such-change') change.damage ??= error;
      return undefined;
    }
  };
  const plan = await attempt('plan.json', () => readPlan(host, folder), isPlan);
  const meta = await attempt('meta.json', () => readMeta(host, folder), isObject);
  const outcome = await attempt('outcome.json', () => readOutcome(host, folder), isOutcome);
  const pruned = await attempt('pruned', async () => (await host.files.read(prunedMark(folder)))?.toString('utf8').trim(), () => true);
  if (plan !== undefined) change.plan = plan;
  if (meta !== undefined) change.meta = meta;
  if (outcome !== undefined) change.outcome = outcome;
  if (pruned !== undefined) change.prunedAt = pruned;
  return change;
}

/** Every change, the newest first. */
export async function readChanges(host: Host): Promise<Change[]> {
  const changes: Change[] = [];
  for (const id of (await listIds(host)).reverse()) changes.push(await readChange(host, id));
  return changes;
}

/** The journal of a change, up to where it is damaged. */
export async function readRecords(host: Host, folder: Folder): Promise<{ records: Record[]; damage?: KcfgError }> {
  const path = `${folder.path}/journal`;
  const text = (await host.files.read(path))?.toString('utf8') ?? '';
  try {
    return { records: parseJournal(path, text).records };
  } catch (error) {
    if (!(error instanceof KcfgError)) throw error;
    const line = error.where[0]?.line ?? 1;
    const whole = text.split('\n').slice(0, line - 1).map((each) => `${each}\n`).join('');
    return { records: parseJournal(path, whole).records, damage: error };
  }
}

export const eventsOf = (folder: Folder): string => `${folder.path}/events`;

/** One line of events. One that a full disk cut off says nothing; the outcome is in a file of its own. */
export function parseEvent(line: string): Event | undefined {
  try {
    return JSON.parse(line) as Event;
  } catch {
    return undefined;
  }
}

/** What a change said while it ran. Best effort: it is only what was shown. */
export async function readEvents(host: Host, folder: Folder): Promise<Event[]> {
  const text = (await host.files.read(eventsOf(folder)).catch(() => undefined))?.toString('utf8') ?? '';
  return text.split('\n').flatMap((line) => parseEvent(line) ?? []);
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
function isPlan(plan: Plan): boolean {
  return isObject(plan) && Array.isArray(plan.steps) && Array.isArray(plan.changes) && typeof plan.field === 'string' && typeof plan.verb === 'string' && typeof plan.from === 'string';
}
function isOutcome(outcome: Outcome): boolean {
  return isObject(outcome) && typeof outcome.result === 'string' && Array.isArray(outcome.checks) && Array.isArray(outcome.changes) && Array.isArray(outcome.restarted);
}
