/** From one text to another as edits of whole lines: what a person's own edit of a file is in a plan. */
import { diffArrays } from 'diff';
import type { Edit } from '../step.ts';

export function lineEdits(before: Buffer, after: Buffer): Edit[] {
  const edits: Edit[] = [];
  let offset = 0;
  for (const part of diffArrays(linesOf(before), linesOf(after))) {
    const text = part.value.join('');
    const bytes = Buffer.byteLength(text, 'utf8');
    const last = edits.at(-1);
    const adjoining = last !== undefined && last.offset + last.remove === offset ? last : undefined;
    if (!part.added && !part.removed) offset += bytes;
    else if (part.removed) {
      if (adjoining) adjoining.remove += bytes;
      else edits.push({ offset, remove: bytes, insert: '' });
      offset += bytes;
    } else if (adjoining) adjoining.insert += text;
    else edits.push({ offset, remove: 0, insert: text });
  }
  return edits;
}

/** With their ends: lines differ in them too. */
function linesOf(bytes: Buffer): string[] {
  return bytes.toString('utf8').split(/(?<=\n)/);
}
