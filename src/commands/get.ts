/** `kcfg get [FIELD]`: the values in force, and the layer each comes from. Starts nothing while the kubelet runs. */
import type { Context } from '../cli/context.ts';
import { isOn } from '../cli/request.ts';
import { EXIT, type ExitStatus } from '../errors.ts';
import type { Host } from '../host/host.ts';
import { type Addressed, type FieldPath, parseFieldPath, valueAt, writeFieldPath } from '../kubelet/field-path.ts';
import { parseFlags } from '../kubelet/flags.ts';
import type { Layer, Layered } from '../kubelet/layered.ts';
import { isMap } from '../kubelet/merge.ts';
import { reachOf } from '../kubelet/reach.ts';
import { sameValue } from '../kubelet/same-value.ts';
import { valueText, withoutSecrets } from '../kubelet/value-text.ts';
import { observeSettings, type Settings, type Started } from '../node/settings.ts';
import { visible } from '../report/width.ts';
import { kubeletVersion } from '../node/version.ts';

const UNIT = 'kubelet.service';

export async function run(context: Context): Promise<ExitStatus> {
  const { host, request, out } = context;
  const text = request.words[0];
  if (text === undefined || isOn(request, 'all')) return await (await import('./get-all.ts')).run(context);
  const { settings, startedAt } = await readSettings(host, text);
  const { layered } = settings;
  const { path, field } = parseFieldPath(text, layered.fields);
  const paths = field.type.kind === 'object' || field.type.kind === 'map' ? valuesBelow(layered, path) : [];
  if (paths.length > 0) return await (await import('./get-all.ts')).tellSome(context, settings, text, paths);
  const layers = layered.layersOf(path).map((layer) => ({ ...layer, value: withoutSecrets(text, layer.value) }));
  const origin = layers[0];
  const value = origin?.value;
  const running = await runningValue(host, settings, { path, field }, startedAt);
  await out.document({ field: text, value: value ?? null, origin, layers, ...(running === undefined ? {} : { running: running.value ?? null }) });
  if (!out.terminal || out.quiet) {
    out.lines(typeof value === 'string' ? value : valueText(value));
    return EXIT.done;
  }
  const none = text === 'staticPodPath' && (value === undefined || value === '') ? '(none: this kubelet runs no static pods)' : undefined;
  // a file can hold what a terminal would act on; a pipe gets it as it is
  out.lines(none ?? visible(valueText(value)), ...originLines(layers, startedAt, out.style), ...notYet(running, out.style), ...adviceOn(text, layers, out.style));
  return EXIT.done;
}

export interface Read {
  settings: Settings;
  /** Of the kubelet that reads them, '1.37.2'; undefined where there is none to tell. */
  version: string | undefined;
  /** Of the running kubelet. */
  startedAt: Date | undefined;
}

/**
 * By the cgroup and /proc where the kubelet runs, which costs nothing; by systemd where it does not. `name` of the one
 * field that is asked for: of the flags that set others it does not matter where they are written.
 */
export async function readSettings(host: Host, name?: string): Promise<Read> {
  const nowhere: Started = { argv: [], flags: new Map(), flagSource: () => undefined };
  if (!host.live) return { settings: await observeSettings(host, nowhere, undefined), version: undefined, startedAt: undefined };
  const pid = (await host.processes.ofService(UNIT))[0];
  const argv = pid === undefined ? undefined : await host.processes.argv(pid);
  const startedAt = pid === undefined ? undefined : await host.processes.startedAt(pid);
  const service = async (): Promise<Started> => (await import('../node/service.ts')).observeService(host);
  const started = argv === undefined ? await service() : { argv, flags: parseFlags(argv.slice(1)), flagSource: () => undefined };
  const binary = started.argv[0];
  const version = binary?.startsWith('/') === true ? await kubeletVersion(host, binary) : undefined;
  const settings = await observeSettings(host, started, version);
  // Only a flag that sets the field needs the place where it is written, and only then is systemd asked, and the reader of units loaded.
  const top = name?.split(/\W/)[0];
  const placed = settings.layered.flags.some(({ field }) => top === undefined || field.path.split('.')[0] === top);
  if (argv === undefined || !placed) return { settings, version, startedAt };
  return { settings: await observeSettings(host, { ...started, flagSource: (await service()).flagSource }, version), version, startedAt };
}

