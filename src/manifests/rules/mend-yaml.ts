/**
 * A manifest, or a configuration of the kubelet, that is no YAML, mended by one slip of a hand: the first of a short list of changes after which the whole text is
 * read and sound. The parser's place may be some lines late, so the lines before it are tried as well.
 */
import { applyEdits } from '../../kubelet/edits.ts';
import { positionOf, type Source } from '../../kubelet/source.ts';
import type { Yaml } from '../../kubelet/yaml.ts';
import { lineEdits } from '../../plan/settings/line-edits.ts';
import type { Edit } from '../../plan/step.ts';

/** Lines before the parser's place, and behind it. */
const BEFORE = 4;
const BEHIND = 1;
/** Beyond any manifest: each try reads all of it. */
const LONGEST = 50_000;
const INDENTS = [0, 2, 4, 6, 8, 10];

/** Blanks and quotes of a web page may be all that is wrong, or one thing of two. */
export type How = 'as it is' | 'cleaned';

/** `isSound`: the text is read, and no rule has an error. */
export function mendYaml(yaml: Pick<Yaml, 'source' | 'problem'>, isSound: (text: Buffer) => boolean, ways: readonly How[] = ['as it is', 'cleaned']): Edit[] | undefined {
  for (const how of ways) {
    for (const bytes of changedTexts(yaml, how)) {
      if (!isSound(bytes)) continue;
      const edits = lineEdits(yaml.source.bytes, bytes);
      return applyEdits(yaml.source.bytes, edits).equals(bytes) ? edits : undefined;
    }
  }
  return undefined;
}

/** As it may have been meant, the likeliest first. */
export function* changedTexts({ source, problem }: Pick<Yaml, 'source' | 'problem'>, how: How): Generator<Buffer> {
  if (source.encoding !== 'utf-8' || source.bytes.length > LONGEST) return;
  const cleaned = clean(source.text);
  const changed = cleaned !== source.text;
  if (how === 'as it is' && changed) yield Buffer.from(cleaned, 'utf8');
  if (how === 'as it is' || changed) for (const text of candidates(how === 'cleaned' ? cleaned : source.text, lineOf(source, problem?.start))) yield Buffer.from(text, 'utf8');
}

function lineOf(source: Source, start: number | undefined): number {
  return start === undefined ? 0 : positionOf(source, Math.min(start, source.text.length)).line - 1;
}

/** What a web page or an editor puts in the place of plain blanks and quotes, and what nobody sees. */
function clean(text: string): string {
  return text.replaceAll(/[\u00a0\u2007\u202f\u3000]/g, ' ').replaceAll(/[\u200b-\u200d\u2060]/g, '').replaceAll(/[\u201c\u201d\u201e]/g, '"').replaceAll(/[\u2018\u2019]/g, "'");
}

function* candidates(text: string, line: number): Generator<string> {
  if (text.includes('\t')) for (const blanks of ['  ', ' ', '    ', '        ']) yield text.replaceAll('\t', blanks);
  const all = text.split('\n');
  // the place itself first, then nearest
  const near = Array.from({ length: BEFORE + 1 + BEHIND }, (_, i) => line + BEHIND - i).filter((index) => index >= 0 && index < all.length).sort((a, b) => Math.abs(a - line) - Math.abs(b - line));
  for (const index of near) for (const one of slips(all[index] ?? '')) yield all.with(index, one).join('\n');
  for (const index of near) for (const one of indents(all[index] ?? '')) yield all.with(index, one).join('\n');
  // an item with what belongs to it
  for (const index of near) for (const one of blocks(all, index)) yield one.join('\n');
  // an open quote is told at the end of the text
  for (const [index, each] of all.entries()) if (!near.includes(index)) for (const one of quotes(each)) yield all.with(index, one).join('\n');
  // nothing but this line is wrong
  for (const index of near) if (/^\s*[^\s\w-]*\s*$/.test(all[index] ?? '') && (all[index] ?? '').trim() !== '') yield all.toSpliced(index, 1).join('\n');
}

