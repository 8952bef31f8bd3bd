/**
 * Terminal columns: how wide a text is, and laying it out by that width.
 * Korean, Chinese and Japanese text and emoji take two columns a character; marks and joiners none. Escapes for
 * colour count as nothing. Text of others (files, answers of commands) goes through `visible` first, so that it can't
 * steer the terminal.
 */

// Unicode 16, EastAsianWidth.txt: the blocks of classes W and F that text is written in.
const WIDE: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f],
  [0x231a, 0x231b],
  [0x2329, 0x232a],
  [0x2e80, 0x303e],
  [0x3041, 0xa4cf],
  [0xa960, 0xa97c],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe10, 0xfe19],
  [0xfe30, 0xfe6f],
  [0xff01, 0xff60],
  [0xffe0, 0xffe6],
  [0x1b000, 0x1b2ff],
  [0x20000, 0x3fffd],
];
const SGR = /\x1b\[[0-9;]*m/g;
const EMOJI = /\p{Emoji_Presentation}|\ufe0f/u;
/** ASCII, Latin, and the signs that kcfg uses itself: a column each. The first text that needs more costs 20 ms for the tables of ICU. */
const NARROW = /^[\x20-\x7e\xa1-\xac\xae-\u02ff\u2010-\u2027\u2190-\u2199\u2500-\u257f\u2713\u2717]*$/;
const NOTHING = /^[\p{M}\p{Cf}\p{Cc}\u1160-\u11ff]$/u;

/** Columns that the text takes on a terminal. */
export function width(text: string): number {
  const plain = text.includes('\x1b') ? text.replaceAll(SGR, '') : text;
  if (NARROW.test(plain)) return plain.length;
  let columns = 0;
  for (const { segment } of new Intl.Segmenter().segment(plain)) columns += graphemeWidth(segment);
  return columns;
}

function graphemeWidth(grapheme: string): number {
  if (EMOJI.test(grapheme)) return 2;
  const code = grapheme.codePointAt(0) ?? 0;
  if (NOTHING.test(String.fromCodePoint(code))) return 0;
  return WIDE.some(([first, last]) => code >= first && code <= last) ? 2 : 1;
}

/** The text with blanks behind it to `columns`; longer text as it is. */
export function padEnd(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - width(text)));
}

/** The text with blanks before it to `columns`; longer text as it is. */
export function padStart(text: string, columns: number): string {
  return ' '.repeat(Math.max(0, columns - width(text))) + text;
}

/** Lines of at most `columns`, broken at blanks; a longer word (a path) is never cut. At least one line. */
export function wrap(text: string, columns: number): string[] {
  if (width(text) <= columns) return [text];
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/ +/)) {
    if (line !== '' && width(line) + 1 + width(word) > columns) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}

/** As much of the text as fits, then `more` if something was left out. Only for lines that are rewritten anyway. */
export function cut(text: string, columns: number, more: string): string {
  if (width(text) <= columns) return text;
  let kept = '';
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    if (width(kept + segment + more) > columns) break;
    kept += segment;
  }
  return kept + more;
}

/** Rows of plain or coloured cells as lines: each column as wide as its widest cell, two blanks between. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows) for (const [i, cell] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, width(cell));
  return rows.map((row) =>
    row
      .map((cell, i) => padEnd(cell, widths[i] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

/** Text of others, fit to be shown: tabs as four blanks, other control characters in caret notation (`^[`). */
export function visible(text: string): string {
  return (
    text
      .replaceAll('\t', '    ')
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
      .replaceAll(/[\x00-\x1f\x7f]/g, (control) => `^${String.fromCharCode(control.charCodeAt(0) ^ 0x40)}`)
      .replaceAll(/[\x80-\x9f\u202a-\u202e\u2066-\u2069]/g, '\ufffd')
  );
}
