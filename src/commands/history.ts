/** `kcfg history`: every change that kcfg made on this node, the newest first. */
import type { Context } from '../cli/context.ts';
import { valueOf } from '../cli/request.ts';
import { EXIT, KcfgError, type ExitStatus } from '../errors.ts';
import type { Host } from '../host/host.ts';
import { needRoot } from '../node/observe.ts';
import { changeWords, PLAIN } from '../report/change-words.ts';
import { count, dateTime } from '../report/format.ts';
import { resultWord, type ResultWord } from '../report/result-word.ts';
import type { Signs } from '../report/style.ts';
import { cut, padEnd, padStart, visible, width, wrap } from '../report/width.ts';
import { readChanges, type Change } from '../transaction/records.ts';
import { pendingId } from '../transaction/store.ts';

export interface HistoryRow {
  id: string;
  /** ISO time at which it was begun; '' where its record does not say. */
  at: string;
  who: string;
  what: string;
  result: ResultWord;
  reason?: string;
  seconds?: number;
  /** Number of the change that this one goes back from. */
  undoes?: string;
  /** ISO time at which its old files were taken away. */
  pruned?: string;
  /** What of its record cannot be read. */
  damage?: string;
}

export async function run({ host, request, out }: Context): Promise<ExitStatus> {
  needRoot(host);
  const limit = readLimit(valueOf(request, 'limit'));
  const { more, becomes } = out.style.signs;
  const all = await readHistory(host, { more, becomes }, out.format !== 'human');
  const rows = all.slice(0, limit);
  await out.document({ changes: rows });
  if (rows.length === 0) {
    out.lines('kcfg has made no change on this node.');
    return EXIT.done;
  }
  out.lines(...historyLines(rows, { columns: out.terminal ? out.columns : Infinity, more, reasons: out.verbose }));
  if (rows.length < all.length && !out.quiet) out.note(`${count(rows.length, 'change')} of ${all.length}.`);
  return EXIT.done;
}

/** A terminal gets rows of its width: WHAT is cut, never the rest, and `kcfg show` has all of it. A pipe gets it whole. */
export function historyLines(rows: readonly HistoryRow[], view: { columns: number; more: string; reasons?: boolean }): string[] {
  const cells = rows.map((row) => [row.id, row.at === '' ? '-' : dateTime(new Date(row.at)), visible(row.who) || '-', row.what, row.result]);
  const table = [['ID', 'WHEN', 'WHO', 'WHAT', 'RESULT'], ...cells];
  const widest = (index: number): number => Math.max(...table.map((row) => width(row[index] ?? '')));
  const [id, when, who, result] = [Math.max(2, widest(0)), widest(1), widest(2), widest(4)];
  const room = view.columns - id - when - who - result - 8;
  const what = Math.min(widest(3), Math.max(12, room));
  return table.flatMap((row, index) => {
    const [number = '', at = '', name = '', about = '', end = ''] = row;
    const before = `${index === 0 ? padEnd(number, id) : padStart(number, id)}  ${padEnd(at, when)}  `;
    const line = `${before}${padEnd(name, who)}  ${padEnd(cut(about, what, view.more), what)}  ${end}`.trimEnd();
    const reason = view.reasons === true ? rows[index - 1]?.reason : undefined;
    return reason === undefined ? [line] : [line, ...wrap(visible(reason), Math.max(20, view.columns - id - 2)).map((text) => `${' '.repeat(id + 2)}${text}`)];
  });
}

function readLimit(text: string | undefined): number {
  if (text === undefined) return Infinity;
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new KcfgError('usage', `--limit takes a number of changes, not ${text}`, { help: ['the last five: kcfg history -n 5'] });
}

/** `plain`: for a document, in ASCII. */
export async function readHistory(host: Host, signs: Pick<Signs, 'more' | 'becomes'>, plain = false): Promise<HistoryRow[]> {
  const changes = await readChanges(host);
  const underWay = await changeUnderWay(host);
  return changes.map((change) => rowOf(change, change.id === underWay.id ? underWay.stands : undefined, plain ? PLAIN : signs));
}

export interface UnderWay {
  id: string | undefined;
  stands: 'at work' | 'pending';
}

/** The change that was begun and is not decided. */
export async function changeUnderWay(host: Host): Promise<UnderWay> {
  const id = await pendingId(host);
  return { id, stands: id !== undefined && host.live && (await host.lock.held()) ? 'at work' : 'pending' };
}

export function rowOf(change: Change, stands: UnderWay['stands'] | undefined, signs: Pick<Signs, 'more' | 'becomes'>): HistoryRow {
  const { id, plan, meta, outcome, prunedAt, damage } = change;
  return {
    id,
    at: meta?.startedAt ?? plan?.madeAt ?? '',
    who: meta?.who ?? '',
    what: plan === undefined ? '-' : changeWords(plan, signs),
    result: resultWord(change, stands),
    ...(plan?.reason === undefined ? {} : { reason: plan.reason }),
    ...(outcome === undefined ? {} : { seconds: outcome.seconds }),
    ...(plan?.target?.undoes === undefined ? {} : { undoes: plan.target.undoes.id }),
    ...(prunedAt === undefined ? {} : { pruned: prunedAt }),
    ...(damage === undefined ? {} : { damage: damage.message }),
  };
}
