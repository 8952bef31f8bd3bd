/** `kcfg doctor`: why the kubelet or the control plane is down. Reads only, and asks neither API server nor network. */
import type { Context } from '../cli/context.ts';
import { diagnose } from '../doctor/diagnose.ts';
import { gather } from '../doctor/gather/gather.ts';
import { EXIT, type ExitStatus } from '../errors.ts';
import { needRoot } from '../node/observe.ts';
import { diagnosisDocument, diagnosisLines } from '../report/diagnosis.ts';

export async function run({ host, out, version }: Context): Promise<ExitStatus> {
  needRoot(host);
  const evidence = await gather(host, version);
  const diagnosis = diagnose(evidence);
  const texts = await fixedTexts(host, diagnosis.causes.flatMap(({ fix }) => (fix !== undefined && 'file' in fix ? [fix.file] : [])));
  await out.document(diagnosisDocument(diagnosis, evidence, (file) => texts.get(file)));
  out.lines(...diagnosisLines(diagnosis, { style: out.style, columns: out.columns, text: (file) => texts.get(file) }));
  return diagnosis.causes.length === 0 && diagnosis.healthy ? EXIT.done : EXIT.found;
}

async function fixedTexts({ files }: Context['host'], paths: readonly string[]): Promise<Map<string, Buffer>> {
  const texts = new Map<string, Buffer>();
  for (const path of paths) {
    const bytes = await files.read(path);
    if (bytes !== undefined) texts.set(path, bytes);
  }
  return texts;
}
