/** `kcfg get`, `kcfg get --all`, and `kcfg get OBJECT`: many values at once, as a table or as a document to compare with. */
import type { Context } from '../cli/context.ts';
import { isOn } from '../cli/request.ts';
import { EXIT, type ExitStatus } from '../errors.ts';
import type { FieldPath } from '../kubelet/field-path.ts';
import { valueAt, writeFieldPath } from '../kubelet/field-path.ts';
import type { Host } from '../host/host.ts';
import type { Layer } from '../kubelet/layered.ts';
import { reachOf } from '../kubelet/reach.ts';
import { sameValue } from '../kubelet/same-value.ts';
import { valueText, withoutSecrets } from '../kubelet/value-text.ts';
import type { Settings } from '../node/settings.ts';
import { count } from '../report/format.ts';
import { cut, padEnd, visible, width, wrap } from '../report/width.ts';
import { readSettings, valuesBelow } from './get.ts';

interface Row {
  field: string;
  value: unknown;
  origin: Layer;
  /** What has no effect here. */
  shadowed: Layer[];
}

/** Without --all the settings that some layer sets; with it every field. */
export async function run(context: Context): Promise<ExitStatus> {
  const { host, request, out } = context;
  const { settings, startedAt } = await readSettings(host);
  const { layered } = settings;
  const waiting = await notInForce(host, settings, startedAt);
  const all = isOn(request, 'all');
  const paths = layered.fields.top.flatMap((field) => valuesBelow(layered, [field.name]));
  const rows = paths.map((path) => rowOf(settings, path)).filter((row) => all || row.origin.set);
  await out.document({ ...documentOf(host.hostname, settings, rows), ...(waiting.length === 0 ? {} : { notInForce: waiting }) });
  out.lines(...tableLines(rows, settings, context.out), ...(out.quiet || !out.terminal ? [] : [...summary(rows, settings, all), ...waitingLines(waiting, out)]));
  return EXIT.done;
}

/** Settings that the running kubelet has otherwise than its files; none where it cannot be asked. */
async function notInForce(host: Host, { layered, ...settings }: Settings, startedAt: Date | undefined): Promise<string[]> {
  if (startedAt === undefined) return [];
  const { configInForce } = await import('../node/in-force.ts');
  const running = await configInForce(host, { layered, ...settings }, { ...reachOf(layered), startedAt: startedAt.toISOString() });
  if (running === undefined) return [];
  const { fields } = layered;
  return fields.leaves().flatMap((field) => {
    const path = field.path.split('.');
    const set = layered.layersOf(path)[0]?.set === true && field.path !== 'cgroupDriver';
    return set && !sameValue(fields, field, valueAt(running, path), valueAt(layered.value, path)) ? [field.path] : [];
  });
}

function waitingLines(waiting: readonly string[], { style, columns }: Context['out']): string[] {
  if (waiting.length === 0) return [];
  const lines = wrap(`not yet in force: ${waiting.join(', ')}. The files changed since the kubelet started: kcfg diff`, columns - 2);
  return lines.map((line, i) => `${i === 0 ? style.caution(style.signs.look) : ' '} ${line}`);
}

/** The values below one object or map. */
export async function tellSome({ out }: Context, settings: Settings, field: string, paths: readonly FieldPath[]): Promise<ExitStatus> {
  const { layered } = settings;
  const rows = paths.map((path) => rowOf(settings, path));
  const value = withoutSecrets(field, valueAt(layered.value, field.split('.')));
  await out.document({ field, value: value ?? null, values: rows.map(({ field: name, value: each, origin }) => ({ field: name, value: each ?? null, origin })) });
  out.lines(...tableLines(rows, settings, out));
  return EXIT.done;
}

function rowOf({ layered }: Settings, path: FieldPath): Row {
  const field = writeFieldPath(path);
  const [origin = { layer: 'default', value: undefined, set: false } as Layer, ...others] = layered.layersOf(path).map((layer) => ({ ...layer, value: withoutSecrets(field, layer.value) }));
  return { field, value: origin.value, origin, shadowed: others.filter((layer) => layer.set) };
}

