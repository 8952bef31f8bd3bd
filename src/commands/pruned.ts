/** Words about a change whose old files were taken away, as history is kept for as long as configured. */
import { dateTime } from '../report/format.ts';
import type { Change } from '../transaction/records.ts';

export function whyPruned({ id, prunedAt }: Change): string {
  const at = prunedAt === undefined || Number.isNaN(Date.parse(prunedAt)) ? '' : ` on ${dateTime(new Date(prunedAt)).slice(0, 10)}`;
  return `The old files of change ${id} were taken away${at}: it is older than history is kept`;
}
