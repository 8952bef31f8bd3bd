/** The pin in YAML: two comment lines and `uid:`, last in a block map, first in braces; and out again. */
import type { YAMLMap } from 'yaml';
import { entryEnd, isFlow, removeEntry, removeLines } from '../kubelet/entries.ts';
import { writeScalar } from '../kubelet/scalar.ts';
import { editAt, lineStart, nextLine } from '../kubelet/source.ts';
import { type Entry, rangeOf } from '../kubelet/yaml.ts';
import type { Edit } from '../plan/step.ts';
import type { Pin } from './manifest.ts';
import { markLines } from './mark.ts';
import type { PodFile } from './pod-file.ts';

/** Ways to do it, best first: the caller takes the first that reads back right. */
export function yamlPin(pod: PodFile, pin: Pin, name: string): Edit[][] {
  const { source, map } = pod;
  if (!map) return [];
  const flow = isFlow(source, map);
  const lines = [...markLines(pin, name), `uid: ${writeScalar(pin.uid, 'plain', flow)}`];
  const gone = pod.uid.map((entry) => removeEntry(source, map, entry)).filter((edit) => edit !== undefined);
  const places = flow ? [intoBraces(pod, map, lines)] : [afterLast(pod, map, lines), beforeFirst(pod, map, lines)];
  // at one offset the new lines come first, so that they do not lie within what is removed
  return places.flatMap((edit) => (edit ? [[edit, ...gone].sort((a, b) => a.offset - b.offset)] : []));
}

function afterLast({ source }: PodFile, map: YAMLMap, lines: string[]): Edit | undefined {
  const last = map.items.at(-1) as Entry | undefined;
  const indent = indentOf(source.text, map);
  if (!last || indent === undefined) return undefined;
  const at = nextLine(source.text, entryEnd(source, last));
  const written = lines.map((line) => indent + line);
  if (source.text[at - 1] !== '\n') return editAt(source, at, at, written.map((line) => source.eol + line).join(''));
  const eol = source.text[at - 2] === '\r' ? '\r\n' : '\n';
  return editAt(source, at, at, written.map((line) => line + eol).join(''));
}

/** For a last value that the line below belongs to: a block scalar that keeps its blank lines, or ends the file. */
function beforeFirst({ source }: PodFile, map: YAMLMap, lines: string[]): Edit | undefined {
  const indent = indentOf(source.text, map);
  if (indent === undefined) return undefined;
  const at = rangeOf(map)[0] - indent.length;
  return editAt(source, at, at, lines.map((line) => indent + line + source.eol).join(''));
}

/** The blanks before the first key; undefined when something else stands there. */
function indentOf(text: string, map: YAMLMap): string | undefined {
  const key = (map.items[0] as Entry | undefined)?.key;
  const [start] = key ? rangeOf(key) : rangeOf(map);
  const indent = text.slice(lineStart(text, start), start);
  return /^ +$/.test(indent) ? indent : undefined;
}

function intoBraces({ source }: PodFile, map: YAMLMap, lines: string[]): Edit {
  const [open] = rangeOf(map);
  const outer = /^ */.exec(source.text.slice(lineStart(source.text, open)))?.[0] ?? '';
  const fresh = `${source.eol}${outer}  `;
  return editAt(source, open + 1, open + 1, `${fresh}${lines.join(fresh)},${fresh}`);
}

export function yamlUnpin(pod: PodFile): Edit[] {
  const { source, map, marks } = pod;
  if (!map || marks.length === 0) return [];
  const entry = pod.uid.at(-1);
  if (isFlow(source, map)) return asWritten(pod, map, entry) ?? outOfBraces(pod, map, entry);
  const lines = marks.map((mark) => commentRange(source.text, mark));
  if (entry) lines.push([lineStart(source.text, rangeOf(entry.key)[0]), nextLine(source.text, entryEnd(source, entry))]);
  return joined(lines).map(([start, end]) => removeLines(source, start, end));
}

/** Exactly what intoBraces put there, in one piece. */
function asWritten({ source }: PodFile, map: YAMLMap, entry: Entry | undefined): Edit[] | undefined {
  if (!entry) return undefined;
  const open = rangeOf(map)[0] + 1;
  const before = source.text.slice(open, rangeOf(entry.key)[0]);
  const fresh = /^(\r?\n *)# Pinned by kcfg[^\n]*\1# [^\n]*\1$/.exec(before)?.[1];
  const end = entryEnd(source, entry);
  if (fresh === undefined || !source.text.startsWith(`,${fresh}`, end)) return undefined;
  return [editAt(source, open, end + 1 + fresh.length, '')];
}

function outOfBraces({ source, marks }: PodFile, map: YAMLMap, entry: Entry | undefined): Edit[] {
  const comments = joined(marks.map((m) => commentRange(source.text, m))).map(([s, e]) => removeLines(source, s, e));
  const uid = entry && removeEntry(source, map, entry);
  return [...comments, ...(uid ? [uid] : [])].sort((a, b) => a.offset - b.offset);
}

/** The whole line of a comment that stands alone, else the comment and the blanks before it. */
function commentRange(text: string, { start, text: comment }: { start: number; text: string }): [number, number] {
  const line = lineStart(text, start);
  const before = text.slice(line, start);
  if (before.trim() === '') return [line, nextLine(text, start)];
  return [line + before.trimEnd().length, start + comment.trimEnd().length];
}

function joined(ranges: [number, number][]): [number, number][] {
  const found: [number, number][] = [];
  for (const [start, end] of ranges.sort((a, b) => a[0] - b[0])) {
    const last = found.at(-1);
    if (last && start <= last[1]) last[1] = Math.max(last[1], end);
    else found.push([start, end]);
  }
  return found;
}
