/**
 * What a hand slips into YAML that no longer parses, one line at a time: a tab, a missing or wrong colon, a quote left open,
 * one blank too many. Each is tried near the place of the complaint, which may be a line late (facts of yaml: an open quote is
 * told at the end), and counts only where the whole text is then accepted. Pure.
 */
import { applyEdits } from '../../kubelet/edits.ts';
import { editAt, readSource, type Source } from '../../kubelet/source.ts';
import type { Edit } from '../../plan/step.ts';

/** Lines above the complaint. */
const ABOVE = 3;
/** More than this is no configuration that a hand writes. */
const LONGEST = 2000;

/** The first edit after which `accepts` holds. `line`: where the parser complains, from 1; all lines where it is not known. */
export function mendSlip(file: string, bytes: Uint8Array, line: number | undefined, accepts: (bytes: Buffer) => boolean): Edit[] | undefined {
  const source = readSource(file, bytes);
  if (source === undefined || source.encoding !== 'utf-8') return undefined;
  const lines = linesOf(source);
  if (lines.length > LONGEST) return undefined;
  for (const index of order(lines.length, line)) {
    const at = lines[index];
    if (at === undefined) continue;
    for (const text of slips(at.text, lines.slice(0, index).map((each) => each.text).findLast((each) => each.trim() !== ''), lines[index + 1]?.text)) {
      if (text === at.text) continue;
      const edits = [smallest(source, at.start, at.text, text)];
      if (accepts(applyEdits(source.bytes, edits))) return edits;
    }
  }
  return undefined;
}

/** From the complaint upwards, then what is below; a line of a long file that is nowhere near is not tried. */
function order(count: number, line: number | undefined): number[] {
  const all = Array.from({ length: count }, (_, index) => index);
  if (line === undefined) return all;
  const near = Array.from({ length: ABOVE + 1 }, (_, up) => line - 1 - up).filter((index) => index >= 0 && index < count);
  return [...near, ...(line < count ? [line] : []), ...all.filter((index) => !near.includes(index) && index !== line)];
}

function slips(line: string, before: string | undefined, after: string | undefined): string[] {
  const found: string[] = [];
  const indents = [...new Set([before, after].flatMap((each) => (each === undefined || each.trim() === '' ? [] : [/^ */.exec(each)?.[0] ?? ''])))];
  const body = line.trimStart();
  if (line.includes('\t')) found.push(...[...indents, '  ', '    '].map((indent) => indent + body.replaceAll('\t', ' ')), line.replaceAll('\t', '  '), line.replaceAll('\t', ' '));
  // name; name= name,   name value   name:value
  found.push(line.replace(/^(\s*(?:- )?[\w.-]+)[;=,]\s*$/, '$1:'), line.replace(/^(\s*(?:- )?[\w.-]+)\s*$/, '$1:'));
  found.push(line.replace(/^(\s*(?:- )?[\w.-]+)\s*[;=,]\s*(\S.*)$/, '$1: $2'), line.replace(/^(\s*(?:- )?[\w.-]+)\s+(?![:#])(\S.*)$/, '$1: $2'), line.replace(/^(\s*(?:- )?[\w.-]+):(?=[^\s/:])(.*)$/, '$1: $2'));
  found.push(line.replace(/^(\s*(?:- )?[\w.-]+)::\s*/, '$1: '), line.replace(/^(\s*)-(?=\S)/, '$1- '));
  const quotes = line.match(/["']/g) ?? [];
  if (quotes.length % 2 === 1) found.push(`${line}${quotes[0] ?? ''}`, line.replace(/["'](?=[^"']*$)/, ''), line.replace(/^(\s*(?:- )?[\w.-]+:\s*)(.*?)(["'])\s*$/, '$1$3$2$3'));
  for (const [open, close] of [['[', ']'], ['{', '}']] as const) if (line.split(open).length > line.split(close).length) found.push(`${line}${close}`);
  if (line.split(']').length > line.split('[').length) found.push(line.replace(/\](?=[^\]]*$)/, ''));
  if (line.split('}').length > line.split('{').length) found.push(line.replace(/\}(?=[^}]*$)/, ''));
  // one blank too many or too few
  found.push(...indents.map((indent) => indent + body));
  return found.filter((each) => each.trim() !== '');
}

function linesOf(source: Source): { start: number; text: string }[] {
  const lines: { start: number; text: string }[] = [];
  for (let at = 0; at < source.text.length; ) {
    const end = source.text.indexOf('\n', at);
    const whole = source.text.slice(at, end < 0 ? undefined : end);
    lines.push({ start: at, text: whole.replace(/\r$/, '') });
    at = end < 0 ? source.text.length : end + 1;
  }
  return lines;
}

/** Without what both have at the beginning and at the end. */
function smallest(source: Source, start: number, from: string, to: string): Edit {
  let head = 0;
  while (head < from.length && head < to.length && from[head] === to[head]) head++;
  let tail = 0;
  while (tail < from.length - head && tail < to.length - head && from[from.length - 1 - tail] === to[to.length - 1 - tail]) tail++;
  return editAt(source, start + head, start + from.length - tail, to.slice(head, to.length - tail));
}
