/** `kcfg diff ID`: exactly what a change did to each file, from what is kept of it, also after it was undone. */
import type { Context } from '../cli/context.ts';
import { EXIT, type ExitStatus } from '../errors.ts';
import { changedLines } from '../report/diff.ts';
import { findChange } from './find-change.ts';
import { diffOfChange } from './change-diff.ts';
import { changeDiffLines } from './show.ts';

export async function diffChange({ host, out }: Context, id: string): Promise<ExitStatus> {
  const change = await findChange(host, id);
  const { plan, folder } = change;
  if (plan === undefined) {
    if (change.damage !== undefined) throw change.damage;
    await out.document({ change: id, files: [], others: [], missing: [] });
    out.lines(`Change ${id} was cut off before its plan was written.`);
    return EXIT.done;
  }
  const diff = await diffOfChange(host, plan, folder);
  const files = diff.files.map((file) => ({ file: file.path, ...(file.copyOf === undefined ? {} : { copyOf: file.copyOf }), lines: changedLines(file).map(({ sign, number, text }) => ({ sign, number, text })) }));
  await out.document({ change: id, files, others: diff.others.map(({ path, what }) => ({ file: path, what })), missing: diff.missing });
  const [, ...lines] = changeDiffLines(diff, change, out.style, out.columns);
  out.lines(...(lines.length === 0 ? [`Change ${id} changed no file.`] : lines));
  return diff.files.length + diff.others.length + diff.missing.length === 0 ? EXIT.done : EXIT.found;
}
