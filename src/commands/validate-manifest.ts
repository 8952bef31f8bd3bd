/** `kcfg validate FILE` of a static pod's manifest: the check of `kcfg edit POD`, on its own. With a node, also what that has. */
import type { Context } from '../cli/context.ts';
import { EXIT, KcfgError, type ExitStatus } from '../errors.ts';
import { programFacts } from '../manifests/programs/of-manifest.ts';
import { judgeManifest, readManifestText } from '../manifests/rules/judge-manifest.ts';
import type { Facts } from '../manifests/rules/case.ts';
import { observeManifest } from '../node/manifest-facts.ts';
import { observe } from '../node/observe.ts';
import { findingLines } from '../report/error.ts';
import { count } from '../report/format.ts';
import { findManifest, withoutPin } from './manifest-file.ts';

export async function validateManifest(context: Context, file: string, bytes: Buffer): Promise<ExitStatus> {
  const { out } = context;
  const text = withoutPin(file, bytes);
  const facts = await factsOf(context, file, text);
  // judged with the pin in it: lines are those of the file
  const findings = judgeManifest(file, bytes, facts ?? (await factsOfText(bytes))).filter(({ id }) => id !== 'foreign-uid' || text.equals(bytes));
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  await out.document({ valid: errors === 0, files: [file], findings });
  const counts = [...(errors > 0 ? [count(errors, 'error')] : []), ...(findings.length > errors ? [count(findings.length - errors, 'warning')] : [])].join(', ');
  if (facts === undefined) out.note('Checked without a node: not the files that it names, and its flags by the version of its image.');
  out.lines(...findingLines(findings, out.style, out.columns), out.style.strong(errors === 0 ? `This manifest is sound${counts === '' ? '' : `: ${counts}`}.` : `This manifest is not sound: ${counts}.`));
  return errors === 0 ? EXIT.done : EXIT.invalid;
}

/** What needs no node: the programs' versions. */
async function factsOfText(bytes: Buffer): Promise<Facts> {
  const yaml = readManifestText('', bytes);
  return 'id' in yaml ? {} : await programFacts({ yaml, facts: {} });
}

/** Undefined where there is no node to ask, or no right to. */
async function factsOf({ host }: Context, file: string, text: Buffer): Promise<Facts | undefined> {
  if (host.live && !host.sandbox && host.user.uid !== 0) return undefined;
  try {
    const observed = await observe(host);
    return await observeManifest(host, observed, text, await findManifest(host, observed, file));
  } catch (error) {
    if (error instanceof KcfgError) return undefined;
    throw error;
  }
}
