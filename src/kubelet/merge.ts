/** Putting layers of a configuration together, and filling in what is left out, as the kubelet does. Plain data in, plain data out. */
import { posix } from 'node:path';
import type { Field, FieldSet } from './fields/field-set.ts';

export type Data = Record<string, unknown>;

export function isMap(value: unknown): value is Data {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** RFC 7386: maps merge by key, lists give way, null deletes (or, up to 1.31, does nothing). */
export function mergePatch(target: unknown, patch: unknown, nullDeletes: boolean): unknown {
  if (!isMap(patch)) return patch;
  const result: Data = isMap(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value !== null) result[key] = mergePatch(result[key], value, nullDeletes);
    else if (nullDeletes) delete result[key];
  }
  return result;
}

/** Paths of the file itself are read below its directory when they are relative (apis/config/helpers.go:22-31). */
const PATHS = [
  ...[['staticPodPath'], ['authentication', 'x509', 'clientCAFile'], ['tlsCertFile'], ['tlsPrivateKeyFile']],
  ...[['resolvConf'], ['volumePluginDir'], ['podLogsDir']],
];

export function resolvePaths(data: Data, directory: string): Data {
  return PATHS.reduce((result, path) => resolveAt(result, path, directory), data);
}

function resolveAt(data: Data, [name = '', ...rest]: readonly string[], directory: string): Data {
  const value = data[name];
  if (rest.length > 0) return isMap(value) ? { ...data, [name]: resolveAt(value, rest, directory) } : data;
  if (typeof value !== 'string' || value === '' || posix.isAbsolute(value)) return data;
  return { ...data, [name]: posix.resolve(directory, value) };
}

/** The same with the defaults of this version in every place that is empty. */
export function fillDefaults(data: Data, fields: FieldSet): Data {
  return fillFields(data, fields.top, data, fields);
}

function fillFields(data: Data, known: readonly Field[], whole: Data, fields: FieldSet): Data {
  const result = { ...data };
  for (const field of known) {
    const value = result[field.name];
    const structure = field.type.kind === 'object' ? field.type.structure : undefined;
    if (structure !== undefined) {
      const filled = isMap(value) || value === undefined || value === null ? fillFields(isMap(value) ? value : {}, fields.structure(structure, field.path), whole, fields) : value;
      if (!isMap(filled) || Object.keys(filled).length > 0 || value !== undefined) result[field.name] = filled;
    } else if (isUnset(field, value)) {
      const filled = defaultOf(field, whole);
      if (filled !== undefined) result[field.name] = filled;
    }
  }
  return result;
}

/** To the kubelet a value that is the zero of a field without pointer is one that was left out (v1beta1/defaults.go). */
export function isUnset(field: Field, value: unknown): boolean {
  if (value === undefined || value === null) return true;
  if (field.default === undefined || field.type.go.startsWith('*')) return false;
  switch (field.type.kind) {
    case 'list':
    case 'map':
    case 'object':
      return false;
    case 'duration':
      return typeof value === 'string' && /^[-+]?(0+(\.0*)?(ns|us|µs|μs|ms|s|m|h)?)+$/.test(value);
    default:
      return value === 0 || value === '' || value === false;
  }
}

/** Of three fields the default follows others (v1beta1/defaults.go, NodeStatusReportFrequency, SerializeImagePulls, PodPidsLimit). */
export function defaultOf(field: Field, whole: Data): unknown {
  const { nodeStatusUpdateFrequency: update, maxParallelImagePulls: pulls } = whole;
  if (field.path === 'nodeStatusReportFrequency' && typeof update === 'string' && !/^0+m?s$/.test(update)) return update;
  if (field.path === 'serializeImagePulls' && typeof pulls === 'number') return pulls < 2;
  return field.default;
}
