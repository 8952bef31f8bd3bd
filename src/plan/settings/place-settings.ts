/**
 * Where each wanted value is written: in the layer that wins (a drop-in, a flag in an environment file, else the
 * file), or in kcfg's own drop-in where that is asked for. The result is read back, layer upon layer: a value that
 * would have no effect is refused by make-settings-plan.ts, and what shadows it is named.
 */
import { KcfgError, type Where } from '../../errors.ts';
import { editDocument } from '../../kubelet/document.ts';
import { applyEdits } from '../../kubelet/edits.ts';
import { editFlag } from '../../kubelet/environment-edit.ts';
import { flagText } from '../../kubelet/flag-values.ts';
import { type FieldPath, valueAt } from '../../kubelet/field-path.ts';
import type { Layer } from '../../kubelet/layered.ts';
import { isMap } from '../../kubelet/merge.ts';
import { sameValue } from '../../kubelet/same-value.ts';
import { isUnitText } from '../../kubelet/unit.ts';
import type { SettingsTarget, Wish } from '../../node/target.ts';
import { need } from '../copy-manifests.ts';
import type { Edit } from '../step.ts';
import type { SettingsInput } from './settings-input.ts';
import { openDropIn, type OwnDropIn } from './own-drop-in.ts';

export interface FileChange {
  path: string;
  /** Absent: the file is made. */
  before?: Uint8Array;
  edits: Edit[];
  after: Buffer;
  /** Of the fields in it that change: 'maxPods'. Empty where no setting of the kubelet is in it. */
  fields: string[];
  /** It is taken away: a change that is undone had made it. */
  gone?: true;
}

/** What is done to one document, or to one flag. */
interface Place {
  file: string;
  field: string;
  change?: { path: FieldPath; value?: unknown };
  flag?: { name: string; line: number; text: string | undefined };
}

export interface Placed {
  /** In the order in which they are written. */
  files: FileChange[];
  /** A directory that is made before. */
  makes?: string;
}

/** Files as a person edited them, or as they were before the change that is gone back from. */
export function asGiven(sources: ReadonlyMap<string, Uint8Array>, files: NonNullable<SettingsTarget['files']>): FileChange[] {
  return files.map(({ path, edits, gone, field }) => {
    const before = need(sources, path);
    return { path, before, edits: [...edits], after: applyEdits(before, edits), fields: field === undefined || field === '' ? [] : [field], ...(gone && { gone }) };
  });
}

/** Throws `shadowed-by-flag` where a flag cannot be edited, `unusable-value` where the text has no place for the value. */
export function placeSettings(input: SettingsInput): Placed {
  const own = input.target.layer === 'drop-in' ? openDropIn(input) : undefined;
  const flags = new Map(input.layered.flags.map((flag) => [flag.name, flag.value]));
  const places = input.target.wishes.flatMap((wish) => (own ? [inDropIn(input, wish, own)] : placesOf(input, wish, flags)));
  const files = [...new Set(places.map((place) => place.file))].flatMap((path) => fileChange(input, path, places, own));
  return { files: [...files, ...(own?.enable ?? [])], ...(own?.makes === undefined ? {} : { makes: own.makes }) };
}

function fileChange(input: SettingsInput, path: string, all: readonly Place[], own: OwnDropIn | undefined): FileChange[] {
  const places = all.filter((place) => place.file === path);
  const fields = places.map((place) => place.field);
  if (own?.fresh && own.document.file === path) {
    const head = own.document.yaml.source.bytes;
    const after = applyEdits(head, editDocument(own.document, places.flatMap((place) => place.change ?? [])));
    return [{ path, edits: [{ offset: 0, remove: 0, insert: after.toString('utf8') }], after, fields }];
  }
  const before = need(input.sources, path);
  const document = input.documents.get(path);
  if (document === undefined) return [environmentChange(path, before, places, fields)];
  const edits = editDocument(document, places.flatMap((place) => place.change ?? []));
  return edits.length === 0 ? [] : [{ path, before, edits, after: applyEdits(before, edits), fields }];
}

function environmentChange(path: string, before: Uint8Array, places: Place[], fields: string[]): FileChange {
  let bytes: Buffer = Buffer.from(before);
  for (const { flag } of places) {
    if (flag !== undefined) bytes = applyEdits(bytes, editFlag(path, bytes, flag.line, flag.name, flag.text));
  }
  return { path, before, edits: oneEdit(Buffer.from(before), bytes), after: bytes, fields };
}

