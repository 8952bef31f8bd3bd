/** A place for text: a terminal or not, how wide, in which style. The readers of events write to one, and nowhere else. */
import { makeStyle, wantsColour, wantsUnicode, type Style } from './style.ts';

/** What kcfg needs of a stream; process.stdout and process.stderr have it. */
export interface TextStream {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

export interface Screen {
  readonly terminal: boolean;
  readonly style: Style;
  /** Columns to lay text out for: those of the terminal now, up to 120; 80 where there is none. */
  columns(): number;
  write(text: string): void;
}

// The voice: "a wider terminal, to 120 columns, gets wider columns, not more words".
const WIDEST = 120;
const WITHOUT_TERMINAL = 80;

/** The screen of a stream. */
export function openScreen(
  stream: TextStream,
  options: { env: Readonly<Record<string, string | undefined>>; noColour: boolean },
): Screen {
  const terminal = stream.isTTY === true;
  return {
    terminal,
    style: makeStyle({
      colour: wantsColour(terminal, options.env, options.noColour),
      unicode: wantsUnicode(options.env),
    }),
    columns: () => (terminal && stream.columns ? Math.min(stream.columns, WIDEST) : WITHOUT_TERMINAL),
    write: (text) => {
      stream.write(text);
    },
  };
}
