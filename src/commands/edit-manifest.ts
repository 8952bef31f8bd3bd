/**
 * `kcfg edit POD`: the manifest of a static pod, without kcfg's pin, in an editor or from a file; checked strictly, planned,
 * asked and applied. The pin goes: pinned, the kubelet would ignore most of the edit (from 1.31 on).
 */
import type { Context } from '../cli/context.ts';
import { reasonOf } from '../cli/reason.ts';
import { valuesOf } from '../cli/request.ts';
import { EXIT, KcfgError, type ExitStatus } from '../errors.ts';
import type { Host } from '../host/host.ts';
import { applyEdits } from '../kubelet/edits.ts';
import { unpinEdits } from '../manifests/pin.ts';
import { sha256 } from '../node/directory.ts';
import type { ManifestTarget } from '../node/manifest-target.ts';
import type { Look } from '../node/observe.ts';
import type { Entry, Observed } from '../node/observed.ts';
import { makeManifestPlan } from '../plan/make-manifest-plan.ts';
import type { Plan } from '../plan/plan.ts';
import { foundLines } from '../report/found.ts';
import { refusePending } from '../transaction/pending.ts';
import { nextId } from '../transaction/store.ts';
import { carryOut } from './carry-out.ts';
import { editDraft } from './draft.ts';
import { readConfiguration } from './gather-settings.ts';

/** By the pod's name, or by the file: its name there, or a path that leads to it, such as one through the old directory. */
export async function findManifest(host: Host, { directory }: Observed, word: string): Promise<Entry | undefined> {
  const entries = directory.entries.filter(({ skipped }) => skipped === undefined || skipped.why === 'invalid');
  const named = entries.find(({ manifest, name, path }) => manifest?.name === word || name === word || path === word);
  if (named !== undefined || !word.startsWith('/')) return named;
  const real = await host.files.resolve(word).catch(() => undefined);
  return real === undefined ? undefined : entries.find(({ name }) => `${directory.real ?? directory.path}/${name}` === real);
}

export async function editManifest(context: Context, seen: Look, entry: Entry, from: string | undefined): Promise<ExitStatus> {
  const { host, request, out } = context;
  const before = await host.files.read(entry.path);
  if (before === undefined) throw new KcfgError('io', `${entry.path} is gone`, { where: [{ file: entry.path }] });
  const reason = reasonOf(request);
  const target: ManifestTarget = { verb: 'edit', field: 'manifest', value: entry.path, force: valuesOf(request, 'force'), ...(reason === undefined ? {} : { reason }) };
  const bare = withoutPin(entry.path, before);
  if (from === undefined) return await editDraft(context, entry.path, bare, seen.observed, (after) => planFor(context, seen, entry, target, before, after));
  const text = await host.readOwn(from === '-' ? '/dev/stdin' : from);
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
  return makeManifestPlan(await gatherManifest(context, seen, entry, target, before, after));
}

/** Everything that makeManifestPlan needs. */
export async function gatherManifest({ host, version }: Context, seen: Look, entry: Entry, target: ManifestTarget, before: Buffer, after: Buffer): Promise<Parameters<typeof makeManifestPlan>[0]> {
  const { observed } = seen;
  await refusePending(host);
  const { documents, sources } = await readConfiguration(host, seen);
  const ground = [observed.kubelet.configFile, ...documents.keys()].map((path): [string, string | null] => {
    const bytes = sources.get(path);
    return [path, bytes === undefined ? null : sha256(bytes)];
  });
  return { id: await nextId(host), kcfg: version, madeAt: host.clock.now().toISOString(), observed, target, entry, before, after, ground: Object.fromEntries(ground), live: host.live };
}

/** What does not parse has no pin that could be found; the check tells what is wrong with it. */
export function withoutPin(path: string, bytes: Buffer): Buffer {
  try {
    return applyEdits(bytes, unpinEdits(path, bytes));
  } catch (error) {
    if (error instanceof KcfgError) return bytes;
    throw error;
  }
}
