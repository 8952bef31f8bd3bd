/**
 * `kcfg edit [FILE]`: a file of the kubelet's configuration in the user's own editor, judged before anything is
 * installed, as visudo does it. What was typed is never lost: a text that is not taken stays where it is, and is named.
 */
import type { Context } from '../cli/context.ts';
import { KcfgError, NOTHING_CHANGED, EXIT, type ExitStatus } from '../errors.ts';
import { readConfig } from '../kubelet/document.ts';
import { look, needRoot, type Look } from '../node/observe.ts';
import { lineEdits } from '../plan/settings/line-edits.ts';
import { makeSettingsPlan } from '../plan/settings/make-settings-plan.ts';
import { headline } from '../report/found.ts';
import { closingLines, findingLines, problemLines } from '../report/error.ts';
import type { Plan } from '../plan/plan.ts';
import { refuseBusy } from './busy.ts';
import { carryOut } from './carry-out.ts';
import { gatherSettings } from './gather-settings.ts';
import { settingsTarget } from './settings.ts';

const DIRECTORY = '/run/kcfg';

export async function run(context: Context): Promise<ExitStatus> {
  const { host, request, out } = context;
  needRoot(host);
  if (!out.interactive) throw new KcfgError('no-terminal', 'an editor needs a terminal', { help: ['in a script: kcfg set FIELD=VALUE, or kcfg set -f FILE'], outcome: NOTHING_CHANGED });
  await refuseBusy(context);
  const seen = await look(host);
  const path = chosenFile(seen, request.words[0]);
  const before = await host.files.read(path);
  if (before === undefined) throw new KcfgError('io', `${path} is gone`, { where: [{ file: path }] });
  const draft = `${DIRECTORY}/edit-${path.slice(path.lastIndexOf('/') + 1)}`;
  const own = { mode: 0o600, uid: host.user.uid, gid: -1 };
  await host.files.mkdir(DIRECTORY, { ...own, mode: 0o700 });
  await host.files.write(draft, before, own);
  for (;;) {
    const exitCode = await host.edit(draft);
    const after: Buffer = (await host.files.read(draft)) ?? before;
    if (exitCode !== 0 || after.equals(before)) {
      if (after.equals(before)) await host.files.remove(draft);
      out.lines(`${exitCode === 0 ? 'The file is as it was.' : `The editor ended with ${exitCode ?? 'a signal'}.`} ${NOTHING_CHANGED}`);
      return exitCode === 0 ? EXIT.done : EXIT.failed;
    }
    const plan = await attempt(context, seen, path, before, after);
    if (plan !== undefined) {
      out.lines(out.style.strong(headline(seen.observed)));
      const exit = await carryOut(context, plan, seen.observed);
      if (exit === EXIT.done) await host.files.remove(draft);
      else out.note(`Your text is kept: ${draft}`);
      return exit;
    }
    const { again } = await import('../cli/ask.ts');
    if (await again(out)) continue;
    out.note(`Your text is kept: ${draft}`, NOTHING_CHANGED);
    return EXIT.invalid;
  }
}

function chosenFile({ observed, settings }: Look, word: string | undefined): string {
  if (word === undefined) return observed.kubelet.configFile;
  const files = [observed.kubelet.configFile, ...settings.layered.dropIns.map((document) => document.file)];
  const found = files.find((file) => file === word || file.endsWith(`/${word}`));
  if (found !== undefined) return found;
  throw new KcfgError('usage', `${word} is no file of this kubelet's configuration`, { help: ['there are:', ...files.map((file) => `  kcfg edit ${file}`)] });
}

/** The plan for a text, or undefined after what is wrong with it was told. */
async function attempt({ host, request, out, version }: Context, seen: Look, path: string, before: Buffer, after: Buffer): Promise<Plan | undefined> {
  try {
    readConfig(path, after);
    const target = { ...settingsTarget(request, 'edit', []), files: [{ path, edits: lineEdits(before, after) }] };
    return makeSettingsPlan(await gatherSettings(host, target, version, seen));
  } catch (error) {
    if (!(error instanceof KcfgError)) throw error;
    const { style } = out.progress;
    const columns = out.progress.columns();
    if (error.findings.length === 0) out.note(...problemLines({ code: error.code, message: error.message, where: error.where, notes: error.notes, help: error.help }, style, columns));
    else out.note(...findingLines(error.findings, style, columns), ...closingLines([], undefined, style, columns));
    return undefined;
  }
}
