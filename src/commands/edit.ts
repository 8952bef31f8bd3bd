/**
 * `kcfg edit [FILE]`: a file of the kubelet's configuration in the user's own editor, judged before anything is installed.
 * `kcfg edit POD`: the same for the manifest of a static pod (edit-manifest.ts).
 */
import type { Context } from '../cli/context.ts';
import { valueOf } from '../cli/request.ts';
import { KcfgError, NOTHING_CHANGED, type ExitStatus } from '../errors.ts';
import { readConfig } from '../kubelet/document.ts';
import { withEtcd } from '../node/etcd.ts';
import { look, needRoot, type Look } from '../node/observe.ts';
import { lineEdits } from '../plan/settings/line-edits.ts';
import { makeSettingsPlan } from '../plan/settings/make-settings-plan.ts';
import { refuseBusy } from './busy.ts';
import { editDraft } from './draft.ts';
import { editManifest } from './edit-manifest.ts';
import { gatherSettings } from './gather-settings.ts';
import { findManifest } from './manifest-file.ts';
import { settingsTarget } from './settings.ts';

export async function run(context: Context): Promise<ExitStatus> {
  const { host, request, out, version } = context;
  needRoot(host);
  const [word] = request.words;
  const from = valueOf(request, 'from') ?? valueOf(request, 'file');
  if (!out.interactive && (word === undefined || from === undefined)) {
    throw new KcfgError('no-terminal', 'an editor needs a terminal', { help: ['in a script: kcfg set FIELD=VALUE, or kcfg set -f FILE', 'a manifest: kcfg edit POD --from FILE --yes'], outcome: NOTHING_CHANGED });
  }
  await refuseBusy(context);
  const seen = await look(host);
  const entry = word === undefined || configFile(seen, word) !== undefined ? undefined : await findManifest(host, seen.observed, word);
  if (entry !== undefined) return await editManifest(context, { ...seen, observed: await withEtcd(host, seen.observed) }, entry, from);
  const path = chosenFile(seen, word);
  if (from !== undefined) throw new KcfgError('usage', 'a whole text from a file is for manifests', { help: ['settings: kcfg set -f FILE'] });
  const before = await host.files.read(path);
  if (before === undefined) throw new KcfgError('io', `${path} is gone`, { where: [{ file: path }] });
  return await editDraft(context, path, before, seen.observed, async (after) => {
    readConfig(path, after);
    const target = { ...settingsTarget(request, 'edit', []), files: [{ path, edits: lineEdits(before, after) }] };
    return makeSettingsPlan(await gatherSettings(host, target, version, seen));
  });
}

function configFiles({ observed, settings }: Look): string[] {
  return [observed.kubelet.configFile, ...settings.layered.dropIns.map((document) => document.file)];
}

function configFile(seen: Look, word: string): string | undefined {
  return configFiles(seen).find((file) => file === word || file.endsWith(`/${word}`));
}

function chosenFile(seen: Look, word: string | undefined): string {
  if (word === undefined) return seen.observed.kubelet.configFile;
  const found = configFile(seen, word);
  if (found !== undefined) return found;
  const manifests = seen.observed.directory.entries.flatMap(({ manifest }) => (manifest === undefined ? [] : [manifest.name]));
  throw new KcfgError('usage', `${word} is no file of this kubelet's configuration, and no static pod`, {
    help: ['there are:', ...[...configFiles(seen), ...manifests].map((each) => `  kcfg edit ${each}`)],
  });
}
