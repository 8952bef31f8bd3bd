/**
 * Edits as plain data: which bytes of a file give way to which text.
 *
 * kcfg never renders a file anew. It names the bytes that change, so that all others are the same before and
 * after by construction, and so that the way back can be computed and needs no copy of the file.
 */
import { KcfgError } from '../errors.ts';
import type { Edit } from '../plan/step.ts';

/**
 * The file with the edits made. Offsets count bytes of `bytes`.
 * Throws `bad-plan` when edits overlap, are out of order, or reach beyond the file.
 */
export function applyEdits(bytes: Uint8Array, edits: readonly Edit[]): Buffer {
  const parts: Uint8Array[] = [];
  let at = 0;
  for (const { offset, remove, insert } of edits) {
    if (!(offset >= at && remove >= 0 && offset + remove <= bytes.length)) {
      throw new KcfgError('bad-plan', `an edit at byte ${offset} does not fit a file of ${bytes.length} bytes`);
    }
    parts.push(bytes.subarray(at, offset), Buffer.from(insert, 'utf8'));
    at = offset + remove;
  }
  parts.push(bytes.subarray(at));
  return Buffer.concat(parts);
}

/**
 * The edits that turn the result of `edits` back into `original`. Offsets count bytes of the result.
 * Throws `bad-plan` where the removed bytes are no UTF-8 text: an edit holds text, and could not bring them back.
 */
export function invertEdits(original: Uint8Array, edits: readonly Edit[]): Edit[] {
  let grown = 0;
  return edits.map(({ offset, remove, insert }) => {
    const removed = Buffer.from(original.subarray(offset, offset + remove));
    const text = removed.toString('utf8');
    if (!Buffer.from(text, 'utf8').equals(removed)) {
      throw new KcfgError('bad-plan', `the edit at byte ${offset} removes bytes that are no text`);
    }
    const length = Buffer.byteLength(insert, 'utf8');
    const inverse = { offset: offset + grown, remove: length, insert: text };
    grown += length - remove;
    return inverse;
  });
}
