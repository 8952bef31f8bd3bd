/**
 * A draft in the user's own editor, judged each time the editor ends, as visudo does it. What was typed is never lost: a text
 * that is not taken stays where it is, and is named.
 */
import type { Context } from '../cli/context.ts';
import { EXIT, KcfgError, NOTHING_CHANGED, type ExitStatus } from '../errors.ts';
import type { Observed } from '../node/observed.ts';
import type { Plan } from '../plan/plan.ts';
import { closingLines, findingLines, problemLines } from '../report/error.ts';
import { headline } from '../report/found.ts';
import { carryOut } from './carry-out.ts';

const DIRECTORY = '/run/kcfg';

/** `text`: what is edited of the file at `path`. `planFor` throws what is wrong with a text; undefined: it is as it was. */
export async function editDraft(context: Context, path: string, text: Buffer, observed: Observed, planFor: (after: Buffer) => Promise<Plan | undefined>): Promise<ExitStatus> {
  const { host, out } = context;
  const draft = `${DIRECTORY}/edit-${path.slice(path.lastIndexOf('/') + 1)}`;
  const own = { mode: 0o600, uid: host.user.uid, gid: -1 };
  await host.files.mkdir(DIRECTORY, { ...own, mode: 0o700 });
  await host.files.write(draft, text, own);
  for (;;) {
    const exitCode = await host.edit(draft);
    const after: Buffer = (await host.files.read(draft)) ?? text;
    if (exitCode !== 0 || after.equals(text)) {
      if (after.equals(text)) await host.files.remove(draft);
      out.lines(`${exitCode === 0 ? 'The file is as it was.' : `The editor ended with ${exitCode ?? 'a signal'}.`} ${NOTHING_CHANGED}`);
      return exitCode === 0 ? EXIT.done : EXIT.failed;
    }
    const plan = await attempt(context, planFor, after);
    if (plan !== undefined) {
      out.lines(out.style.strong(headline(observed)));
      const exit = await carryOut(context, plan, observed);
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

/** The plan for a text, or undefined after what is wrong with it was told. */
async function attempt({ out }: Context, planFor: (after: Buffer) => Promise<Plan | undefined>, after: Buffer): Promise<Plan | undefined> {
  try {
    return await planFor(after);
  } catch (error) {
    if (!(error instanceof KcfgError)) throw error;
    const { style } = out.progress;
    const columns = out.progress.columns();
    if (error.findings.length === 0) out.note(...problemLines({ code: error.code, message: error.message, where: error.where, notes: error.notes, help: error.help }, style, columns));
    else out.note(...findingLines(error.findings, style, columns), ...closingLines([], undefined, style, columns));
    return undefined;
  }
}
