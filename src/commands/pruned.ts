/** Words about a change whose old files were taken away, as history is kept for as long as configured. */
import { dateTime } from '../report/format.ts';
import type { Change } from '../transaction/records.ts';

export function whyPruned({ prunedAt }: Change): string {
  const at = prunedAt === undefined || Number.isNaN(Date.parse(prunedAt)) ? '' : ` on ${dateTime(new Date(prunedAt)).slice(0, 10)}`;
  return `its old files were taken away${at}, by the limits of history in /etc/kcfg/config.yaml`;
}