/** One line, as it was meant. */
function slips(line: string): string[] {
  const found = [
    line.replace(/^(\s*(?:- )?[\w./-]+);(\s|$)/, '$1:$2'),
    line.replace(/^(\s*(?:- )?[\w./-]+):(?=[^\s:/])/, '$1: '),
    line.replace(/^(\s*(?:- )?[A-Za-z]\w*)\s*$/, '$1:'),
    line.replace(/^(\s*(?:- )?[A-Za-z]\w*)\s*[=;,.]\s*(?=\S|$)/, '$1: ').trimEnd(),
    line.replace(/^(\s*(?:- )?[A-Za-z]\w*) +(?=[^\s:])/, '$1: '),
    line.replace(/^(\s*(?:- )?[A-Za-z]\w*)\s*:?[^\w\s:"'/-]+:?\s*/, '$1: ').trimEnd(),
    line.replace(/^(\s*(?:- )?[\w./-]+)\s*:{2,}/, '$1:'),
    line.replace(/^(\s*)---(?=\w)/, '$1- --'),
    line.replace(/^(\s*)-(?=[A-Za-z"'/])/, '$1- '),
    line.replace(/^(\s*)[^\s\w-]+\s*(?=[\w-])/, '$1'),
    line.replace(/^(\s*)[^\s\w-]+\s*(?=[\w-])/, '$1- '),
    line.replace(/: [[\]{}*&!%@`|>,]+(?=\S)/, ': '),
    line.replace(/: [[\]{}*&!%@`|>,]+\s*$/, ':'),
    line.replace(/^(\s*- )[[\]{}*&!%@`|>,?]+(?=\S)/, '$1'),
    line.replace(/[:\]}[{]+\s*$/, ''),
    ...quotes(line),
    ...brackets(line),
  ];
  return [...new Set(found)].filter((one) => one !== line);
}

function quotes(line: string): string[] {
  return ['"', "'"].filter((quote) => line.split(quote).length % 2 === 0).flatMap((quote) => [line.replace(/\s*$/, quote), line.replace(quote, '')]);
}

/** One that is not closed, or closed twice. */
function brackets(line: string): string[] {
  return [['[', ']'], ['{', '}']].flatMap(([open = '', close = '']) => {
    const more = line.split(open).length - line.split(close).length;
    return more > 0 ? [line.replace(/\s*$/, close)] : more < 0 ? [line.slice(0, line.lastIndexOf(close)) + line.slice(line.lastIndexOf(close) + 1)] : [];
  });
}

function indents(line: string): string[] {
  // a letter before an item is one too many, or the end of the line above: deeper it would be text of that line
  if (/^\S {2,}- /.test(line)) return [];
  const was = /^\s*/.exec(line)?.[0].length ?? 0;
  return line.trim() === '' ? [] : INDENTS.filter((indent) => indent !== was).sort((a, b) => Math.abs(a - was) - Math.abs(b - was)).flatMap((indent) => [' '.repeat(indent) + line.trimStart(), ...(line.trimStart().startsWith('-') || indent > was ? [] : [`${' '.repeat(indent)}- ${line.trimStart()}`])]);
}

/** The line and all below it that stand deeper, moved together. */
function blocks(all: readonly string[], index: number): string[][] {
  const was = /^ */.exec(all[index] ?? '')?.[0].length ?? 0;
  const rest = all.slice(index + 1).findIndex((line) => line.trim() !== '' && (/^ */.exec(line)?.[0].length ?? 0) <= was);
  const end = rest < 0 ? all.length : index + 1 + rest;
  if (end === index + 1) return [];
  return [-2, 2, -1, 1].filter((by) => was + by >= 0).map((by) => all.map((line, i) => (i < index || i >= end || line.trim() === '' ? line : by < 0 ? line.slice(-by) : ' '.repeat(by) + line)));
}
