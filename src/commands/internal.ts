/** Not written yet. */
import type { Context } from '../cli/context.ts';
import { KcfgError, type ExitStatus } from '../errors.ts';

export async function run(_context: Context): Promise<ExitStatus> {
  throw new KcfgError('not-supported', 'this command is not written yet', {});
}
