/** Exit statuses of every command that changes the node, beyond 0 and 2. */
import type { ExitStatus } from '../../errors.ts';

export const CHANGE_EXITS: readonly ExitStatus[] = [1, 4, 5, 6, 7, 8, 130];
