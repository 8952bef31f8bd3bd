/**
 * The way of every change, whichever command asks for it: a plan is shown with its price, one question, then the change
 * runs in a service of its own while its steps are shown. Used by set, apply, rollback and unpin.
 */
import type { Context } from '../cli/context.ts';
import { isOn } from '../cli/request.ts';
import { EXIT, KcfgError, NOTHING_CHANGED, type ExitStatus } from '../errors.ts';
import type { Host } from '../host/host.ts';
import { applyEdits } from '../kubelet/edits.ts';
import type { Observed } from '../node/observed.ts';
import { refuseMasked } from '../node/refuse-masked.ts';
import { refuseLoosePlaces } from '../node/loose-place.ts';
import { refuseRejected } from '../node/rehearse.ts';
import { stage } from '../node/stage.ts';
import { hide, hiddenPlan, secretsOf } from '../plan/hidden.ts';
import { mountDropIn } from '../plan/mount-drop-in.ts';
import type { Plan } from '../plan/plan.ts';
import type { FileDiff } from '../report/diff.ts';
import { coarse } from '../report/format.ts';
import { tellOutcome } from '../report/outcome.ts';
import { planLines } from '../report/plan.ts';
import { openReader } from '../report/reader.ts';
import { launch } from '../transaction/launch.ts';
import { refuseFullStore } from '../transaction/store.ts';
import { confirmWithin } from './confirm-within.ts';
import { heedOwnConfig } from './heed-config.ts';

/** Shows, asks, applies. */
export async function carryOut(context: Context, plan: Plan, observed: Observed): Promise<ExitStatus> {
  const { host, request, out } = context;
  const within = confirmWithin(context);
  await heedOwnConfig(context);
  await refuseFullStore(host);
  await refuseLoosePlaces(host, plan);
  if (host.live) await refuseMasked(host, plan.ground.unit);
  if (host.live && plan.target?.force.includes('rejected-by-kubelet') !== true) await refuseRejected(host, observed.kubelet, await stage(host, plan, observed));
  const dry = isOn(request, 'dry-run');
  const yes = isOn(request, 'yes');
  const { style, columns } = out;
  // In a script's log the steps are enough; `kcfg show` has the diff for good.
  const brief = yes && !out.terminal && !out.verbose;
  if (!out.quiet) out.lines('', ...planLines(plan, { style, columns, ...(brief ? {} : { files: await diffs(host, plan) }) }));
  if (within !== undefined && !out.quiet) out.lines(style.strong('On trial'), `  For ${coarse(within)} after the last step: it goes back by itself unless a new login`, '  says kcfg confirm, even if kcfg is gone or the machine restarts.');
  if (dry) {
    await out.document({ plan: hiddenPlan(plan) });
    out.lines(NOTHING_CHANGED);
    return EXIT.done;
  }
  if (!yes && !(await agreed(context, plan))) {
    out.lines(NOTHING_CHANGED);
    return EXIT.failed;
  }
  return await apply(context, plan, observed, within);
}

async function agreed(context: Context, plan: Plan): Promise<boolean> {
  const { host, out } = context;
  if (!out.interactive) {
    throw new KcfgError('no-terminal', 'this change has a question, and no terminal to ask it on', {
      help: ['apply it with --yes, or only look with --dry-run'],
      outcome: NOTHING_CHANGED,
    });
  }
  const { confirm } = await import('../cli/ask.ts');
  for (;;) {
    const answer = await confirm(out, 'Apply?');
    if (answer !== 'diff') return answer === 'yes';
    const { style, columns } = out;
    out.lines(...planLines(plan, { style, columns, files: await diffs(host, plan), everyDiff: true }));
  }
}

async function apply(context: Context, plan: Plan, observed: Observed, within: number | undefined): Promise<ExitStatus> {
  const { host, out } = context;
  const reader = openReader(out, host.clock, plan.steps.length);
  const window = new AbortController();
  const release = context.onInterrupt(() => window.abort());
  try {
    if (!out.quiet) out.lines('');
    const outcome = await launch(host, plan, observed, (event) => reader.report(event), window.signal, within);
    reader.close();
    if (outcome === 'left') {
      out.note(`The change goes on: kcfg show ${plan.id}`, 'Stop it and go back: kcfg abort');
      return EXIT.undecided;
    }
    if (!out.quiet && (outcome.result === 'done' || outcome.result === 'on-trial')) out.lines('');
    return await tellOutcome(out, outcome);
  } finally {
    reader.close();
    release();
  }
}

/**
 * Before and after of every file that gets other bytes. Secrets in manifests stay on the terminal of root. `text` reads
 * a file as it was before the change.
 */
export async function diffs(host: Host, plan: Plan, text = (path: string): Promise<Buffer | undefined> => host.files.read(path)): Promise<FileDiff[]> {
  const found: FileDiff[] = [];
  for (const step of plan.steps) {
    if (step.kind === 'edit-config' || step.kind === 'unpin-manifests' || step.kind === 'edit-manifests') {
      for (const file of step.kind === 'edit-config' ? [step] : step.files) {
        const made = step.kind === 'edit-config' && step.create !== undefined;
        const before = made ? Buffer.alloc(0) : await text(file.path);
        if (made) found.push({ path: file.path, after: applyEdits(Buffer.alloc(0), file.edits).toString('utf8') });
        else if (before !== undefined) found.push({ path: file.path, before: before.toString('utf8'), after: applyEdits(before, file.edits).toString('utf8') });
      }
    }
    if (step.kind === 'require-mount') {
      const before = step.sha256 === undefined ? undefined : (await text(step.path))?.toString('utf8');
      found.push({ path: step.path, before, ...(step.needs === undefined ? {} : { after: mountDropIn(plan.id, step.needs.paths) }) });
    }
    if (step.kind !== 'make-directory') continue;
    for (const file of step.files) {
      const before = await text(file.from);
      if (before === undefined || file.exists !== undefined) continue;
      found.push({ path: `${step.path}/${file.name}`, copyOf: file.from, before: before.toString('utf8'), after: applyEdits(before, file.edits).toString('utf8') });
    }
  }
  const secrets = secretsOf(plan);
  return found.map((file) => ({ ...file, ...(file.after !== undefined && { after: hide(file.after, secrets) }), ...(file.before !== undefined && { before: hide(file.before, secrets) }) }));
}
