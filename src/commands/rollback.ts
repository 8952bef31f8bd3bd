/** `kcfg rollback [ID]`: back to before a change, as a plan like any other. Refused where the node has moved on since. */
import type { Context } from '../cli/context.ts';
import { valueOf, valuesOf } from '../cli/request.ts';
import { EXIT, KcfgError, type ExitStatus } from '../errors.ts';
import { needRoot } from '../node/observe.ts';
import { makePlan } from '../plan/make-plan.ts';
import type { Plan } from '../plan/plan.ts';
import { foundLines } from '../report/found.ts';
import { openReader } from '../report/reader.ts';
import { tellOutcome } from '../report/outcome.ts';
import { launchUndo } from '../transaction/launch.ts';
import { folderOf, listIds, pendingId, readOutcome, readPlan } from '../transaction/store.ts';
import { refuseBusy } from './busy.ts';
import { carryOut } from './carry-out.ts';
import { gather } from './gather.ts';
import { rollbackSettings } from './rollback-settings.ts';

export async function run(context: Context): Promise<ExitStatus> {
  const { host, request, out, version } = context;
  needRoot(host);
  const pending = await pendingId(host);
  if (pending !== undefined && (request.words[0] ?? pending) === pending && host.live) return await undoOpen(context, pending);
  await refuseBusy(context);
  const id = request.words[0] ?? (await lastKept(context));
  const undone = await readPlan(host, folderOf(id));
  if ((await readOutcome(host, folderOf(id)))?.result !== 'done') {
    throw new KcfgError('no-such-change', `change ${id} was not kept: there is nothing to go back from`, { help: [`see what became of it: kcfg show ${id}`] });
  }
  if (undone.settings !== undefined) return await rollbackSettings(context, undone);
  if (undone.field !== 'staticPodPath') {
    throw new KcfgError('moved-on', `change ${id} released pins, and the pods from before are gone`, { help: ['pins come back with the next move: kcfg set staticPodPath DIR'] });
  }
  const made = undone.steps.some((step) => step.kind === 'make-directory' && (step.create !== undefined || step.replaces !== undefined));
  const reason = valueOf(request, 'reason');
  const input = await gather(
    host,
    {
      verb: `rollback ${id}`,
      field: 'staticPodPath',
      value: undone.from,
      bridge: false,
      layer: 'drop-in',
      force: valuesOf(request, 'force'),
      undoes: { id, removes: made ? undone.to : '' },
      ...(reason === undefined ? {} : { reason }),
    },
    version,
  );
  const present = input.observed.staticPodPath.value;
  if (present !== undone.to) {
    throw new KcfgError('moved-on', `the node has moved on since change ${id}`, {
      notes: [`change ${id} set staticPodPath to ${undone.to}; it is ${present === '' ? 'none' : present} now`],
      help: [`name where to go: kcfg set staticPodPath ${undone.from}`],
    });
  }
  const plan = makePlan(input);
  if (plan === undefined) {
    await out.document({ result: 'unchanged', changes: [], checks: [], restarted: [], seconds: 0 });
    out.lines(`Nothing to do: staticPodPath is ${undone.from} already.`);
    return EXIT.done;
  }
  if (!out.quiet) out.lines(...foundLines(input.observed, out.style), `Back to before change ${id}: staticPodPath ${out.style.signs.becomes} ${undone.from === '' ? 'none' : undone.from}`);
  return await carryOut(context, plan, input.observed);
}

/** A change whose end is open: its own unit is stopped, and the change undone by the rule that holds after a crash. */
async function undoOpen({ host, out, onInterrupt }: Context, id: string): Promise<ExitStatus> {
  const plan = await readPlan(host, folderOf(id));
  const reader = openReader(out, host.clock, plan.steps.length);
  const window = new AbortController();
  const release = onInterrupt(() => window.abort());
  try {
    const outcome = await launchUndo(host, folderOf(id), (event) => reader.report(event), window.signal);
    reader.close();
    if (outcome === 'left') return EXIT.undecided;
    const exit = await tellOutcome(out, outcome);
    // Going back is what was asked for: it is done, not failed.
    return outcome.result === 'rolled-back' ? EXIT.done : exit;
  } finally {
    reader.close();
    release();
  }
}

/** The newest change that was kept and not gone back from. */
async function lastKept({ host }: Context): Promise<string> {
  const gone = new Set<string>();
  for (const id of (await listIds(host)).reverse()) {
    const folder = folderOf(id);
    if ((await readOutcome(host, folder))?.result !== 'done') continue;
    const plan: Plan = await readPlan(host, folder);
    const undoes = plan.target?.undoes?.id;
    if (undoes !== undefined) gone.add(undoes);
    else if (!gone.has(id) && (plan.settings !== undefined || plan.field === 'staticPodPath')) return id;
  }
  throw new KcfgError('no-such-change', 'kcfg has made no change here to go back from', { help: ['see them all: kcfg history'] });
}
