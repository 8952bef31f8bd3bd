/** `kcfg doctor`: why the kubelet or the control plane is down. Reads only, and asks neither API server nor network. */
import type { Context } from '../cli/context.ts';
import { valueOf } from '../cli/request.ts';
import { fromBundle, toBundle } from '../doctor/bundle.ts';
import { diagnose } from '../doctor/diagnose.ts';
import type { Evidence } from '../doctor/evidence.ts';
import { gather } from '../doctor/gather/gather.ts';
import { EXIT, KcfgError, type ExitStatus } from '../errors.ts';
import { needRoot } from '../node/observe.ts';
import { diagnosisDocument, diagnosisLines } from '../report/diagnosis.ts';

export async function run(context: Context): Promise<ExitStatus> {
  const { host, out, request } = context;
  const [from] = request.words;
  const { evidence, files } = from === undefined ? await fromNode(context) : await readBundle(context, from);
  const diagnosis = diagnose(evidence);
  const bundle = valueOf(request, 'bundle');
  const texts = from === undefined ? await textsOf(host, evidence, diagnosis.causes.flatMap(({ fix }) => (fix !== undefined && 'file' in fix ? [fix.file] : []))) : files;
  const text = (file: string): Buffer | undefined => texts.get(file);
  if (bundle !== undefined) await host.writeReport(bundle, toBundle(evidence, texts));
  await out.document(diagnosisDocument(diagnosis, evidence, text));
  out.lines(...diagnosisLines(diagnosis, evidence, { style: out.style, columns: out.columns, verbose: out.verbose, quiet: out.quiet, elsewhere: from !== undefined, text }));
  if (bundle !== undefined) out.note(`The evidence is in ${bundle}, without keys and tokens. Read it anywhere: kcfg doctor ${bundle}`);
  return diagnosis.healthy ? EXIT.done : EXIT.found;
}

async function fromNode({ host, version }: Context): Promise<{ evidence: Evidence; files: Map<string, Buffer> }> {
  needRoot(host);
  const evidence = await gather(host, version);
  refuseNoNode(evidence);
  return { evidence, files: new Map() };
}

/** Throws `no-kubelet`. */
export function refuseNoNode(evidence: Evidence): void {
  if (isNoNode(evidence)) throw new KcfgError('no-kubelet', 'there is no kubelet on this machine, and nothing of one', { help: ['run kcfg on a Kubernetes node, or on a tree of one: --root DIR', 'or try it on a pretend node: kcfg sandbox up cp1'] });
}

/** Neither a service nor a file of it: a node that lost something still has the rest. */
function isNoNode({ unit, kubelet, directory, pods, kubeconfigs }: Evidence): boolean {
  return unit === undefined && !kubelet.config && directory.entries.length === 0 && pods.length === 0 && !kubeconfigs.some(({ there }) => there);
}

async function readBundle({ host }: Context, file: string): Promise<{ evidence: Evidence; files: Map<string, Buffer> }> {
  const text = await host.readReport(file);
  if (text === undefined) throw new KcfgError('usage', `there is no file ${file}`, { help: ['make one on the node: kcfg doctor --bundle FILE'] });
  return fromBundle(file, text);
}

/** Of what a fix is about, and of the manifests: a bundle has them too. */
async function textsOf({ files }: Context['host'], { directory, kubelet }: Evidence, paths: readonly string[]): Promise<Map<string, Buffer>> {
  const texts = new Map<string, Buffer>();
  for (const path of new Set([...paths, kubelet.configFile, ...directory.entries.filter(({ kind }) => kind === 'file').map((entry) => entry.path)])) {
    const bytes = await files.read(path).catch(() => undefined);
    if (bytes !== undefined) texts.set(path, bytes);
  }
  return texts;
}
