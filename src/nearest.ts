/** "Did you mean": the known word nearest to a mistyped one. */

/** The candidate that one or two slips away from `word`, or undefined when none is near enough to propose. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  // A third of the word mistyped is a slip; more is another word. Short words get one slip.
  let best = Math.max(1, Math.floor(word.length / 3));
  let found: string | undefined;
  for (const candidate of candidates) {
    const slips = distance(word, candidate);
    if (slips < best || (slips === best && found === undefined)) {
      best = slips;
      found = candidate;
    }
  }
  return found;
}

/** Slips between two words: letters added, left out, replaced, or two neighbours swapped. */
export function distance(a: string, b: string): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let slips = Math.min(at(last, j) + 1, at(row, j - 1) + 1, at(last, j - 1) + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        slips = Math.min(slips, at(before, j - 2) + 1);
      }
      row.push(slips);
    }
    before = last;
    last = row;
  }
  return at(last, b.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY;
}
