/** What became of a change, in one or two words: the same in `history`, `show`, `status` and their documents. */
import type { Meta } from '../transaction/store.ts';
import type { Outcome } from './event.ts';

export type ResultWord = 'done' | 'kept' | 'undone' | 'unchanged' | 'on trial' | 'open' | 'running' | 'cut off' | 'a person is needed' | 'damaged';

export interface Ended {
  outcome?: Outcome;
  meta?: Pick<Meta, 'confirmWithin'>;
  damage?: unknown;
}

/** `atWork`: a process holds the lock, and this is the change that is pending. */
export function resultWord({ outcome, meta, damage }: Ended, atWork: boolean): ResultWord {
  switch (outcome?.result) {
    case 'done':
      // someone confirmed it from a new login
      return meta?.confirmWithin === undefined ? 'done' : 'kept';
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
      return damage !== undefined ? 'damaged' : atWork ? 'running' : 'cut off';
  }
}
