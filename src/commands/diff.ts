/**
 * `kcfg diff`: what the running kubelet has against its files, the files against the defaults, or this node against another;
 * or, by its number, what a change did.
 */
import type { Context } from '../cli/context.ts';
import { isOn } from '../cli/request.ts';
import { EXIT, KcfgError, type ExitStatus } from '../errors.ts';
import { type FieldPath, valueAt, writeFieldPath } from '../kubelet/field-path.ts';
import { fillDefaults, isMap } from '../kubelet/merge.ts';
import { reachOf } from '../kubelet/reach.ts';
import { sameValue } from '../kubelet/same-value.ts';
import { valueText, withoutSecrets } from '../kubelet/value-text.ts';
import type { Settings } from '../node/settings.ts';
import { count } from '../report/format.ts';
import { cut, table, visible, width } from '../report/width.ts';
import { readSettings, valuesBelow } from './get.ts';
import { readOther } from './other-node.ts';

/** What the kubelet makes up itself at its start: its certificate, and what the runtime says (server.go:859,1190,1496@1.37.2). */
const OWN: ReadonlySet<string> = new Set(['tlsCertFile', 'tlsPrivateKeyFile', 'cgroupRoot']);

interface Row {
  field: string;
  left: unknown;
  right: unknown;
}
interface Comparison {
  titles: [string, string];
  rows: Row[];
  /** Said where there is no difference. */
  same: string;
}

export async function run(context: Context): Promise<ExitStatus> {
  const { out, request } = context;
  const [word] = request.words;
  // a file of such a name is ./3
  if (word !== undefined && /^\d+$/.test(word) && !isOn(request, 'defaults')) return await (await import('./diff-change.ts')).diffChange(context, word);
  const { titles, rows, same } = await compare(context);
  await out.document({ left: titles[0], right: titles[1], differences: rows.map(({ field, left, right }) => ({ field, left: left ?? null, right: right ?? null })) });
  if (rows.length === 0) {
    out.lines(same);
    return EXIT.done;
  }
  // a terminal gets columns of its width, a pipe whole values
  const names = Math.max(5, ...rows.map(({ field }) => width(field)));
  const room = out.terminal ? Math.max(12, Math.floor((out.columns - names - 4) / 2)) : Infinity;
  const shown = (value: unknown): string => (out.terminal ? cut(visible(valueText(value)), room, out.style.signs.more) : valueText(value));
  const becomes = rows.map(({ field, left, right }) => [field, shown(left), shown(right)]);
  out.lines(...table([['FIELD', ...titles], ...becomes]), `${count(rows.length, 'difference')}.`);
  return EXIT.found;
}

async function compare(context: Context): Promise<Comparison> {
  const { host, request } = context;
  const { settings, startedAt } = await readSettings(host);
  const file = request.words[0];
  if (file !== undefined) {
    const other = await readOther(host, file, settings.layered.fields);
    return { titles: [host.hostname.toUpperCase(), other.name.toUpperCase()], rows: differences(settings, settings.layered.value, other.value), same: `${host.hostname} and ${other.name} have the same settings.` };
  }
  if (isOn(request, 'defaults')) return againstDefaults(settings);
  const running = await runningConfig(context, settings, startedAt);
  return { titles: ['RUNNING', 'ON DISK'], rows: differences(settings, running, settings.layered.value, true), same: 'The running kubelet has what its files say.' };
}

/** Only what some layer sets to another value: what is left out has the default by itself. */
function againstDefaults(settings: Settings): Comparison {
  const { layered } = settings;
  const defaults = fillDefaults({}, layered.fields);
  const rows = paths(settings, layered.value).flatMap((path): Row[] => {
    const field = layered.fields.field(path);
    const layers = layered.layersOf(path);
    if (field === undefined || layers[0]?.set !== true) return [];
    const left = valueAt(defaults, path);
    const right = layers[0].value;
    return sameValue(layered.fields, field, left, right) || isZero(left, right) ? [] : [row(path, left, right)];
  });
  return { titles: ['DEFAULT', 'HERE'], rows, same: 'Every setting has its default.' };
}

function isZero(left: unknown, right: unknown): boolean {
  return left === undefined && (right === '' || right === false || right === 0);
}

/** `written`: against the running kubelet, which makes up some values itself. */
export function differences(settings: Settings, left: Record<string, unknown>, right: Record<string, unknown>, written = false): Row[] {
  const { layered } = settings;
  const all = new Map([...paths(settings, left), ...paths(settings, right)].map((path) => [writeFieldPath(path), path]));
  const sorted = [...all].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, path]) => path);
  return sorted.flatMap((path) => {
    const field = layered.fields.field(path);
    const [a, b] = [valueAt(left, path), valueAt(right, path)];
    if (field === undefined || sameValue(layered.fields, field, a, b) || isZero(a, b) || isZero(b, a)) return [];
    if (written && (OWN.has(field.path) && layered.layersOf(path)[0]?.set !== true || field.path === 'cgroupDriver')) return [];
    return [row(path, a, b)];
  });
}

function paths({ layered }: Settings, value: Record<string, unknown>): FieldPath[] {
  return layered.fields.top.flatMap((field) => valuesBelow({ ...layered, value }, [field.name])).filter((path) => valueAt(value, path) !== undefined || isMap(value));
}

function row(path: FieldPath, left: unknown, right: unknown): Row {
  const field = writeFieldPath(path);
  return { field, left: withoutSecrets(field, left), right: withoutSecrets(field, right) };
}

async function runningConfig({ host }: Context, { layered }: Settings, startedAt: Date | undefined): Promise<Record<string, unknown>> {
  if (startedAt === undefined) {
    throw new KcfgError('kubelet-down', host.live ? 'the kubelet does not run, so there is nothing to compare its files with' : 'a tree has no running kubelet', { help: ['what differs from the defaults: kcfg diff --defaults'] });
  }
  const { openKubeletApi, configInConfigz } = await import('../node/kubelet-api.ts');
  const api = await openKubeletApi(host, reachOf(layered));
  const answer = api.allowed ? await api.get('/configz') : undefined;
  const config = answer === undefined ? undefined : configInConfigz(answer);
  if (config !== undefined) return config;
  throw new KcfgError('not-supported', 'the running kubelet does not tell what it has', {
    notes: [answer === undefined ? 'reading /configz needs the client certificate of the API server, which workers do not have' : `/configz: ${answer.error ?? `answer ${answer.status}`}`],
    help: ['what differs from the defaults: kcfg diff --defaults'],
  });
}
