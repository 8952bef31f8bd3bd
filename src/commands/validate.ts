/** `kcfg validate [FILE]`: would this kubelet start with it, now and after its first seconds? Changes nothing, starts nothing. */
import type { Context } from '../cli/context.ts';
import { valueOf } from '../cli/request.ts';
import { EXIT, KcfgError, type ExitStatus } from '../errors.ts';
import { isVersion } from '../kubelet/fields/load.ts';
import { judgeConfiguration, type Judged, type Subject } from '../node/judge-node.ts';
import { findingLines, problemLines } from '../report/error.ts';
import { count } from '../report/format.ts';

export async function run(context: Context): Promise<ExitStatus> {
  const { host, request, out } = context;
  if (valueOf(request, 'rule') !== undefined) return await (await import('./validate-stig.ts')).run(context);
  const manifest = await manifestNamed(context);
  if (manifest !== undefined) return await (await import('./validate-manifest.ts')).validateManifest(context, manifest.file, manifest.bytes);
  const subject = await readSubject(context);
  const judged = await judgeConfiguration(host, subject);
  const errors = judged.findings.filter((finding) => finding.severity === 'error');
  const refused = judged.rehearsal?.accepted === false;
  const valid = errors.length === 0 && !refused;
  const { version: kubelet, findings, rehearsal, files } = judged;
  await out.document({ valid, kubelet, files, findings, ...(rehearsal === undefined ? {} : { rehearsal }) });
  const { style, columns } = out;
  if (!judged.fields.exact) out.note(`Kubelet ${valueOf(request, 'kubelet') ?? 'of this node'} is not among those that kcfg knows: judged as ${judged.fields.version}.`);
  // What the rules found tells its line; the kubelet's own words are added where the rules found nothing.
  const unseen = refused && errors.every((finding) => finding.when === 'start');
  out.lines(
    ...findingLines(findings, style, columns),
    ...(unseen ? problemLines({ code: 'rejected-by-kubelet', message: 'the kubelet of this node does not take it', where: judged.place !== undefined ? [judged.place] : files.slice(0, 1).map((file) => ({ file })), notes: [`the kubelet says: ${rehearsal?.words ?? ''}`] }, style, columns) : []),
    style.strong(verdict(judged, subject, errors.length + (unseen ? 1 : 0))),
  );
  return valid ? EXIT.done : EXIT.invalid;
}

/** A file that says it is a Pod, or that lies where such files do. */
async function manifestNamed({ host, request }: Context): Promise<{ file: string; bytes: Buffer } | undefined> {
  const [file] = request.words;
  if (file === undefined || valueOf(request, 'config-dir') !== undefined || valueOf(request, 'kubelet') !== undefined) return undefined;
  // a pipe can be read only once, and is a configuration
  if (file === '-' || /^\/(dev|proc)\//.test(file)) return undefined;
  const bytes = await host.readOwn(file);
  if (bytes === undefined) return undefined;
  const isPod = /^\s*"?kind"?:\s*["']?Pod["']?[\s,}]*$/m.test(bytes.toString('utf8'));
  return isPod || file.startsWith('/etc/kubernetes/manifests/') ? { file, bytes } : undefined;
}

function verdict({ version, findings, rehearsal, files }: Judged, subject: Subject, errors: number): string {
  const warnings = findings.filter((finding) => finding.severity === 'warning').length;
  const what = subject.file !== undefined ? (files.length > 1 ? 'these files' : 'this file') : files.length > 1 ? 'its configuration' : 'its configuration file';
  const counts = [...(errors > 0 ? [count(errors, 'error')] : []), ...(warnings > 0 ? [count(warnings, 'warning')] : [])].join(', ');
  if (errors > 0) return `Kubelet ${version} does not start with ${what}: ${counts}.`;
  const own = rehearsal?.accepted === true ? ', and says so itself' : '';
  return `Kubelet ${version} starts with ${what}${own}${counts === '' ? '' : `: ${counts}`}.`;
}

async function readSubject({ host, request }: Context): Promise<Subject> {
  const version = valueOf(request, 'kubelet');
  if (version !== undefined && !isVersion(version)) {
    throw new KcfgError('usage', `--kubelet takes a version, such as 1.36.3, not ${version}`, { help: ['kcfg validate FILE --kubelet 1.36.3'] });
  }
  const file = request.words[0];
  const directory = valueOf(request, 'config-dir');
  const of = version === undefined ? {} : { version };
  if (file === undefined) {
    if (directory === undefined && version === undefined) return {};
    throw new KcfgError('usage', 'the file to judge is missing', { help: ['kcfg validate FILE --kubelet 1.36.3', 'or, on a node, all that its kubelet reads: kcfg validate'] });
  }
  const bytes = await host.readOwn(file);
  if (bytes === undefined) throw new KcfgError('usage', `there is no file ${file}`, { help: ['kcfg validate FILE'] });
  return { file: { file, bytes }, ...(directory === undefined ? { dropIns: [] } : await readDirectory(host, directory)), ...of };
}

async function readDirectory(host: Context['host'], directory: string): Promise<Required<Pick<Subject, 'dropIns' | 'unread'>>> {
  const names = await host.listOwn(directory);
  if (names === undefined) throw new KcfgError('usage', `there is no directory ${directory}`, { help: ['kcfg validate FILE --config-dir DIR'] });
  const { dropInFiles } = await import('../kubelet/layers.ts');
  const found: { file: string; bytes: Uint8Array }[] = [];
  const path = (name: string): string => `${directory.replace(/(.)\/+$/, '$1')}/${name}`;
  for (const name of dropInFiles(names)) {
    const file = path(name);
    const bytes = await host.readOwn(file);
    if (bytes !== undefined) found.push({ file, bytes });
  }
  const unread = names.filter((name) => !name.endsWith('.conf')).map((name) => ({ file: path(name), why: 'its name does not end in .conf' }));
  return { dropIns: found, unread };
}
