/** `kcfg rollback` of a move of the static pods: the directory from before, and the one that was made goes again. */
import type { Context } from '../cli/context.ts';
import { valuesOf } from '../cli/request.ts';
import { reasonOf } from '../cli/reason.ts';
import { KcfgError, type ExitStatus } from '../errors.ts';
import { makePlan } from '../plan/make-plan.ts';
import type { Plan } from '../plan/plan.ts';
import { foundLines } from '../report/found.ts';
import { keptChanges, laterMoves } from '../transaction/kept.ts';
import { carryOut } from './carry-out.ts';
import { filesBefore } from './files-before.ts';
import { gather } from './gather.ts';
import { nothingToGoBack, wayBack } from './way-back.ts';

export async function rollbackMove(context: Context, undone: Plan): Promise<ExitStatus> {
  const { host, request, out, version } = context;
  const { id } = undone;
  const made = undone.steps.find((step) => step.kind === 'make-directory' && step.path === undone.to);
  const directory = undone.steps.find((step) => step.kind === 'make-directory' && step.path !== undone.to);
  const files = await filesBefore(host, undone);
  // where a link made way for it, the link comes back, and with it the directory under its own name
  const bridge = made?.kind === 'make-directory' && made.replaces !== undefined && made.replaces === undone.from;
  const reason = reasonOf(request);
  const input = await gather(
    host,
    {
      verb: `rollback ${id}`,
      field: 'staticPodPath',
      value: undone.from,
      bridge,
      layer: 'drop-in',
      force: valuesOf(request, 'force'),
      undoes: { id, removes: !bridge && made?.kind === 'make-directory' && (made.create !== undefined || made.replaces !== undefined) ? undone.to : '' },
      ...(files === undefined ? {} : { files, ...(directory?.kind === 'make-directory' ? { removes: directory.path } : {}) }),
      ...(reason === undefined ? {} : { reason }),
    },
    version,
  );
  const present = input.observed.staticPodPath.value;
  if (present === undone.from && present !== undone.to) return await nothingToGoBack(context, `staticPodPath is ${named(present)}, as before change ${id}`);
  if (present !== undone.to) throw await movedOn(context, undone, present);
  const plan = makePlan(input);
  if (plan === undefined) return await nothingToGoBack(context, `staticPodPath is ${named(undone.from)} already`);
  if (!out.quiet) out.lines(...foundLines(input.observed, out.style), `Back to before change ${id}: staticPodPath ${out.style.signs.becomes} ${named(undone.from)}`);
  return await carryOut(context, plan, input.observed);
}

/** With the route, where kcfg's own changes lead back; else the place to go to by name. */
async function movedOn({ host }: Context, undone: Plan, present: string): Promise<KcfgError> {
  const { id } = undone;
  const later = laterMoves(await keptChanges(host), id);
  const [last] = later;
  const known = last?.plan.to === present;
  return new KcfgError('moved-on', `the node has moved on since change ${id}`, {
    notes: [`change ${id} set staticPodPath to ${named(undone.to)}; it is ${named(present)} now`, known ? `change ${last.id} set it` : 'no change of kcfg made it so'],
    help: [...(known ? ['go back one by one, the last first:', ...[...later.map((each) => each.id), id].map((each) => `  kcfg rollback ${each}`)] : []), known ? 'or name where to go:' : 'name where to go:', `  ${wayBack(undone)}`],
  });
}

function named(path: string): string {
  return path === '' ? 'none' : path;
}
