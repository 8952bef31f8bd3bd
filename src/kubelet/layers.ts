/**
 * Which layer sets a value: flags win over drop-ins, later drop-ins over earlier, these over the file, and all over
 * the defaults (kubelet cmd/kubelet/app/server.go:182-267).
 */
import { posix } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Where } from '../errors.ts';
import type { ConfigDocument } from './document.ts';
import { effective } from './effective.ts';
import { type FieldPath, valueAt } from './field-path.ts';
import type { Field, FieldSet } from './fields/field-set.ts';
import { flagSettings } from './flag-settings.ts';
import type { Flag } from './flags.ts';
import type { FlagSetting, Layer, Layered } from './layered.ts';
import { type Data, isUnset, resolvePaths } from './merge.ts';
import type { FlagPlace } from './unit.ts';

export interface LayerSources {
  fields: FieldSet;
  /** Of the running kubelet, or of what its unit would run. */
  flags: readonly Flag[];
  /** Where a flag is written, by its name without dashes. */
  flagSource: (flag: string) => FlagPlace | undefined;
  /** Absent when the kubelet is started without --config. */
  config: ConfigDocument | undefined;
  /** In the order in which they are merged. */
  dropIns: readonly ConfigDocument[];
  /** Absolute: relative paths in it are read below its directory. */
  configFile: string;
}

export function layerConfig(sources: LayerSources): Layered {
  const { fields, config, dropIns, configFile } = sources;
  // up to 1.31 a drop-in is merged into the Go structure, where null does nothing; from 1.32 on it is a JSON merge patch
  const nullDeletes = Number(fields.minor.split('.')[1]) >= 32;
  const flags = flagSettings(fields, sources.flags, sources.flagSource);
  const base = resolvePaths(config?.value ?? {}, posix.dirname(configFile));
  let value: Data | undefined;
  const layered: Layered = {
    ...{ fields, config, dropIns, flags },
    get value() {
      const file = { kind: 'file' as const, value: base };
      value ??= withoutEmptyGates(effective(fields, [file, ...dropIns.map((document) => ({ kind: 'drop-in' as const, value: document.value }))], flags).value);
      return value;
    },
    layersOf(path) {
      const found: Layer[] = flags.flatMap((flag) => flagLayer(flag, path));
      for (const document of [...dropIns].reverse()) found.push(...documentLayer('drop-in', document, document.value, path, nullDeletes));
      if (config) found.push(...documentLayer('file', config, base, path, false));
      return withDefault(found, fields.field(path), () => valueAt(layered.value, path));
    },
    whereOf(path) {
      const winner = layered.layersOf(path)[0];
      if (winner?.layer === 'flag') return placeOf(winner);
      const document = [config, ...dropIns].find((each) => winner !== undefined && each?.file === winner.file);
      return document?.get(path)?.where;
    },
  };
  return layered;
}

function withoutEmptyGates({ featureGates, ...others }: Data): Data {
  return Object.keys(featureGates ?? {}).length === 0 ? others : { ...others, featureGates };
}

function placeOf({ file, line }: Layer): Where | undefined {
  return file === undefined ? undefined : { file, ...(line !== undefined && { line }) };
}

function flagLayer(flag: FlagSetting, path: FieldPath): Layer[] {
  const own = flag.field.path.split('.');
  if (!own.every((name, i) => path[i] === name)) return [];
  const value = valueAt(flag.value, path.slice(own.length));
  // --feature-gates is silent on gates that it does not name; any other map is there whole, or not at all
  if (value === undefined && flag.field.path === 'featureGates') return [];
  const { name, file, line } = flag;
  return [{ layer: 'flag', flag: name, value, set: true, ...(file !== undefined && { file }), ...(line !== undefined && { line }) }];
}

/**
 * What one document says: nothing when the key is absent, nor when it is null and null counts for nothing. A null, a
 * list or a scalar on the way takes away what lower layers have below it.
 */
function documentLayer(layer: 'file' | 'drop-in', document: ConfigDocument, data: Data, path: FieldPath, nullCounts: boolean): Layer[] {
  let at: unknown = data;
  for (const [depth, part] of path.entries()) {
    if (at === null || typeof at !== 'object' || !Object.hasOwn(at, part)) {
      const replaced = depth > 0 && (Array.isArray(at) || typeof at !== 'object');
      return replaced ? [{ layer, file: document.file, value: undefined, set: true }] : [];
    }
    at = (at as Record<string | number, unknown>)[part];
    if (at === null && !nullCounts) return [];
    if (at === null) break;
  }
  const line = document.get(path)?.line;
  return [{ layer, file: document.file, ...(line !== undefined && { line }), value: at ?? undefined, set: true }];
}

/** A zero that the kubelet takes for "left out" is no value: what it fills in stands in front of it. */
function withDefault(found: Layer[], field: Field | undefined, sum: () => unknown): Layer[] {
  const winner = found[0];
  if (winner === undefined || (field && winner.layer !== 'flag' && isUnset(field, winner.value))) {
    const value = sum();
    if (winner === undefined || !isDeepStrictEqual(value, winner.value)) return [{ layer: 'default', value, set: false }, ...found];
  }
  return field?.default === undefined ? found : [...found, { layer: 'default', value: field.default, set: false }];
}

/**
 * The files of a drop-in directory that the kubelet reads, in the order in which it merges them: those that end in
 * `.conf`. Names may hold directories below (`10-a/x.conf`), which it reads too.
 */
export function dropInFiles(names: readonly string[]): string[] {
  return names.filter((name) => name.endsWith('.conf')).sort(byPart);
}

/** As filepath.WalkDir goes: name by name at each level, in byte order. */
function byPart(a: string, b: string): number {
  const [left, right] = [a.split('/'), b.split('/')];
  const at = left.findIndex((part, index) => part !== right[index]);
  if (at < 0) return left.length - right.length;
  return Buffer.compare(Buffer.from(left[at] ?? ''), Buffer.from(right[at] ?? ''));
}
