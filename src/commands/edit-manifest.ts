/**
 * `kcfg edit POD`: the manifest of a static pod, without kcfg's pin, in an editor or from a file; checked strictly, planned,
 * asked and applied. The pin goes: pinned, the kubelet would ignore most of the edit (from 1.31 on).
 */
import type { Context } from '../cli/context.ts';
import { reasonOf } from '../cli/reason.ts';
import { valuesOf } from '../cli/request.ts';
import { EXIT, KcfgError, type ExitStatus } from '../errors.ts';
import { judgeManifest, refuseManifest } from '../manifests/rules/judge-manifest.ts';
import { observeManifest } from '../node/manifest-facts.ts';
import type { ManifestTarget } from '../node/manifest-target.ts';
import type { Look } from '../node/observe.ts';
import type { Entry } from '../node/observed.ts';
import { makeManifestPlan } from '../plan/make-manifest-plan.ts';
import type { Plan } from '../plan/plan.ts';
import { foundLines } from '../report/found.ts';
import { refusePending } from '../transaction/pending.ts';
import { nextId } from '../transaction/store.ts';
import { carryOut } from './carry-out.ts';
import { editDraft } from './draft.ts';
import { groundOf, readConfiguration } from './gather-settings.ts';
import { withoutPin } from './manifest-file.ts';

export async function editManifest(context: Context, seen: Look, entry: Entry, from: string | undefined): Promise<ExitStatus> {
  const { host, request, out } = context;
  const before = await host.files.read(entry.path);
  if (before === undefined) throw new KcfgError('io', `${entry.path} is gone`, { where: [{ file: entry.path }] });
  const reason = reasonOf(request);
  const target: ManifestTarget = { verb: 'edit', field: 'manifest', value: entry.path, force: valuesOf(request, 'force'), ...(reason === undefined ? {} : { reason }) };
  const bare = withoutPin(entry.path, before);
  if (from === undefined) return await editDraft(context, entry.path, bare, seen.observed, (after) => planFor(context, seen, entry, target, before, after));
  const text = await host.readOwn(from);
  if (text === undefined) throw new KcfgError('usage', `there is no file ${from}`, { help: [`kcfg edit ${entry.manifest?.name ?? entry.name} --from FILE`] });
  const after = withoutPin(entry.path, text);
  const plan = after.equals(bare) || text.equals(before) ? undefined : await planFor(context, seen, entry, target, before, after);
  if (plan === undefined) {
    await out.document({ result: 'unchanged', changes: [], checks: [], restarted: [], seconds: 0 });
    out.lines(`Nothing to do: ${entry.name} is as it was.`);
    return EXIT.done;
  }
  if (!out.quiet) out.lines(...foundLines(seen.observed, out.style));
  return await carryOut(context, plan, seen.observed);
}

async function planFor(context: Context, seen: Look, entry: Entry, target: ManifestTarget, before: Buffer, text: Buffer): Promise<Plan | undefined> {
  const after = withoutPin(entry.path, text);
  const findings = judgeManifest(entry.path, after, await observeManifest(context.host, seen.observed, after, entry));
  refuseManifest(findings, target.force);
  // what was overridden is told once more, beside the plan
  const warnings = findings.map((finding) => ({ ...finding, severity: 'warning' as const }));
  return makeManifestPlan({ ...(await gatherManifest(context, seen, entry, target, before, after)), warnings });
}

/** Everything that makeManifestPlan needs. */
export async function gatherManifest({ host, version }: Pick<Context, 'host' | 'version'>, seen: Look, entry: Entry, target: ManifestTarget, before: Buffer, after: Buffer): Promise<Parameters<typeof makeManifestPlan>[0]> {
  const { observed } = seen;
  await refusePending(host);
  const ground = groundOf(observed.kubelet.configFile, await readConfiguration(host, seen));
  return { id: await nextId(host), kcfg: version, madeAt: host.clock.now().toISOString(), observed, target, entry, before, after, ground, live: host.live };
}
