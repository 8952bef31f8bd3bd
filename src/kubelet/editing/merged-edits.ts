/**
 * Edits one after the other as edits of the first bytes: the text is kept as pieces, each either a run of the original
 * or something new, and what lies between two runs is one edit.
 */
import type { Edit } from '../../plan/step.ts';

type Piece = { from: number; to: number } | { text: string; size: number };

/** Each list of edits counts its offsets in the result of the one before. The result ascends and does not overlap. */
export function mergeEdits(length: number, ...lists: readonly (readonly Edit[])[]): Edit[] {
  const pieces = lists.reduce<Piece[]>((text, edits) => apply(text, edits), [{ from: 0, to: length }]);
  const merged: Edit[] = [];
  let at = 0;
  let insert = '';
  const close = (from: number): void => {
    if (from > at || insert !== '') merged.push({ offset: at, remove: from - at, insert });
    insert = '';
  };
  for (const piece of pieces) {
    if ('text' in piece) insert += piece.text;
    else {
      close(piece.from);
      at = piece.to;
    }
  }
  close(length);
  return merged;
}

function apply(pieces: readonly Piece[], edits: readonly Edit[]): Piece[] {
  const result: Piece[] = [];
  const rest = [...pieces].reverse();
  let at = 0;
  /** Moves on to that place; what is on the way is kept or dropped. */
  const pass = (to: number, keep: boolean): void => {
    while (at < to) {
      const piece = rest.pop();
      if (piece === undefined) return;
      const size = sizeOf(piece);
      const [head, tail] = size <= to - at ? [piece] : split(piece, to - at);
      if (tail) rest.push(tail);
      if (keep && sizeOf(head) > 0) result.push(head);
      at += sizeOf(head);
    }
  };
  for (const { offset, remove, insert } of edits) {
    pass(offset, true);
    if (insert !== '') result.push({ text: insert, size: Buffer.byteLength(insert) });
    pass(offset + remove, false);
  }
  pass(Number.POSITIVE_INFINITY, true);
  return result;
}

function sizeOf(piece: Piece): number {
  return 'text' in piece ? piece.size : piece.to - piece.from;
}

function split(piece: Piece, at: number): [Piece, Piece] {
  if (!('text' in piece)) return [{ from: piece.from, to: piece.from + at }, { from: piece.from + at, to: piece.to }];
  const bytes = Buffer.from(piece.text);
  return [
    { text: bytes.subarray(0, at).toString(), size: at },
    { text: bytes.subarray(at).toString(), size: piece.size - at },
  ];
}
