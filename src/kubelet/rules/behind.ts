/** What is found in a text that edits made, told of the text as it was: places and edits moved back. Pure. */
import type { Edit } from '../../plan/step.ts';
import type { Finding } from './finding.ts';

/** `edits`: from the text that is there to the one that was judged; offsets in order. What stands in the changed lines has no edits of its own. */
export function placedBefore(findings: readonly Finding[], bytes: Uint8Array, edits: readonly Edit[]): Finding[] {
  const lines = edits.map(({ offset, remove, insert }) => ({ at: count(bytes.subarray(0, offset)), removed: count(bytes.subarray(offset, offset + remove)), added: insert.split('\n').length - 1 }));
  const lineOf = (line: number): number => {
    let shift = 0;
    for (const { at, removed, added } of lines) {
      if (line - 1 < at + shift) break;
      if (line - 1 < at + shift + added) return at + 1 + Math.min(line - 1 - at - shift, Math.max(0, removed - 1));
      shift += added - removed;
    }
    return line - shift;
  };
  return findings.map(({ edits: own, ...rest }) => {
    const where = rest.where.map((place) => (place.line === undefined ? place : { ...place, line: lineOf(place.line) }));
    const moved = own?.map((edit) => movedBack(edit, edits));
    return { ...rest, where, ...(moved === undefined || moved.includes(undefined) ? {} : { edits: moved.filter((edit) => edit !== undefined) }) };
  });
}

function movedBack(edit: Edit, edits: readonly Edit[]): Edit | undefined {
  let shift = 0;
  for (const { offset, remove, insert } of edits) {
    const [start, length] = [offset + shift, Buffer.byteLength(insert, 'utf8')];
    if (edit.offset + edit.remove < start || (edit.offset < start && edit.offset + edit.remove === start)) break;
    if (edit.offset < start + length || length === 0 && edit.offset === start) return undefined;
    shift += length - remove;
  }
  return { ...edit, offset: edit.offset - shift };
}

function count(bytes: Uint8Array): number {
  return bytes.reduce((sum, byte) => sum + (byte === 0x0a ? 1 : 0), 0);
}