/** Every value below an object or a map that has one: keys of maps, fields of objects. */
export function valuesBelow(layered: Layered, path: FieldPath): FieldPath[] {
  const { fields } = layered;
  const field = fields.field(path);
  const value = valueAt(layered.value, path);
  if (field?.type.kind === 'map') return isMap(value) ? Object.keys(value).sort().map((key) => [...path, key]) : [];
  if (field?.type.kind !== 'object' || field.type.structure === undefined) return [path];
  return fields.structure(field.type.structure, field.path).flatMap((each) => {
    const below = valuesBelow(layered, [...path, each.name]);
    return below.length === 0 ? [[...path, each.name]] : below;
  });
}

/** What the running kubelet has instead; undefined where it has the same, or cannot be asked. */
async function runningValue(host: Host, settings: Settings, { path, field }: Addressed, startedAt: Date | undefined): Promise<{ value: unknown } | undefined> {
  if (startedAt === undefined) return undefined;
  const { changedSince, configInForce } = await import('../node/in-force.ts');
  if (!(await changedSince(host, settings, startedAt.getTime()))) return undefined;
  const config = await configInForce(host, settings, { ...reachOf(settings.layered), startedAt: startedAt.toISOString() });
  if (config === undefined || sameValue(settings.layered.fields, field, valueAt(config, path), valueAt(settings.layered.value, path))) return undefined;
  return { value: withoutSecrets(writeFieldPath(path), valueAt(config, path)) };
}

type Style = Context['out']['style'];

function originLines(layers: readonly Layer[], startedAt: Date | undefined, style: Style): string[] {
  const [origin, ...others] = layers;
  if (origin === undefined) return [];
  const started = startedAt === undefined ? '' : `, kubelet started at ${startedAt.toTimeString().slice(0, 8)}`;
  const shadowed = others.filter((layer) => layer.set);
  return [style.faint(`  ${place(origin)}${started}`), ...shadowed.map((layer) => `${style.caution(style.signs.look)} ${place(layer)} has ${visible(valueText(layer.value))}, without effect: ${whyNot(layer, origin)}`)];
}

function whyNot(layer: Layer, origin: Layer): string {
  if (origin.layer === 'default') return layer.value === undefined || layer.value === null ? 'null says nothing' : 'the kubelet takes it for left out';
  if (origin.layer === 'flag') return layer.layer === 'file' ? 'flags win over files' : 'flags win over it';
  return origin.layer === 'drop-in' && layer.layer === 'drop-in' ? 'the later drop-in wins' : 'drop-ins win over it';
}

function notYet(running: { value: unknown } | undefined, style: Style): string[] {
  if (running === undefined) return [];
  return [`${style.caution(style.signs.look)} not yet in force: the running kubelet has ${visible(valueText(running.value))}`, `  Restart needed: ${style.typed('systemctl restart kubelet')}`];
}

/** Where something is shadowed, people came to change it: the command that changes the one that counts. */
function adviceOn(field: string, [origin, ...others]: readonly Layer[], style: Style): string[] {
  const shadowed = others.find((layer) => layer.set && layer.value !== undefined && layer.value !== null);
  if (origin === undefined || origin.layer === 'default' || shadowed === undefined) return [];
  return [`  To change the one that counts: ${style.typed(`kcfg set ${field} ${visible(valueText(shadowed.value))}`)}`];
}

export function place(layer: Layer): string {
  const at = layer.file === undefined ? '' : `${layer.file}${layer.line === undefined ? '' : `:${layer.line}`}`;
  if (layer.layer === 'default') return 'by default';
  return layer.layer === 'flag' ? `flag --${layer.flag ?? ''}${at === '' ? '' : `, from ${at}`}` : at;
}