/** The edit between the first and the last byte that differ. */
export function oneEdit(before: Buffer, after: Buffer): Edit[] {
  if (before.equals(after)) return [];
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start++;
  let tail = 0;
  while (tail < Math.min(before.length, after.length) - start && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail++;
  // an edit holds text: it begins and ends between characters
  while (start > 0 && isInside(before, start)) start--;
  while (tail > 0 && isInside(before, before.length - tail)) tail--;
  return [{ offset: start, remove: before.length - tail - start, insert: after.subarray(start, after.length - tail).toString('utf8') }];
}

/** A byte that goes on a character of UTF-8. */
function isInside(bytes: Buffer, at: number): boolean {
  return ((bytes[at] ?? 0) & 0xc0) === 0x80;
}

function inDropIn(input: SettingsInput, { field, path, value }: Wish, own: OwnDropIn): Place {
  const flag = input.layered.layersOf(path).find((layer) => layer.layer === 'flag');
  if (flag !== undefined) throw shadowed(input, field, flag);
  return { file: own.document.file, field, change: { path, value: wholeMap(input, path, value, own.document.file) ?? null } };
}

function placesOf(input: SettingsInput, wish: Wish, flags: Map<string, unknown>): Place[] {
  const set = input.layered.layersOf(wish.path).filter((layer) => layer.set);
  const { field, path, value } = wish;
  const winner = set[0];
  const layers = value === undefined ? set : winner === undefined ? [] : [winner];
  // 60s is 1m: what says the same stays as it is written
  if (value !== undefined && winner?.value !== undefined && saysSame(input, wish, winner.value)) return [];
  if (value !== undefined && winner === undefined) return [{ file: input.observed.kubelet.configFile, field, change: { path, value } }];
  return layers.map((layer): Place => {
    if (layer.layer === 'flag') return inFlag(input, wish, layer, flags);
    const written = layer.layer === 'drop-in' ? wholeMap(input, path, value, layer.file) : value;
    return { file: layer.file ?? '', field, change: value === undefined ? { path } : { path, value: written } };
  });
}

/** A drop-in adds to the maps below it: keys that are not wanted are taken out by null (from 1.32 on; before, nothing can). */
function wholeMap({ layered }: SettingsInput, path: FieldPath, value: unknown, file: string | undefined): unknown {
  const field = layered.fields.field(path);
  if (!isMap(value) || field?.type.kind !== 'map') return value;
  const usual = isMap(field.default) ? field.default : {};
  const present = valueAt(layered.value, path);
  const others = isMap(present) ? Object.keys(present).filter((key) => !Object.hasOwn(value, key)) : [];
  const below = others.filter((key) => Object.hasOwn(usual, key) || layered.layersOf([...path, key]).some((layer) => layer.file !== file));
  return below.length === 0 ? value : { ...value, ...Object.fromEntries(below.map((key) => [key, null])) };
}

function saysSame({ layered: { fields } }: SettingsInput, { path, value }: Wish, written: unknown): boolean {
  const field = fields.field(path);
  return field !== undefined && typeof written === typeof value && sameValue(fields, field, written, value);
}

/** Of a flag with a map the other keys stay. `flags` has the values as the wishes before left them. */
function inFlag(input: SettingsInput, { field, path, value }: Wish, layer: Layer, flags: Map<string, unknown>): Place {
  const setting = input.layered.flags.find((each) => each.name === layer.flag);
  if (setting === undefined || !isEnvironment(input, layer) || layer.file === undefined || layer.line === undefined) throw shadowed(input, field, layer);
  const [key] = path.slice(setting.field.path.split('.').length);
  let whole = value;
  if (key !== undefined) {
    const all = flags.get(setting.name) as Record<string, unknown>;
    const { [key]: _, ...others } = all;
    whole = value === undefined ? (Object.keys(others).length === 0 ? undefined : others) : { ...all, [key]: value };
  }
  flags.set(setting.name, whole ?? {});
  const text = whole === undefined ? undefined : flagText(setting.name, setting.field, whole);
  if (whole !== undefined && text === undefined) throw shadowed(input, field, layer);
  return { file: layer.file, field, flag: { name: setting.name, line: layer.line, text } };
}

function shadowed(input: SettingsInput, field: string, layer: Layer): KcfgError {
  const where: Where[] = layer.file === undefined ? [] : [{ file: layer.file, ...(layer.line !== undefined && { line: layer.line }) }];
  const inUnit = input.unit.some((source) => source.file === layer.file && isUnitText(source));
  const byHand = ['take the flag out there; then:', ...(inUnit ? ['  systemctl daemon-reload'] : []), '  systemctl restart kubelet', 'and run this again'];
  return new KcfgError('shadowed-by-flag', `--${layer.flag ?? ''} wins over every file`, {
    where,
    notes: [`the kubelet is started with it, and ${field} in a file has no effect`],
    help: isEnvironment(input, layer) ? ['take the flag out first, and run this again:', `  kcfg unset ${field}`] : byHand,
  });
}

/** Written where kcfg edits flags. */
function isEnvironment({ unit }: SettingsInput, { file, line }: Layer): boolean {
  return line !== undefined && unit.some((source) => source.file === file && !isUnitText(source));
}
