/** `kcfg explain [FIELD]`: what a field does, what it must agree with, and what its change disturbs. Needs no node; where there is one, its value is told. */
import type { Context } from '../cli/context.ts';
import type { Output } from '../cli/output.ts';
import { valueOf } from '../cli/request.ts';
import { EXIT, KcfgError, type ExitStatus } from '../errors.ts';
import type { Host } from '../host/host.ts';
import { fieldsByTopic } from '../kubelet/explain/by-topic.ts';
import { explain } from '../kubelet/explain/explain.ts';
import { search } from '../kubelet/explain/search.ts';
import { parseFieldPath, valueAt, type FieldPath } from '../kubelet/field-path.ts';
import type { FieldSet } from '../kubelet/fields/field-set.ts';
import { loadFields, MINORS } from '../kubelet/fields/load.ts';
import { withoutSecrets } from '../kubelet/value-text.ts';
import type { Settings } from '../node/settings.ts';
import type { Read } from './get.ts';
import { explanationLines, listLines, nameLines, type Here } from '../report/explanation.ts';

/** node/settings.ts has it too, but brings the reader of YAML along, which no laptop needs. */
const CONFIG_FILE = '/var/lib/kubelet/config.yaml';

export async function run({ host, request, out }: Context): Promise<ExitStatus> {
  const asked = valueOf(request, 'kubelet');
  const name = request.words[0];
  const read = asked === undefined ? await readHere(host, name) : undefined;
  const settings = read?.settings;
  const version = asked === undefined ? read?.version : checkedVersion(asked);
  const fields = settings?.layered.fields ?? (await loadFields(version));
  const kubelet = fields.exact ? (version?.replace(/^v/, '') ?? fields.minor) : fields.minor;
  if (!fields.exact) out.note(`This kubelet is not among those that kcfg knows, ${MINORS[0]} to ${MINORS.at(-1)}: what follows is of ${fields.minor}.`);
  const word = valueOf(request, 'search');
  if (word !== undefined) return await searchFor(word, fields, kubelet, out);
  if (name === undefined) return await listAll(fields, kubelet, out);

  const { path, field } = parseFieldPath(name.replaceAll('[]', '[0]'), fields);
  const here = settings === undefined ? undefined : await hereOf(settings, name, path);
  const explanation = await explain(path, field, fields, here?.config);
  await out.document({
    kubelet,
    ...explanation,
    ...(here === undefined ? {} : { here: { value: here.value ?? null, from: here.from } }),
  });
  out.lines(...explanationLines(explanation, { kubelet, here, style: out.style, columns: out.columns }));
  return EXIT.done;
}

async function searchFor(word: string, fields: FieldSet, kubelet: string, out: Output): Promise<ExitStatus> {
  const hits = await search(word, fields);
  await out.document({ kubelet, search: word, fields: hits });
  const rows = hits.map(({ field, doc }) => [field, doc] as const);
  out.lines(...(hits.length === 0 ? [`Kubelet ${kubelet} has no field about ${word}.`] : nameLines(rows, out.style, out.columns)));
  return EXIT.done;
}

async function listAll(fields: FieldSet, kubelet: string, out: Output): Promise<ExitStatus> {
  const topics = fieldsByTopic(fields);
  await out.document({ kubelet, topics });
  out.lines(...listLines(topics, kubelet, out.style, out.columns));
  return EXIT.done;
}

function checkedVersion(text: string): string {
  if (/^v?1\.\d+(\.\d+)?([-+.].*)?$/.test(text)) return text;
  throw new KcfgError('usage', `--kubelet takes a version such as 1.36.3, not ${text}`, { help: [`kcfg knows kubelets ${MINORS[0]} to ${MINORS.at(-1)}`] });
}

/** This node's configuration; undefined where there is no kubelet, or none that can be read: what a field means is said all the same. */
async function readHere(host: Host, name: string | undefined): Promise<Read | undefined> {
  // A laptop is told from a node by a look at one file; asking systemd costs more than all the rest.
  if (host.live && (await host.processes.ofService('kubelet.service')).length === 0 && (await host.files.info(CONFIG_FILE)) === undefined) return undefined;
  try {
    return await (await import('./get.ts')).readSettings(host, name);
  } catch (error) {
    if (error instanceof KcfgError) return undefined;
    throw error;
  }
}

/** The value in force, and where it comes from. */
async function hereOf({ layered }: Settings, text: string, path: FieldPath): Promise<Here> {
  const { place } = await import('./get.ts');
  const origin = layered.layersOf(path)[0];
  return { value: withoutSecrets(text, valueAt(layered.value, path)), from: origin === undefined ? 'by default' : place(origin), config: layered.value };
}