/** What `kcfg diff FILE` compares with: the whole, and where each value comes from. */
function documentOf(node: string, { layered, configFile, configDir, unread }: Settings, rows: readonly Row[]): Record<string, unknown> {
  return {
    node,
    kubelet: layered.fields.version,
    files: { config: configFile, dropIns: layered.dropIns.map((document) => document.file), ...(configDir === undefined ? {} : { configDir }), ...(unread.length === 0 ? {} : { unread }) },
    fields: rows.map(({ field, value, origin, shadowed }) => ({ field, value: value ?? null, origin, ...(shadowed.length === 0 ? {} : { shadowed }) })),
  };
}

function tableLines(rows: readonly Row[], settings: Settings, { style, columns, terminal }: Context['out']): string[] {
  if (rows.length === 0) return [];
  const values = rows.map(({ value }) => (terminal ? visible(valueText(value)) : valueText(value)));
  const from = rows.map(({ origin, shadowed }) => originText(origin, shadowed[0], settings));
  const names = Math.max(5, ...rows.map(({ field }) => width(field)));
  // A pipe gets whole values; a terminal gets columns, the value no wider than leaves room for where it comes from.
  const room = Math.max(12, Math.min(40, columns - names - 5 - Math.min(24, Math.max(...from.map(width)))));
  const widest = Math.min(terminal ? room : Infinity, Math.max(5, ...values.map(width)));
  const line = (field: string, mark: string, value: string, origin: string): string => `${padEnd(field, names)} ${mark} ${padEnd(value, widest)}  ${origin}`.trimEnd();
  return [
    line('FIELD', ' ', 'VALUE', 'FROM'),
    ...rows.map(({ field, origin, shadowed }, i) => {
      const value = values[i] ?? '';
      const shown = width(value) > widest ? cut(value, widest, style.signs.more) : value;
      // what stands behind a default is a zero, which means just that default
      const look = shadowed.length > 0 && origin.set ? style.caution(style.signs.look) : ' ';
      return line(field, look, shown, style.faint(from[i] ?? ''));
    }),
  ];
}

/** Bare file names: their directories stand below the table. */
function originText(origin: Layer, shadowed: Layer | undefined, { configFile }: Settings): string {
  const at = (layer: Layer): string => {
    const name = layer.file === configFile ? 'config.yaml' : (layer.file?.replace(/^.*\//, '') ?? '');
    return `${name}${layer.line === undefined ? '' : `:${layer.line}`}`;
  };
  if (origin.layer === 'flag') return `flag --${origin.flag ?? ''}`;
  if (origin.layer !== 'default') return at(origin);
  // as screens have it: the line of the one file that all lines are of
  const zero = shadowed === undefined ? '' : shadowed.file === configFile ? `:${shadowed.line ?? ''}` : at(shadowed);
  return shadowed === undefined ? 'default' : `default (${zero} has ${valueText(shadowed.value)})`;
}

function summary(rows: readonly Row[], { layered, configFile, configDir, unread }: Settings, all: boolean): string[] {
  const from = (layer: Layer['layer']): number => rows.filter((row) => row.origin.layer === layer).length;
  const parts = [
    [`in ${configFile.replace(/^.*\//, '')}`, from('file')],
    ['in drop-ins', from('drop-in')],
    ['by flags', from('flag')],
  ] as const;
  const told = parts.flatMap(([where, number]) => (number > 0 ? [`${number} ${where}`] : []));
  const rest = all ? ', others by default' : '; with those by default: kcfg get --all';
  const files = [configFile, ...(configDir === undefined ? [] : [configDir]), ...new Set(layered.flags.flatMap((flag) => flag.file ?? []))];
  return [
    `${count(rows.length, 'value')}: ${told.length === 0 ? 'none set' : told.join(', ')}${rest}.`,
    `Files: ${files.join(', ')}`,
    ...unread.map(({ file, why }) => `Never read: ${file}: ${why}`),
  ];
}
