/**
 * Edits of a flag where it is written in an environment file of the kubelet's service (/etc/default/kubelet,
 * kubeadm-flags.env). Like every edit of kcfg it touches the bytes of that flag alone; whoever asks proves the
 * result by reading the command line again.
 */
import { KcfgError } from '../errors.ts';
import type { Edit } from '../plan/step.ts';
import { standsAlone } from './flags.ts';
import { editAt, lineStart, nextLine, readSource, type Source } from './source.ts';
import { readEnvironmentFile } from './unit-syntax.ts';

/** The flag with this text in place of its value, or without it, with the blank before it or behind. `line`: where it stands, from 1. */
export function editFlag(file: string, bytes: Uint8Array, line: number, flag: string, text: string | undefined): Edit[] {
  const source = open(file, bytes);
  const start = startOfLine(source, line);
  const end = nextLine(source.text, start);
  const alone = standsAlone(flag);
  const written = new RegExp(String.raw`[ \t]*--?${flag.replaceAll('-', '[-_]')}(?![\w-])(${alone ? '=' : '(?:=|[ \t]+)'}("[^"\n]*"|'[^'\n]*'|[^\s"'\\]+))?`, 'g');
  const found = [...source.text.slice(start, end).matchAll(written)].at(-1);
  const [whole = '', , value = ''] = found ?? [];
  if (found === undefined || (text !== undefined && ((value === '' && !alone) || !isBare(text)))) throw cannot(file, line, flag);
  const at = start + found.index;
  if (text === undefined) {
    const behind = /^[ \t]/.test(whole) ? '' : (/^[ \t]+/.exec(source.text.slice(at + whole.length))?.[0] ?? '');
    return [editAt(source, at, at + whole.length + behind.length, '')];
  }
  if (value === '') return [editAt(source, at + whole.length, at + whole.length, `=${text}`)];
  const inner = /^["']/.test(value) ? 1 : 0;
  const from = at + whole.length - value.length + inner;
  return [editAt(source, from, at + whole.length - inner, text)];
}

/** One more flag at the end of a variable's value; a line of its own where the file does not set the variable. */
export function addFlag(file: string, bytes: Uint8Array, variable: string, flag: string): Edit[] {
  const source = open(file, bytes);
  const place = readEnvironmentFile(file, source.text).get(variable);
  if (!isBare(flag)) throw cannot(file, place?.line ?? 1, flag);
  if (place === undefined) {
    const before = source.text === '' || source.text.endsWith('\n') ? '' : source.eol;
    return [editAt(source, source.text.length, source.text.length, `${before}${variable}=${flag}${source.eol}`)];
  }
  const start = startOfLine(source, place.lastLine);
  const line = source.text.slice(start, nextLine(source.text, start)).trimEnd();
  const quote = /["']$/.exec(line)?.[0] ?? '';
  const at = start + line.length - quote.length;
  return [editAt(source, at, at, `${place.value === '' ? '' : ' '}${flag}`)];
}

/** Characters that mean nothing to systemd's reader of environment files, nor where it splits words. */
function isBare(text: string): boolean {
  return /^[\w@%+=:,./<>-]+$/.test(text);
}

function open(file: string, bytes: Uint8Array): Source {
  const source = readSource(file, bytes);
  if (source === undefined || source.encoding !== 'utf-8') throw new KcfgError('unusable-value', `${file} is not UTF-8 text`, { where: [{ file }] });
  return source;
}

function startOfLine(source: Source, line: number): number {
  let start = 0;
  for (let i = 1; i < line; i++) start = nextLine(source.text, start);
  return lineStart(source.text, start);
}

function cannot(file: string, line: number, flag: string): KcfgError {
  return new KcfgError('unusable-value', `--${flag.replace(/^--/, '')} cannot be written there by kcfg`, {
    where: [{ file, line }],
    help: ['edit it by hand, then: systemctl restart kubelet'],
  });
}
