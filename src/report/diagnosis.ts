/** A diagnosis as a person reads it: the verdict, the root cause as it stands in the file, what follows from it, the fix. */
import { type Cause, type Fix, parentOf } from '../doctor/cause.ts';
import type { Diagnosis } from '../doctor/diagnose.ts';
import type { Evidence } from '../doctor/evidence.ts';
import { applyEdits } from '../kubelet/edits.ts';
import { areas } from './diagnosis-areas.ts';
import { diffLines, type FileDiff } from './diff.ts';
import { findingLines } from './error.ts';
import { count, list } from './format.ts';
import { localTimes } from './local-times.ts';
import { makeStyle, type Style } from './style.ts';
import { padEnd, table, width, wrap } from './width.ts';

const PLAIN = makeStyle({ colour: false, unicode: true });

export interface View {
  style: Style;
  columns: number;
  verbose: boolean;
  quiet: boolean;
  /** From a bundle: nothing can be done here. */
  elsewhere: boolean;
  /** Text of a file now, for the diff of a fix; undefined where it is not at hand. */
  text: (file: string) => Buffer | undefined;
}

export function diagnosisLines(diagnosis: Diagnosis, evidence: Evidence, view: View): string[] {
  const { style, columns } = view;
  const { causes, warnings, consequences } = diagnosis;
  if (view.quiet) return [diagnosis.verdict];
  const follows = [...foldedRows(causes), ...consequences.map(({ component, words }): Row => [component, words])];
  return [
    ...wrap(diagnosis.verdict, columns).map(style.strong),
    ...causes.filter((cause) => !folded(cause, causes)).flatMap((cause) => causeLines(cause, evidence.at, view)),
    ...(follows.length === 0 ? [] : [style.strong('Follows from it, and ends with it'), ...rowLines(follows, columns)]),
    ...untouched(diagnosis).flatMap((line) => wrap(line, columns)),
    ...fixLines(causes, view),
    ...(causes.length === 0 || view.verbose ? areaLines(evidence, diagnosis, style) : []),
    ...(view.verbose ? heldLines(diagnosis, view) : []),
    ...findingLines(warnings.filter((warning) => !folded(warning, causes)), style, columns),
    ...missingLines(evidence, view),
    ...(view.elsewhere ? [] : nextLines(diagnosis, style)),
  ];
}

type Row = [part: string, words: string];

/** Several of one part are one line: a misspelt field takes a dozen files with it. */
function foldedRows(causes: readonly Cause[]): Row[] {
  const rows = new Map<string, { words: string; more: number }>();
  for (const cause of causes) {
    if (!folded(cause, causes)) continue;
    const { component, verdict } = cause;
    const row = rows.get(component);
    if (row === undefined) rows.set(component, { words: verdict, more: 0 });
    else row.more++;
  }
  return [...rows].map(([component, { words, more }]) => [component, more === 0 ? words : `${words}, and ${count(more, 'more like it', 'more like it')}`]);
}

function rowLines(rows: readonly Row[], columns: number): string[] {
  const widest = Math.max(...rows.map(([part]) => width(part)));
  return rows.flatMap(([part, words]) => wrap(words, columns - widest - 4).map((line, index) => `  ${padEnd(index === 0 ? part : '', widest)}  ${line}`));
}

function folded(cause: Cause, causes: readonly Cause[]): boolean {
  return parentOf(cause, causes) !== undefined;
}

function areaLines(evidence: Evidence, { standings }: Diagnosis, style: Style): string[] {
  const bad = new Set(standings.filter(({ ok }) => !ok).map(({ component }) => AREA[component] ?? 'static pods'));
  const rows = areas(evidence).map(([area, words]) => [`${bad.has(area) ? style.bad(style.signs.failed) : style.good(style.signs.done)} ${area}`, words]);
  return table(rows);
}
const AREA: Record<string, string> = { 'kube-apiserver': 'API server', etcd: 'etcd', kubelet: 'kubelet', runtime: 'runtime', host: 'host' };

function heldLines({ held }: Diagnosis, { style, columns }: View): string[] {
  if (held.length === 0) return [];
  return [style.strong(count(held.length, 'check holds', 'checks hold')), ...held.flatMap((about) => wrap(about, columns - 4).map((line, index) => `${index === 0 ? `  ${style.good(style.signs.done)}` : '   '} ${line}`))];
}

/** What could not be read is not judged, and a person must know it. */
function missingLines({ missing }: Evidence, { style, columns, verbose }: View): string[] {
  const all = Object.entries(missing);
  if (all.length === 0) return [];
  const lines = all.map(([source, why]) => `  ${source}: ${why}`);
  return [...wrap(`Left out, for it could not be read: ${verbose ? '' : list(all.map(([source]) => source))}`.trimEnd(), columns).map(style.faint), ...(verbose ? lines : [])];
}

