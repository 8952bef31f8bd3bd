/** `kcfg show [ID]`: one change: what was asked, its steps, the diff of every file, its checks, and how it ended. */
import type { Context } from '../cli/context.ts';
import { EXIT, KcfgError, type ExitStatus } from '../errors.ts';
import { hiddenPlan } from '../plan/hidden.ts';
import { checkLines } from '../report/checks.ts';
import { dateTime } from '../report/format.ts';
import { outcomeLines } from '../report/outcome.ts';
import { planLines } from '../report/plan.ts';
import { savedPath } from '../transaction/saved.ts';
import { folderOf, listIds, pendingId, readMeta, readOutcome, readPlan } from '../transaction/store.ts';
import { diffs } from './carry-out.ts';

export async function run({ host, request, out }: Context): Promise<ExitStatus> {
  const id = request.words[0] ?? (await listIds(host)).at(-1);
  if (id === undefined || !/^[1-9]\d*$/.test(id)) {
    throw new KcfgError('no-such-change', id === undefined ? 'kcfg has made no change on this node' : `there is no change ${id}`, { help: ['see them all: kcfg history'] });
  }
  const folder = folderOf(id);
  const plan = await readPlan(host, folder);
  const meta = await readMeta(host, folder);
  const outcome = await readOutcome(host, folder);
  await out.document({ id, ...meta, plan: hiddenPlan(plan), outcome: outcome ?? null });
  const { style, columns } = out;
  out.lines(
    `Change ${id}, ${dateTime(new Date(meta?.startedAt ?? plan.madeAt))}, by ${meta?.who ?? 'unknown'}: ${plan.field} ${style.signs.becomes} ${plan.to}`,
    ...(plan.reason === undefined ? [] : [`Reason: ${plan.reason}`]),
    ...planLines(plan, { style, columns, files: await diffs(host, plan, (path) => host.files.read(savedPath(folder, path))) }),
  );
  if (outcome === undefined) out.lines((await pendingId(host)) === id ? 'It is at work.' : 'It was cut off before the first change. Nothing was changed.');
  else {
    if (outcome.checks.length > 0) out.lines('Checks', ...checkLines(outcome.checks, style, columns));
    out.lines(...outcomeLines(outcome, style, columns));
  }
  return EXIT.done;
}
