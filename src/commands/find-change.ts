/** A change by the number that was typed. */
import { KcfgError } from '../errors.ts';
import type { Host } from '../host/host.ts';
import { needRoot } from '../node/observe.ts';
import { readChange, type Change } from '../transaction/records.ts';
import { folderOf } from '../transaction/store.ts';

/** Throws `not-root`, or `no-such-change`; `id` is undefined where none was typed, and there is none. */
export async function findChange(host: Host, id: string | undefined): Promise<Change> {
  needRoot(host);
  if (id !== undefined && /^[1-9]\d*$/.test(id) && (await host.files.info(folderOf(id).path)) !== undefined) return await readChange(host, id);
  throw new KcfgError('no-such-change', id === undefined ? 'kcfg has made no change on this node' : `there is no change ${id}`, { help: ['see them all: kcfg history'] });
}
