/**
 * The write-ahead journal of one change: what is about to be done stands on disk before it is done.
 *
 * Format, version 1: one record a line, appended and fsynced one at a time:
 *     CHECKSUM SPACE JSON NEWLINE
 * CHECKSUM is the first 16 hex digits of the SHA-256 of JSON. JSON has `n` (counts from 0, no gaps), `at` (ISO time),
 * `type`, and for steps `step` (index in the plan). Types: begin {version, plan: sha256 of plan.json} · intent · done ·
 * verified · trial {until} · confirmed {by} · undoing {reason} · undoing-step · undone · decided {result}.
 * A last line without its newline, or whose checksum fails, was torn by a crash: it counts as not written. Any other
 * damage stops everything with `damaged-record`: guessing could lose a control plane.
 */
import { createHash } from 'node:crypto';
import { KcfgError } from '../errors.ts';
import type { Host } from '../host/host.ts';
import type { Result } from '../report/event.ts';
import type { Folder } from './store.ts';

export type Entry =
  | { type: 'begin'; version: 1; plan: string }
  | { type: 'intent'; step: number }
  | { type: 'done'; step: number }
  | { type: 'verified' }
  /** All is done, and goes back unless it is confirmed. `until`: ISO time. */
  | { type: 'trial'; until: string }
  | { type: 'confirmed'; by: string }
  | { type: 'undoing'; reason: string }
  | { type: 'undoing-step'; step: number }
  | { type: 'undone'; step: number }
  | { type: 'decided'; result: Result };
export type Record = Entry & { n: number; at: string };

/** What the records add up to. */
export interface State {
  begun: boolean;
  /** ISO time of the first record. */
  beganAt?: string;
  intents: Set<number>;
  done: Set<number>;
  verified: boolean;
  /** ISO time at which the trial is over. */
  trial?: string;
  confirmed: boolean;
  undoing?: string;
  undone: Set<number>;
  decided?: Result;
  /** ISO time of the last record before it went back: when it was cut off, if it was. */
  lastAt?: string;
}

export interface Journal {
  readonly state: State;
  append(entry: Entry): Promise<void>;
}

/** Opens or continues the journal of a change. Throws `damaged-record`. */
export async function openJournal(host: Host, folder: Folder): Promise<Journal> {
  const path = `${folder.path}/journal`;
  const { records, torn } = parseJournal(path, (await host.files.read(path))?.toString('utf8') ?? '');
  const state = addUp(records);
  let n = records.length;
  if (torn) await host.files.write(path, records.map(line).join(''));
  return {
    state,
    async append(entry) {
      const record: Record = { ...entry, n, at: host.clock.now().toISOString() };
      await host.files.append(path, line(record));
      n++;
      apply(state, record);
    },
  };
}

/** What the records add up to, for one who only looks: another process may be in the middle of writing. Throws `damaged-record`. */
export async function readState(host: Host, folder: Folder): Promise<State> {
  const path = `${folder.path}/journal`;
  return addUp(parseJournal(path, (await host.files.read(path))?.toString('utf8') ?? '').records);
}

function line(record: Record): string {
  const json = JSON.stringify(record);
  return `${checksum(json)} ${json}\n`;
}
function checksum(json: string): string {
  return createHash('sha256').update(json).digest('hex').slice(0, 16);
}

export function parseJournal(path: string, text: string): { records: Record[]; torn: boolean } {
  const lines = text.split('\n');
  const rest = lines.pop() ?? '';
  const records: Record[] = [];
  for (const [index, text] of lines.entries()) {
    const record = parseLine(text, records.length);
    if (record !== undefined) {
      records.push(record);
      continue;
    }
    if (index === lines.length - 1 && rest === '') return { records, torn: true };
    throw new KcfgError('damaged-record', `the journal of a change is damaged`, {
      where: [{ file: path, line: index + 1, label: 'its checksum does not match' }],
      notes: ['until it is mended, kcfg only reads'],
      help: [`what it was doing, and how to undo it by hand: ${path.slice(0, path.lastIndexOf('/'))}/README`],
      outcome: 'A person is needed.',
    });
  }
  return { records, torn: rest !== '' };
}

function parseLine(text: string, n: number): Record | undefined {
  const [sum, json] = [text.slice(0, 16), text.slice(17)];
  if (text[16] !== ' ' || checksum(json) !== sum) return undefined;
  const record = JSON.parse(json) as Record;
  return record.n === n ? record : undefined;
}

function addUp(records: Record[]): State {
  const state: State = { begun: false, intents: new Set(), done: new Set(), verified: false, confirmed: false, undone: new Set() };
  for (const record of records) apply(state, record);
  return state;
}

function apply(state: State, entry: Record): void {
  if (state.undoing === undefined && entry.type !== 'undoing' && entry.type !== 'decided') state.lastAt = entry.at;
  switch (entry.type) {
    case 'begin':
      state.begun = true;
      state.beganAt = entry.at;
      break;
    case 'intent':
      state.intents.add(entry.step);
      break;
    case 'done':
      state.done.add(entry.step);
      break;
    case 'verified':
      state.verified = true;
      break;
    case 'trial':
      state.trial = entry.until;
      break;
    case 'confirmed':
      state.confirmed = true;
      break;
    case 'undoing':
      state.undoing = entry.reason;
      break;
    case 'undoing-step':
      break;
    case 'undone':
      state.undone.add(entry.step);
      break;
    case 'decided':
      state.decided = entry.result;
      break;
  }
}
