/** `kcfg explain [FIELD]`: what a field does, what it must agree with, and what its change disturbs. Needs no node; where there is one, its value is told. */
import type { Context } from '../cli/context.ts';
import type { Output } from '../cli/output.ts';
import { valueOf } from '../cli/request.ts';
import { EXIT, KcfgError, type ExitStatus } from '../errors.ts';
import type { Host } from '../host/host.ts';
import { parseFieldPath, type FieldPath } from '../kubelet/field-path.ts';
import type { FieldSet } from '../kubelet/fields/field-set.ts';
import { loadFields, MINORS } from '../kubelet/fields/load.ts';
import { explanationLines, listLines, nameLines, type Here } from '../report/explanation.ts';

export async function run({ host, request, out }: Context): Promise<ExitStatus> {
  const asked = valueOf(request, 'kubelet');
  const version = asked === undefined ? await versionHere(host) : checkedVersion(asked);
  const fields = await loadFields(version);
  const kubelet = fields.exact ? (version?.replace(/^v/, '') ?? fields.minor) : fields.minor;
  if (!fields.exact) out.note(`Kubelet ${version} is not among those that kcfg knows, ${MINORS[0]} to ${MINORS.at(-1)}: this is ${fields.minor}.`);
  const word = valueOf(request, 'search');
  if (word !== undefined) return await searchFor(word, fields, kubelet, out);
  const name = request.words[0];
  if (name === undefined) return await listAll(fields, kubelet, out);

  const { path, field } = parseFieldPath(name.replaceAll('[]', '[0]'), fields);
  const here = asked === undefined ? await hereOf(host, path) : undefined;
  const { explain } = await import('../kubelet/explain/explain.ts');
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
  const { search } = await import('../kubelet/explain/search.ts');
  const hits = await search(word, fields);
  await out.document({ kubelet, search: word, fields: hits });
  const rows = hits.map(({ field, doc }) => [field, doc] as const);
  out.lines(...(hits.length === 0 ? [`Kubelet ${kubelet} has no field about ${word}.`] : nameLines(rows, out.style, out.columns)));
  return EXIT.done;
}

async function listAll(fields: FieldSet, kubelet: string, out: Output): Promise<ExitStatus> {
  const { fieldsByTopic } = await import('../kubelet/explain/by-topic.ts');
  const topics = fieldsByTopic(fields);
  await out.document({ kubelet, topics });
  out.lines(...listLines(topics, kubelet, out.style, out.columns));
  return EXIT.done;
}

function checkedVersion(text: string): string {
  if (/^v?1\.\d+(\.\d+)?([-+.].*)?$/.test(text)) return text;
  throw new KcfgError('usage', `--kubelet takes a version such as 1.36.3, not ${text}`, { help: [`kcfg knows kubelets ${MINORS[0]} to ${MINORS.at(-1)}`] });
}

/** The version of this node's kubelet; undefined where there is none, and then the newest known is explained. */
async function versionHere(_host: Host): Promise<string | undefined> {
  return undefined;
}

/** The value in force on this node, and where it comes from. */
async function hereOf(_host: Host, _path: FieldPath): Promise<Here | undefined> {
  return undefined;
}