function causeLines(cause: Cause, at: string, { style, columns }: View): string[] {
  const local = (text: string): string => localTimes(text, at);
  const notes = cause.notes.map(local);
  // what a note quotes already is not said twice
  const seen = cause.evidence.filter((words) => !notes.some((note) => note.includes(words.replace(/^Error: /, '')))).map(local);
  const help = cause.fix?.kind === 'commands' ? [] : cause.help;
  const where = cause.where.map((place) => (place.label === undefined ? place : { ...place, label: local(place.label) }));
  return findingLines([{ ...cause, where, message: `${local(cause.message)}${cause.sure === 'likely' ? ' (likely)' : ''}`, notes: [...notes, ...(seen.length === 0 ? [] : [seen.join('\n')])], help }], style, columns);
}

/** What a person fears for, and need not. */
function untouched({ standings, causes }: Diagnosis): string[] {
  if (causes.length === 0 || !causes.some(({ now }) => now)) return [];
  const well = standings.filter(({ ok }) => ok).map(({ component }) => (component === 'runtime' ? 'the container runtime' : component === 'kubelet' ? 'the kubelet' : component));
  return well.length === 0 ? [] : [`Not touched: ${list(well)}.`];
}

function fixLines(causes: readonly Cause[], { style, columns, text }: View): string[] {
  const files: FileDiff[] = [];
  const commands: string[] = [];
  const aside: string[] = [];
  for (const { fix } of causes) {
    if (fix === undefined) continue;
    if (fix.kind === 'copy') aside.push(`  ${fix.file}     ${style.faint(`as in ${fix.from}`)}`);
    if (fix.kind === 'set-aside') aside.push(`  ${fix.file}     ${style.faint('set aside')}`);
    const diff = diffOf(fix, text);
    if (diff !== undefined) files.push(diff);
    commands.push(...commandsOf(fix));
  }
  if (files.length + commands.length + aside.length === 0) return [];
  return [style.strong('Fix'), ...diffLines(files, style, columns), ...aside, ...commands.map((line) => `  ${style.typed(line)}`)];
}

export function diffOf(fix: Fix, text: View['text']): FileDiff | undefined {
  if (fix.kind !== 'edit') return undefined;
  const before = text(fix.file);
  return before === undefined ? undefined : { path: fix.file, before: before.toString('utf8'), after: applyEdits(before, fix.edits).toString('utf8') };
}

/** What a person would type; for what kcfg does itself, nothing. */
export function commandsOf(fix: Fix): string[] {
  return fix.kind === 'commands' ? fix.commands : [];
}

export function isMendedByKcfg(cause: Cause): boolean {
  return cause.fix !== undefined && cause.fix.kind !== 'commands';
}

function nextLines({ causes }: Diagnosis, style: Style): string[] {
  const mended = causes.filter(isMendedByKcfg);
  const [first] = mended;
  if (first === undefined) return [];
  const name = mended.length === 1 && first.component !== 'host' ? ` ${first.component}` : '';
  const what = first.fix?.kind === 'restore' ? 'show what could stand in its place, and ask' : 'apply it, watch it start, undo if it does not';
  return [style.strong('Next'), `  ${style.typed(`kcfg recover${name}`)}   ${what}`];
}

/** For -o json: the contract of `kcfg doctor`. */
export function diagnosisDocument(diagnosis: Diagnosis, evidence: Evidence, text: View['text']): unknown {
  const { healthy, verdict, causes, warnings, consequences, standings } = diagnosis;
  return {
    healthy,
    verdict,
    node: evidence.node.name,
    findings: [...causes, ...warnings].map((cause, index) => ({
      id: cause.id,
      severity: cause.severity,
      component: cause.component,
      now: cause.now,
      sure: cause.sure,
      ...(cause.where[0] === undefined ? {} : { file: cause.where[0].file, ...(cause.where[0].line === undefined ? {} : { line: cause.where[0].line }) }),
      cause: cause.message,
      evidence: [...cause.notes, ...cause.evidence, ...(cause.kubelet === undefined ? [] : [cause.kubelet])],
      consequences: index === 0 ? consequences.map(({ component, words }) => `${component} ${words}`) : [],
      ...(cause.fix === undefined ? {} : { fix: fixDocument(cause.fix, text) }),
    })),
    components: standings.map(({ component, ok, words }) => ({ name: component, ok, words })),
    missing: evidence.missing,
    seconds: evidence.seconds,
  };
}

function fixDocument(fix: Fix, text: View['text']): unknown {
  const diff = diffOf(fix, text);
  const lines = diff === undefined ? undefined : diffLines([diff], PLAIN, 1000);
  return { kind: fix.kind, ...('file' in fix ? { file: fix.file } : {}), ...(lines === undefined ? {} : { diff: lines.join('\n') }), ...(fix.kind === 'commands' ? { commands: fix.commands } : {}) };
}
