/**
 * kcfg's own configuration, before a change begins: one that cannot be read stops it, while nothing has begun. The way back is
 * never barred by it: `rollback` goes on with a warning, and recovery does not read it at all.
 */
import type { Context } from '../cli/context.ts';
import { KcfgError } from '../errors.ts';
import { problemLines } from '../report/error.ts';
import { readOwnConfig } from '../transaction/own-config.ts';

export async function heedOwnConfig({ host, request, out }: Context): Promise<void> {
  try {
    await readOwnConfig(host);
  } catch (error) {
    if (!(error instanceof KcfgError) || error.code !== 'bad-config' || request.command !== 'rollback') throw error;
    const { code, message, where, help } = error;
    const notes = ['until it is mended nothing of history is taken away'];
    if (out.format === 'json') out.progress.write(`${JSON.stringify({ event: 'warning', text: `${where[0]?.file ?? ''}:${where[0]?.line ?? 1}: ${message}` })}\n`);
    else out.note(...problemLines({ code, message, where, notes, help }, out.progress.style, out.progress.columns(), 'warning'));
  }
}
