/**
 * One configuration file as far as the kubelet gets with it: bytes to text, text to data, and whether it says that it
 * is a KubeletConfiguration. A file that breaks here ends the start; the rest is not judged.
 */
import { isNode, isScalar, visit } from 'yaml';
import type { Node } from 'yaml';
import type { Where } from '../../errors.ts';
import type { FieldSet } from '../fields/field-set.ts';
import { isMap } from '../merge.ts';
import { readSource, whereAt } from '../source.ts';
import { duplicateKeys, parseYaml, rangeOf, type Yaml } from '../yaml.ts';
import type { Finding } from './finding.ts';
import { kindFindings } from './kind.ts';

export interface LayerFile {
  kind: 'file' | 'drop-in';
  yaml: Yaml;
  data: Record<string, unknown>;
}
export interface ReadLayer {
  layer?: LayerFile;
  findings: Finding[];
}

export function readLayer(kind: LayerFile['kind'], file: string, bytes: Uint8Array, fields: FieldSet): ReadLayer {
  const broken = (id: string, message: string, where: Where, notes: string[], help: string[] = []): ReadLayer => ({
    findings: [{ id, severity: 'error', message, where: [where], notes, help, when: 'load' }],
  });
  if (bytes.length === 0) {
    return broken('empty-config', `${file} is empty`, { file }, ['the kubelet does not start with an empty file']);
  }
  const source = readSource(file, bytes);
  if (!source) return broken('invalid-yaml', `${file} is not UTF-8 text`, { file }, []);
  const yaml = parseYaml(source);
  if (yaml.problem) {
    const { message, start, end } = yaml.problem;
    const where = start === undefined ? { file } : whereAt(source, start, Math.max(end ?? start, start + 1));
    return broken('invalid-yaml', `${file} is not ${yaml.format === 'json' ? 'JSON' : 'YAML'}`, where, [message.split('\n')[0] ?? '']);
  }
  if (yaml.value === null) {
    const notes = ['the kubelet reads only the first document of the file, and does not start when that is empty'];
    return broken('empty-config', `${file} has no configuration in it`, { file }, notes);
  }
  const odd = unsupportedKey(yaml);
  if (odd) return broken('invalid-yaml', 'a key is no plain text', whereAt(source, ...rangeOf(odd)), [], []);
  const { value } = yaml;
  if (!isMap(value)) return broken('invalid-yaml', `${file} is not a list of fields and values`, { file }, []);
  if (hasNoNumber(value)) {
    return broken('type', 'a value is infinite or no number, which the kubelet cannot read', { file }, []);
  }
  const layer: LayerFile = { kind, yaml, data: value };
  return { layer, findings: [...kindFindings(layer, fields), ...twice(layer), ...further(layer)] };
}

/** On the way to JSON a key may be text, a number, true or false (sigs.k8s.io/yaml convertToJSONableObject). */
function unsupportedKey({ format, first }: Yaml): Node | undefined {
  let found: Node | undefined;
  if (format === 'yaml' && first) {
    visit(first, {
      Pair(_, { key }) {
        if (!isScalar(key) || key.value === null) found ??= isNode(key) ? (key as Node) : undefined;
      },
    });
  }
  return found;
}

/** YAML has .inf and .nan, and JSON, through which all goes, has not. */
function hasNoNumber(value: unknown): boolean {
  if (typeof value === 'number') return !Number.isFinite(value);
  return typeof value === 'object' && value !== null && Object.values(value).some(hasNoNumber);
}

/** A drop-in is decoded strictly and only once: codec.go:114-125@1.37.2. */
function twice({ kind, yaml }: LayerFile): Finding[] {
  return duplicateKeys(yaml).map(({ key, first, second }) => ({
    id: 'duplicate-key',
    severity: kind === 'drop-in' ? ('error' as const) : ('warning' as const),
    message: kind === 'drop-in' ? `${key} stands twice, and in a drop-in that stops the kubelet` : `${key} stands twice, and the last counts`,
    where: [whereAt(yaml.source, ...rangeOf(second), 'again'), whereAt(yaml.source, ...rangeOf(first), 'first')],
    notes: kind === 'drop-in' ? [] : ['the kubelet logs one line, and goes on'],
    help: ['take one of the two lines out'],
    ...(kind === 'drop-in' && { when: 'load' as const }),
  }));
}

function further({ yaml }: LayerFile): Finding[] {
  if (yaml.documents < 2) return [];
  const { file } = yaml.source;
  return [
    {
      ...{ id: 'further-document', severity: 'warning', message: `the kubelet reads only the first of the ${yaml.documents} documents` },
      ...{ where: [{ file }], notes: [], help: ['take the others out, or write each to a drop-in of its own'] },
    },
  ];
}
