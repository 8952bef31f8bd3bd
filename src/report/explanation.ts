/** A field as `kcfg explain` shows it: what it does, its values, then what to know before it is changed. */
import type { Direction } from '../kubelet/disturbance/directions.ts';
import type { Explanation } from '../kubelet/explain/explain.ts';
import type { TopicFields } from '../kubelet/explain/by-topic.ts';
import { standing } from '../kubelet/explain/gates.ts';
import { valueWords } from '../kubelet/explain/type-words.ts';
import type { Style } from './style.ts';
import { cut, padEnd, visible, width, wrap } from './width.ts';

/** What this node has. */
export interface Here {
  value: unknown;
  /** 'by default', '/var/lib/kubelet/config.yaml:38' */
  from: string;
  config: Readonly<Record<string, unknown>>;
}

interface Screen {
  kubelet: string;
  here: Here | undefined;
  style: Style;
  columns: number;
}

/** Labels such as Disturbs stand in a column of this width, after two blanks. */
const LABEL = 11;
/** The kubelet's own default for --root-dir. */
const ROOT_DIR = '/var/lib/kubelet';

export function explanationLines(it: Explanation, { kubelet, here, style, columns }: Screen): string[] {
  const at = columns - 2;
  const block = (label: string, paragraphs: readonly string[]): string[] =>
    paragraphs.flatMap((text) => wrap(text, at - LABEL)).map((line, i) => `  ${style.faint(padEnd(i === 0 ? label : '', LABEL))}${line}`);
  const value = (each: unknown): string => visible(valueWords(each));
  const standard = it.default === undefined ? 'no default' : `default ${value(it.default)}`;
  const now = here === undefined ? ` (kubelet ${kubelet})` : `. Here: ${here.value === undefined || here.value === null ? 'not set' : `${value(here.value)}, ${here.from}`} (kubelet ${kubelet}).`;
  const [head = '', ...more] = wrap(`${visible(it.field)}: ${it.type}, ${standard}${now}`, columns);
  const name = visible(it.field);
  return [
    `${style.strong(name)}${head.slice(name.length)}`,
    ...more,
    ...(it.doc.from === 'kcfg' ? it.doc.text : `In the reference's words: ${it.doc.text}`).split('\n').flatMap((line) => wrap(line, at).map((each) => `  ${each}`.trimEnd())),
    ...valueLines(it.values, style, columns),
    ...nameLines(it.fields.map(({ field, doc }) => [field.slice(it.field.length).replace(/^\./, ''), doc] as const), style, columns, '    '),
    ...block('Needs', needs(it)),
    ...(it.since === undefined ? [] : block('Since', [since(it)])),
    ...(it.flag === undefined ? [] : block('Flag', [`--${it.flag}, which wins over files`])),
    ...block('Disturbs', it.disturbs.map(disturbance)),
    ...(it.example === undefined ? [] : [style.strong('Next'), style.typed(`  kcfg set ${it.example} --dry-run`)]),
  ];
}

function valueLines(values: Explanation['values'], style: Style, columns: number): string[] {
  const widest = Math.max(0, ...values.map(({ value }) => width(value)));
  // A column as wide as the widest, unless less than 20 is left for the words: then those have lines of their own.
  const own = widest > columns - 27;
  return values.flatMap(({ value, means }) => {
    const lines = wrap(means ?? '', own ? columns - 6 : columns - 7 - widest);
    if (own) return [`    ${style.typed(value)}`, ...(means === undefined ? [] : lines.map((line) => `      ${line}`))];
    return lines.map((line, i) => `    ${style.typed(padEnd(i === 0 ? value : '', widest))}   ${line}`.trimEnd());
  });
}

function needs({ gate, needs: text }: Explanation): string[] {
  const off = gate !== undefined && !gate.default ? [`the gate ${gate.name} on: kcfg set featureGates.${gate.name}=true`] : [];
  return [...(text === undefined ? [] : [text]), ...off];
}

function since({ since: minor, stable, gate }: Explanation): string {
  const first = minor === '1.28' ? '1.28 or earlier' : minor;
  const about = gate === undefined ? [] : [`its gate ${gate.name} is ${standing(gate)}${gate.locked ? ' and locked' : ''}`];
  return [first, ...(stable === undefined ? [] : [stable]), ...about].join('; ');
}

const KINDS: Record<Direction['class'], string> = {
  none: 'nothing',
  restart: 'the kubelet restarts, about 1 s; no container does',
  containers: 'containers',
  drain: 'drain first',
};

/** One direction, as sentences without the last full stop. */
function disturbance({ when, class: kind, why, stateFiles = [], reboot }: Direction): string {
  const head = `${when === undefined ? '' : `${when}, `}${KINDS[kind]}`;
  const files = stateFiles.map((file) => `${ROOT_DIR}/${file} is set aside: with the old one in place the kubelet does not start`);
  const said = why === undefined ? head : kind === 'restart' ? `${head}. ${capital(why)}` : `${head}: ${why}`;
  return [said, ...files, ...(reboot && !why?.includes('reboot') ? ['Only a reboot takes it back'] : [])].join('. ');
}

/** Names with a line each, cut where the terminal ends. */
export function nameLines(rows: readonly (readonly [string, string])[], style: Style, columns: number, indent = '  '): string[] {
  const widest = Math.max(0, ...rows.map(([name]) => width(name)));
  const left = columns - indent.length - widest - 2;
  return rows.map(([name, text]) => `${indent}${style.typed(padEnd(name, widest))}  ${shorten(visible(text), left, style.signs.more)}`.trimEnd());
}

export function listLines(topics: readonly TopicFields[], kubelet: string, style: Style, columns: number): string[] {
  const all = topics.flatMap(({ fields }) => fields);
  const names = Math.max(...all.map(({ field }) => field.length));
  const types = Math.max(...all.map(({ type }) => type.length));
  const left = columns - names - types - 6;
  const row = ({ field, type, default: value }: TopicFields['fields'][number]): string =>
    `  ${style.typed(padEnd(field, names))}  ${padEnd(type, types)}  ${value === undefined ? '' : style.faint(shorten(valueWords(value), left, style.signs.more))}`.trimEnd();
  return [
    ...topics.filter(({ fields }) => fields.length > 0).flatMap(({ topic, fields }) => [style.strong(topic.slice(0, 1).toUpperCase() + topic.slice(1)), ...fields.map(row)]),
    `${all.length} fields of kubelet ${kubelet}. About one of them: kcfg explain FIELD`,
  ];
}

/** As cut() does; ASCII, which nearly all of it is, without the segmenter, which costs more than the rest of the list. */
function shorten(text: string, columns: number, more: string): string {
  if (!/^[\x20-\x7e]*$/.test(text)) return cut(text, columns, more);
  return text.length <= columns ? text : `${text.slice(0, Math.max(0, columns - more.length))}${more}`;
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
