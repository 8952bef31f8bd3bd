/**
 * A manifest's text with the places kcfg reads and edits: the top-level map, `metadata` in it, the uid, the marks.
 * Refuses what does not parse; what the fields mean is manifest.ts's.
 */
import { isAlias, isMap } from 'yaml';
import type { YAMLMap } from 'yaml';
import { KcfgError, type Where } from '../errors.ts';
import { readSource, type Source, whereAt } from '../kubelet/source.ts';
import { comments, type Entry, entriesOf, parseYaml, rangeOf, type Yaml } from '../kubelet/yaml.ts';
import { isMarkLine } from './mark.ts';

export interface PodFile {
  yaml: Yaml;
  source: Source;
  /** Entries with these keys, the one in force last. */
  metadata: Entry[];
  uid: Entry[];
  /** The map behind `metadata`, when it is written out in place. */
  map: YAMLMap | undefined;
  /** kcfg's comment lines within metadata. */
  marks: { start: number; text: string }[];
}

/** Throws `invalid-manifest`, in the words of the parser, with the place. */
export function readPodFile(file: string, bytes: Uint8Array): PodFile {
  const source = readSource(file, bytes);
  if (!source) throw invalid({ file }, 'is not UTF-8 text');
  const yaml = parseYaml(source);
  const { problem } = yaml;
  if (problem) {
    const where = problem.start === undefined ? { file } : whereAt(source, problem.start, problem.end ?? problem.start);
    throw invalid(where, `is not ${yaml.format === 'json' ? 'JSON' : 'YAML'}`, [problem.message]);
  }
  const metadata = yaml.root ? entriesOf(yaml.root, 'metadata') : [];
  const value = metadata.at(-1)?.value;
  const map = isMap(value) ? (value as YAMLMap) : undefined;
  return { yaml, source, metadata, map, uid: map ? entriesOf(map, 'uid') : [], marks: findMarks(yaml, metadata.at(-1)) };
}

/** From the key `metadata` to the next key at the top: comments within block text are no comments, and not found. */
function findMarks(yaml: Yaml, metadata: Entry | undefined): PodFile['marks'] {
  if (!yaml.root || !metadata) return [];
  const [start] = rangeOf(metadata.key);
  const later = (yaml.root.items as Entry[]).map((entry) => rangeOf(entry.key)[0]).filter((at) => at > start);
  const end = Math.min(...later, yaml.first?.range[1] ?? yaml.source.text.length);
  return comments(yaml).filter((c) => c.start > start && c.start < end && isMarkLine(c.text));
}

/** Whether an anchor, an alias or a merge key stands on `metadata` or above: its text may count elsewhere too. */
export function anchored({ yaml, metadata, map }: PodFile): boolean {
  const merged = [yaml.root, map].some((m) => m && entriesOf(m, '<<').length > 0);
  return merged || metadata.some(({ value }) => isAlias(value) || !!value?.anchor) || !!yaml.root?.anchor;
}

/** `problem` follows the file's name: "is not YAML". */
export function invalid(where: Where, problem: string, notes: string[] = []): KcfgError {
  return new KcfgError('invalid-manifest', `${where.file} ${problem}`, { where: [where], notes });
}
