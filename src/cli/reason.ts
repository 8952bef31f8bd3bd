/** `--reason TEXT`: kept with the change, in history and in the system's journal, so it is one line of bounded length. */
import { KcfgError } from '../errors.ts';
import { visible } from '../report/width.ts';
import { valueOf, type Request } from './request.ts';

/** Characters. A sentence and a ticket fit many times; a journal entry is cut by readers at 4 KiB and more (journalctl(1), --all). */
export const LONGEST_REASON = 1000;

/** Throws `usage`. Control characters are made visible: they would steer the terminal of whoever reads it. */
export function reasonOf(request: Request): string | undefined {
  const text = valueOf(request, 'reason');
  return text === undefined ? undefined : checkedReason(text);
}

export function checkedReason(text: string): string {
  const reason = visible(text.trim());
  const length = [...reason].length;
  if (length === 0) throw new KcfgError('usage', '--reason needs a text', { help: ["as in: --reason 'CHG-4711: more pods'"] });
  if (length > LONGEST_REASON) throw new KcfgError('usage', `the reason has ${length} characters, and ${LONGEST_REASON} are kept`, { help: ['name the ticket, and keep the rest there'] });
  return reason;
}
