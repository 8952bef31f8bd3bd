/**
 * Which layer sets `staticPodPath`: flags win over drop-ins, later drop-ins over earlier, these over the file, and
 * all over the default, which is none (kubelet cmd/kubelet/app/server.go:182-267).
 */
import { posix } from 'node:path';
import { KcfgError } from '../errors.ts';
import type { Layer, LayerKind, StaticPodPath } from '../node/observed.ts';
import type { ConfigDocument } from './document.ts';
import type { FlagPlace } from './unit.ts';

const FIELD = 'staticPodPath';
export const FLAG = 'pod-manifest-path';

export interface LayerSources {
  flags: ReadonlyMap<string, string>;
  /** Where a flag is written, by its name without dashes. */
  flagSource: (flag: string) => FlagPlace | undefined;
  /** Absent when the kubelet is started without --config. */
  config: ConfigDocument | undefined;
  /** In the order in which they are merged. */
  dropIns: readonly ConfigDocument[];
  /** Absolute: a relative value in it is read below its directory. */
  configFile: string;
  /**
   * Whether `null` in a drop-in takes the value away, as from 1.32 on (a JSON merge patch); before that it does
   * nothing. Default true.
   */
  nullDeletes?: boolean;
}

/** Throws `unusable-value` where a value is no text: the kubelet does not start with it. */
export function staticPodPathLayers(sources: LayerSources): StaticPodPath {
  const { flags, flagSource, config, dropIns, configFile, nullDeletes = true } = sources;
  const flag = flags.get(FLAG);
  const place = flag === undefined ? undefined : flagSource(FLAG);
  const fromFlag: Layer[] =
    flag === undefined ? [] : [{ layer: 'flag', value: flag, set: true, ...(place && { file: place.file, line: place.line }) }];
  // only the file's own paths are resolved below its directory (configfiles.go:81-98); the flag's and drop-ins' are not
  const directory = posix.dirname(configFile);
  const fromFile = (config ? layerOf('file', config, false) : []).map((layer) => ({
    ...layer,
    value: layer.value === '' || posix.isAbsolute(layer.value) ? layer.value : posix.resolve(directory, layer.value),
  }));
  const fromDropIns = dropIns.flatMap((document) => layerOf('drop-in', document, nullDeletes)).reverse();
  const layers = [...fromFlag, ...fromDropIns, ...fromFile];
  const origin = layers[0] ?? { layer: 'default', value: '', set: false };
  return { value: origin.value, origin, layers: layers.length > 0 ? layers : [origin] };
}

/** What one document says: nothing when the key is absent, nor when it is null and null counts for nothing. */
function layerOf(layer: LayerKind, document: ConfigDocument, nullCounts: boolean): Layer[] {
  const field = document.get(FIELD);
  if (!field || (field.value === null && !nullCounts)) return [];
  if (typeof field.value !== 'string' && field.value !== null) {
    throw new KcfgError('unusable-value', `${FIELD} is not text`, {
      where: [field.where],
      notes: ['the kubelet does not start with this file'],
    });
  }
  return [{ layer, file: document.file, line: field.line, value: field.value ?? '', set: true }];
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
