/** Several documents in one file: the kubelet reads the first alone (its decoder stops there, config/common.go). */
import type { Finding } from '../../kubelet/rules/finding.ts';
import { editAt, readSource, whereAt } from '../../kubelet/source.ts';
import { parseYaml, type Yaml } from '../../kubelet/yaml.ts';
import type { Edit } from '../../plan/step.ts';
import { type Case, valueAt } from './case.ts';

export function documents({ yaml }: Case): Finding[] {
  if (yaml.documents <= 1) return [];
  const at = yaml.first?.range[2] ?? 0;
  const edits = own(yaml);
  return [{ id: 'several-documents', severity: 'error', message: `it has ${yaml.documents} documents, and the kubelet reads the first alone`, where: [whereAt(yaml.source, at, at + 3)], notes: [], help: ['one pod, one file'], ...(edits === undefined ? {} : { edits }) }];
}

/** The pod that the file is named after stays alone, where another one stands before it. */
function own({ source, value }: Yaml): Edit[] | undefined {
  const name = source.file.slice(source.file.lastIndexOf('/') + 1).replace(/\.(ya?ml|json)$/, '');
  if (source.encoding !== 'utf-8' || valueAt(value, ['metadata', 'name']) === name) return undefined;
  const ends = [...source.text.matchAll(/^---[ \t]*\r?\n/gm)];
  const parts = [0, ...ends.map(({ index, 0: line }) => index + line.length)].map((from, i): [number, number] => [from, ends[i]?.index ?? source.text.length]);
  const [part, ...others] = parts.filter(([from, to]) => podName(source.text.slice(from, to)) === name);
  if (part === undefined || others.length > 0) return undefined;
  const [from, to] = part;
  return [editAt(source, 0, from, ''), editAt(source, to, source.text.length, '')].filter(({ remove }) => remove > 0);
}

function podName(text: string): unknown {
  const source = readSource('', Buffer.from(text, 'utf8'));
  const yaml = source === undefined ? undefined : parseYaml(source);
  return yaml === undefined || yaml.problem !== undefined || valueAt(yaml.value, ['kind']) !== 'Pod' ? undefined : valueAt(yaml.value, ['metadata', 'name']);
}
