/**
 * Where in systemd's files a flag of the kubelet is written: the unit, its drop-ins and its environment files, read
 * by systemd's own rules (systemd.syntax(7), systemd.service(5), systemd.exec(5)).
 *
 * What is not written down there (a wrapper script, a variable of the manager) is not found, and not guessed.
 */
import { type Assignment, readEnvironmentFile, splitWords, unitLines } from './unit-syntax.ts';
import { listFlags } from './flags.ts';

export interface UnitText {
  file: string;
  text: string;
}
export interface FlagPlace {
  file: string;
  line: number;
  /** The environment variable that carries it. */
  variable?: string;
}
/** One word of the command line, with the lines it comes from. */
interface Word extends FlagPlace {
  text: string;
  lastLine: number;
}

/**
 * The place of the flag that counts, the last one. `sources`: unit, drop-ins and environment files in the order in
 * which systemd reads them. `flag` without dashes, `pod-manifest-path`. Undefined when no source has it.
 */
export function findFlag(sources: readonly UnitText[], flag: string): FlagPlace | undefined {
  const words = commandWords(sources);
  const found = listFlags(words.map((word) => word.text)).findLast(({ name }) => name === flag);
  const word = found && words[found.index];
  if (!word) return undefined;
  const text = sources.find((source) => source.file === word.file)?.text ?? '';
  return { file: word.file, line: lineOf(text, flag, word), ...(word.variable && { variable: word.variable }) };
}

/** argv of the unit's last ExecStart=, variables filled in; empty when it has none. */
export function unitCommand(sources: readonly UnitText[]): string[] {
  return commandWords(sources).map((word) => word.text);
}

/** Words of the unit's last ExecStart= as they stand there, variables not filled in. */
export function unitWords(sources: readonly UnitText[]): string[] {
  const lines = sources.filter(isUnitText).flatMap(serviceLines);
  return splitWords(lines.findLast(({ key, value }) => key === 'ExecStart' && value !== '')?.value ?? '');
}

/** Paths of EnvironmentFile= in the order of reading, without the `-` in front. Wildcards are left as they stand. */
export function environmentFiles(sources: readonly UnitText[]): string[] {
  let paths: string[] = [];
  for (const { key, value } of sources.filter(isUnitText).flatMap(serviceLines)) {
    if (key !== 'EnvironmentFile') continue;
    paths = value === '' ? [] : [...paths, value.replace(/^-/, '')];
  }
  return paths;
}

function commandWords(sources: readonly UnitText[]): Word[] {
  const variables = new Map<string, Assignment>();
  let command: Word[] = [];
  for (const { key, value, file, line, lastLine } of sources.filter(isUnitText).flatMap(serviceLines)) {
    if (key === 'ExecStart') command = splitWords(value).map((text) => ({ text, file, line, lastLine }));
    if (key !== 'Environment') continue;
    if (value === '') variables.clear();
    for (const word of splitWords(value)) {
      const at = word.indexOf('=');
      if (at > 0) variables.set(word.slice(0, at), { file, line, lastLine, value: word.slice(at + 1) });
    }
  }
  // an environment file overrides Environment=, whatever the order (systemd.exec(5))
  for (const { file, text } of sources.filter((source) => !isUnitText(source))) {
    for (const [name, assignment] of readEnvironmentFile(file, text)) variables.set(name, assignment);
  }
  // characters that may stand before the program's path (systemd.service(5), "Special executable prefixes")
  return command.flatMap((word, i) => (i === 0 ? { ...word, text: word.text.replace(/^[-@:+!|]+/, '') } : expand(word, variables)));
}

/** `$NAME` alone becomes as many words as its value has; `${NAME}` stays one word. */
function expand(word: Word, variables: ReadonlyMap<string, Assignment>): Word[] {
  const alone = /^\$([A-Za-z_]\w*)$/.exec(word.text)?.[1];
  if (alone !== undefined) {
    const found = variables.get(alone);
    if (!found) return [];
    const { file, line, lastLine } = found;
    return splitWords(found.value).map((text) => ({ text, file, line, lastLine, variable: alone }));
  }
  let from: Pick<Word, 'file' | 'line' | 'lastLine' | 'variable'> = word;
  const text = word.text.replace(/\$\$|\$\{([A-Za-z_]\w*)\}/g, (written, name: string | undefined) => {
    if (name === undefined) return '$';
    const found = variables.get(name);
    // the word is the variable's own where it begins with it; else it stands where the flag is written
    if (found && word.text.startsWith(written)) from = { ...found, variable: name };
    return found?.value ?? '';
  });
  const { file, line, lastLine, variable } = from;
  return [{ text, file, line, lastLine, ...(variable && { variable }) }];
}

/** Of an assignment over several lines, the line with the flag in it. */
function lineOf(text: string, flag: string, { line, lastLine }: Word): number {
  const lines = text.split('\n').slice(line - 1, lastLine);
  const written = new RegExp(`--${flag.replaceAll('-', '[-_]')}(?![\\w-])`);
  const last = lines.findLastIndex((each) => written.test(each));
  return last < 0 ? line : line + last;
}

/** An environment file has no sections. */
export function isUnitText({ text }: UnitText): boolean {
  return /^\s*\[[A-Z]\w*\]\s*$/m.test(text);
}

function serviceLines({ file, text }: UnitText): { key: string; value: string; file: string; line: number; lastLine: number }[] {
  return unitLines(text).flatMap(({ section, ...line }) => (section === 'Service' ? [{ ...line, file }] : []));
}
