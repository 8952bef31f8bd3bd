/**
 * Where a command's words go: data to stdout, everything else to stderr.
 * Built once from the real streams (main.ts) or from fakes (tests); commands never see a stream or `process`.
 * A reader that went away (EPIPE, `kcfg history | head`) is no error: the rest is dropped and the command ends as
 * it would have; a change that is under way is not cut off by it.
 */
import { toJson } from '../report/json.ts';
import { openScreen, type Screen, type TextStream } from '../report/screen.ts';
import type { Style } from '../report/style.ts';

export type Format = 'human' | 'json' | 'yaml' | 'prometheus';

export interface Output {
  readonly format: Format;
  /** stdout is a terminal. */
  readonly terminal: boolean;
  /** There is someone to ask: stdin and stdout are terminals. */
  readonly interactive: boolean;
  /** Where answers are typed and questions drawn; only where `interactive` holds. */
  asking(): Asking;
  /** Columns of stdout, at most 120. */
  readonly columns: number;
  /** The style of stdout. */
  readonly style: Style;
  /** stderr, for the live list of steps, and for lines in its own style. */
  readonly progress: Screen;
  readonly quiet: boolean;
  readonly verbose: boolean;
  /** Data for people, to stdout; nothing in any other form. */
  lines(...lines: string[]): void;
  /** The one document on stdout; nothing but in JSON and YAML. */
  document(value: unknown): Promise<void>;
  /** Prometheus' text, to stdout; nothing in any other form. */
  metrics(text: string): void;
  /** Progress, notes, warnings, to stderr; in every format but json, where stderr holds JSON lines only. */
  note(...lines: string[]): void;
}

export interface Asking {
  input: NodeJS.ReadableStream;
  output: NodeJS.WritableStream;
}
export interface StdIn {
  readonly isTTY?: boolean;
  /** The streams of a terminal, opened when the first question is asked. */
  asking(): Asking;
}

export interface OutputOptions {
  stdout: TextStream;
  stderr: TextStream;
  stdin: StdIn;
  env: Readonly<Record<string, string | undefined>>;
  format: Format;
  quiet: boolean;
  verbose: boolean;
  noColour: boolean;
}

/** Builds the one Output of a run. */
export function openOutput(options: OutputOptions): Output {
  const stdout = openScreen(options.stdout, options);
  const stderr = openScreen(options.stderr, options);
  const { format, quiet, verbose } = options;
  return {
    format,
    quiet,
    verbose,
    terminal: stdout.terminal,
    get interactive() {
      return stdout.terminal && options.stdin.isTTY === true;
    },
    style: stdout.style,
    asking: () => options.stdin.asking(),
    progress: stderr,
    get columns() {
      return stdout.columns();
    },
    lines: (...lines) => {
      if (format === 'human') writeLines(stdout, lines);
    },
    document: async (value) => {
      if (format === 'json') stdout.write(`${toJson(value, stdout.terminal ? 2 : 0)}\n`);
      if (format === 'yaml') stdout.write((await import('./yaml-document.ts')).yamlDocument(value));
    },
    metrics: (text) => {
      if (format === 'prometheus') stdout.write(text);
    },
    note: (...lines) => {
      if (format !== 'json') writeLines(stderr, lines);
    },
  };
}

function writeLines(screen: Screen, lines: readonly string[]): void {
  if (lines.length > 0) screen.write(`${lines.join('\n')}\n`);
}
