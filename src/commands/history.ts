/** `kcfg history`: every change that kcfg made on this node, the newest first. */
import type { Context } from '../cli/context.ts';
import { EXIT, type ExitStatus } from '../errors.ts';
import type { Host } from '../host/host.ts';
import type { Plan } from '../plan/plan.ts';
import { valueText, withoutSecrets } from '../kubelet/value-text.ts';
import { dateTime } from '../report/format.ts';
import { table, visible } from '../report/width.ts';
import { folderOf, listIds, pendingId, readMeta, readOutcome, readPlan } from '../transaction/store.ts';

export interface HistoryRow {
  id: string;
  at: string;
  who: string;
  what: string;
  result: string;
  reason?: string;
}

export async function run({ host, out }: Context): Promise<ExitStatus> {
  const rows = await readHistory(host);
  await out.document({ changes: rows });
  if (rows.length === 0) {
    out.lines('kcfg has made no change on this node.');
    return EXIT.done;
  }
  const becomes = out.style.signs.becomes;
  out.lines(...table([['ID', 'WHEN', 'WHO', 'WHAT', 'RESULT'], ...rows.map((row) => [row.id.padStart(2), dateTime(new Date(row.at)), row.who, visible(row.what).replace('->', becomes).replace(/\.\.\.$/, out.style.signs.more), row.result])]));
  return EXIT.done;
}

const WORDS: Record<string, string> = { done: 'done', 'rolled-back': 'undone', incomplete: 'a person is needed', undecided: 'open', unchanged: 'unchanged', 'on-trial': 'on trial' };

/** Of a value in a row; `kcfg show ID` has all of it. */
const LONGEST = 40;

/** One setting with its values, several by their names, many by their number. */
function settingsWords({ settings = [], field, verb }: Plan): string {
  const [only, ...others] = settings;
  if (only === undefined) return `${verb} ${field}`;
  const shortValue = (value: unknown): string => {
    const letters = [...valueText(withoutSecrets(only.field, value))];
    return letters.length > LONGEST ? `${letters.slice(0, LONGEST).join('')}...` : letters.join('');
  };
  if (others.length === 0) return `${only.field} ${shortValue(only.from)} -> ${shortValue(only.to)}`;
  return settings.length <= 2 ? settings.map((each) => each.field).join(', ') : `${settings.length} settings: ${only.field}, ...`;
}

/** Names as long as they are few: a row is a line. */
function shortly(names: string[]): string {
  return names.length <= 2 ? names.join(', ') : `${names.length} pods`;
}

export async function readHistory(host: Host): Promise<HistoryRow[]> {
  const pending = await pendingId(host);
  const rows: HistoryRow[] = [];
  for (const id of (await listIds(host)).reverse()) {
    const folder = folderOf(id);
    const plan = await readPlan(host, folder);
    const meta = await readMeta(host, folder);
    const outcome = await readOutcome(host, folder);
    const what = plan.settings !== undefined ? settingsWords(plan) : plan.field === 'staticPodPath' ? `${plan.field} -> ${plan.to === '' ? 'none' : plan.to}` : `unpin ${shortly(plan.from.split(', '))}`;
    rows.push({
      id,
      at: meta?.startedAt ?? plan.madeAt,
      who: meta?.who ?? '',
      what: plan.target?.undoes === undefined ? what : `rollback ${plan.target.undoes.id}${plan.settings === undefined ? ` -> ${plan.to === '' ? 'none' : plan.to}` : `: ${what}`}`,
      result: WORDS[outcome?.result ?? ''] ?? (pending === id ? 'running' : 'cut off, nothing changed'),
      ...(plan.reason === undefined ? {} : { reason: plan.reason }),
    });
  }
  return rows;
}
