/** The pin in JSON, which has no comments: the uid, and an annotation as the mark; and out again. */
import { isMap, isScalar } from 'yaml';
import type { YAMLMap } from 'yaml';
import { insertFirst, removeEntry } from '../kubelet/entries.ts';
import { editAt } from '../kubelet/source.ts';
import { type Entry, entriesOf, keyOf, rangeOf } from '../kubelet/yaml.ts';
import type { Edit } from '../plan/step.ts';
import type { Pin } from './manifest.ts';
import { ANNOTATION, markValue, readMarkValue } from './mark.ts';
import type { PodFile } from './pod-file.ts';

/** Ways to do it: one, or none. */
export function jsonPin({ source, map, uid }: PodFile, pin: Pin): Edit[][] {
  if (!map) return [];
  const mark = `"${ANNOTATION}": "${markValue(pin)}"`;
  const edits: Edit[] = [];
  const annotations = annotationsOf(map);
  if (!annotations) edits.push(insertFirst(source, map, `"annotations": {${mark}}`));
  else if (isMap(annotations.value)) edits.push(insertFirst(source, annotations.value, mark));
  else if (annotations.value) edits.push(editAt(source, ...rangeOf(annotations.value), `{${mark}}`));
  const empty = uid[0]?.value;
  if (empty) edits.push(editAt(source, ...rangeOf(empty), `"${pin.uid}"`));
  else edits.push(insertFirst(source, map, `"uid": "${pin.uid}"`));
  return [edits.sort((a, b) => a.offset - b.offset)];
}

export function jsonUnpin({ source, map, uid }: PodFile): Edit[] {
  const annotations = map && annotationsOf(map);
  const marks = isMap(annotations?.value) ? annotations.value : undefined;
  const mark = marks && entriesOf(marks, ANNOTATION)[0];
  if (!map || !mark || !isScalar(mark.value) || !readMarkValue(String(mark.value.value))) return [];
  // jsonPin puts new annotations first, and the uid before annotations that were there
  const ours = map.items[0] === annotations && marks.items.length === 1;
  const edits = [ours ? removeEntry(source, map, annotations as Entry) : removeEntry(source, marks, mark)];
  for (const entry of uid) edits.push(removeEntry(source, map, entry));
  return edits.filter((edit) => edit !== undefined).sort((a, b) => a.offset - b.offset);
}

function annotationsOf(map: YAMLMap): Entry | undefined {
  return (map.items as Entry[]).findLast((entry) => keyOf(entry) === 'annotations');
}
