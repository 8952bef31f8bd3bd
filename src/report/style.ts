/**
 * Colours and signs by meaning, by the rules of "Colour and signs" in the voice of kcfg.
 * Nothing else in kcfg writes an escape for a colour. Meaning never hangs on colour alone, so a plain style loses
 * nothing; signs have an ASCII form for `LANG=C`. Blue, magenta, white and black are never set.
 */

export type Paint = (text: string) => string;

export interface Signs {
  done: string;
  failed: string;
  look: string;
  waits: string;
  becomes: string;
  chosen: string;
  more: string;
  /** The frames of the turning sign. */
  turning: readonly string[];
  /** Columns of the widest of done, failed, look, waits and turning: signs in front of a line are padded to it. */
  width: number;
}

export interface Style {
  /** Red: the word error, the failed sign, removed lines. */
  bad: Paint;
  /** Yellow: the word warning, the look sign, pinned, a deadline. */
  caution: Paint;
  /** Green: the done sign, added lines, the word Done. */
  good: Paint;
  /** Cyan: what the user may type, carets of notes, the prompt. */
  typed: Paint;
  /** Bold: the verdict, block titles, changed words in a diff. */
  strong: Paint;
  /** Dim: reasons, origins, durations. */
  faint: Paint;
  signs: Signs;
}

const UNICODE: Signs = {
  done: '✓',
  failed: '✗',
  look: '!',
  waits: '·',
  becomes: '→',
  chosen: '❯',
  more: '…',
  turning: ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'],
  width: 1,
};
const ASCII: Signs = {
  done: 'ok',
  failed: 'FAIL',
  look: '!',
  waits: '-',
  becomes: '->',
  chosen: '>',
  more: '...',
  turning: ['-', '\\', '|', '/'],
  width: 4,
};

/** Select Graphic Rendition (ECMA-48 8.3.117): on, and the code that ends just that property. */
const paint =
  (on: number, off: number): Paint =>
  (text) =>
    text === '' ? text : `\x1b[${on}m${text}\x1b[${off}m`;
const plain: Paint = (text) => text;

/** A style with or without colour, with Unicode or ASCII signs. */
export function makeStyle(options: { colour: boolean; unicode: boolean }): Style {
  const colour = (on: number, off: number): Paint => (options.colour ? paint(on, off) : plain);
  return {
    bad: colour(31, 39),
    caution: colour(33, 39),
    good: colour(32, 39),
    typed: colour(36, 39),
    strong: colour(1, 22),
    faint: colour(2, 22),
    signs: options.unicode ? UNICODE : ASCII,
  };
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Whether colours may be written: only to a terminal, and never against NO_COLOR, --no-color or TERM=dumb. */
export function wantsColour(terminal: boolean, env: Environment, noColour: boolean): boolean {
  // NO_COLOR counts when it is present and not empty (no-color.org).
  return terminal && !noColour && !env['NO_COLOR'] && env['TERM'] !== 'dumb';
}

/** Whether the locale takes more than ASCII; the first variable that is set wins (locale(7)). */
export function wantsUnicode(env: Environment): boolean {
  const locale = env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'] || 'C';
  return /utf-?8/i.test(locale);
}

/** A sign in front of a line, padded so that the text behind all signs begins in one column. */
export function lead(style: Style, sign: string, colour: Paint): string {
  return colour(sign) + ' '.repeat(Math.max(0, style.signs.width - sign.length));
}
