/** What became of a change, in one or two words: the same in `history`, `show`, `status` and their documents. */
import type { Outcome } from './event.ts';

export type ResultWord = 'done' | 'kept' | 'undone' | 'unchanged' | 'on trial' | 'open' | 'running' | 'cut off' | 'a person is needed' | 'damaged';

export interface Ended {
  outcome?: Outcome;
  damage?: unknown;
}

/**
 * `pending`: the mark of a change under way names this one; `at work`: and a process holds the lock. Without an end and
 * without the mark it never began: its folder was made, and kcfg was killed before more was done.
 */
export function resultWord({ outcome, damage }: Ended, stands?: 'at work' | 'pending'): ResultWord {
  if (damage !== undefined) return 'damaged';
  switch (outcome?.result) {
    case 'done':
      return outcome.confirmed === true ? 'kept' : 'done';
    case 'rolled-back':
      return 'undone';
    case 'unchanged':
      return 'unchanged';
    case 'on-trial':
      return 'on trial';
    case 'undecided':
      return 'open';
    case 'incomplete':
      return 'a person is needed';
    case undefined:
      return stands === 'at work' ? 'running' : stands === 'pending' ? 'cut off' : 'unchanged';
  }
}
