/**
 * All layers put together as the kubelet does: file, defaults, drop-ins, (from 1.32 on) defaults again, flags
 * (server.go:217-239,428-480@1.37.2). Held to real kubelets by test/harness.
 */
import type { FieldSet } from './fields/field-set.ts';
import type { FlagSetting } from './layered.ts';
import { parseFieldPath, valueAt } from './field-path.ts';
import { type Data, fillDefaults, isMap, mergePatch } from './merge.ts';
import { parseDuration } from './rules/go-duration.ts';

/** One file, as plain data. */
export interface FileLayer {
  kind: 'file' | 'drop-in';
  value: Data;
}

export interface Effective {
  value: Data;
  /** What is written of gates, all layers together. */
  gates: Record<string, boolean>;
}

export function effective(fields: FieldSet, layers: readonly FileLayer[], flags: readonly FlagSetting[]): Effective {
  const minor = Number(fields.minor.split('.')[1]);
  const file = layers.find(({ kind }) => kind === 'file');
  const dropIns = layers.filter(({ kind }) => kind === 'drop-in');
  const base = filled(file?.value ?? {}, fields);
  const written = (layer: FileLayer): Data => (minor === 28 ? filled(layer.value, fields) : renamed(layer.value, minor));
  const nullDeletes = minor >= 32;
  let merged = dropIns.reduce<Data>((sum, layer) => mergePatch(sum, written(layer), nullDeletes) as Data, base);
  if (nullDeletes && dropIns.length > 0) merged = keepingEviction(filled(withoutEmpty(merged), fields), merged);
  const gates = { ...booleans(merged['featureGates']) };
  for (const { name, value } of flags) if (name === 'feature-gates') Object.assign(gates, booleans(value));
  const value = flags.reduce<Data>((sum, setting) => withFlag(sum, setting, fields), unsplit(merged));
  return { value: { ...fixed(value, fields, layers, gates), featureGates: gates }, gates };
}

/** Its default is the file's alone (server.go:472-480@1.37.2). */
function keepingEviction({ evictionHard: _, ...others }: Data, { evictionHard }: Data): Data {
  return evictionHard === undefined ? others : { ...others, evictionHard };
}

/** Of the log's flush, 0 in either way of writing is nothing (component-base logs/api/v1/options.go SetRecommendedLoggingConfiguration). */
function filled(value: Data, fields: FieldSet): Data {
  const result = fillDefaults(value, fields);
  const logging = result['logging'];
  if (!isMap(logging)) return result;
  const flush = logging['flushFrequency'];
  const none = flush === 0 || (typeof flush === 'string' && parseDuration(flush) === 0);
  return none ? { ...result, logging: { ...logging, flushFrequency: '5s' } } : result;
}

/** The flags of these two are registered with false, after the files are read: only they count (logs/api/v1/options.go:373-380@0.37.2). */
function unsplit(value: Data): Data {
  const { logging } = value;
  if (!isMap(logging) || !isMap(logging['options'])) return value;
  const options = Object.fromEntries(Object.entries(logging['options']).map(([format, each]) => [format, isMap(each) ? { ...each, splitStream: false } : each]));
  return { ...value, logging: { ...logging, options } };
}

/** Up to 1.31 a drop-in is read into the internal structure, where this one field has another name. */
function renamed(value: Data, minor: number): Data {
  if (minor >= 32 || !('resolvConf' in value)) return value;
  const { resolvConf: _, ...rest } = value;
  return rest;
}

/** From 1.32 on all goes through JSON once more, which leaves out what is empty (`omitempty`). */
function withoutEmpty(value: Data): Data {
  return Object.fromEntries(Object.entries(value).filter(([, item]) => !(Array.isArray(item) && item.length === 0)));
}

function booleans(value: unknown): Record<string, boolean> {
  if (!isMap(value)) return {};
  return Object.fromEntries(Object.entries(value).flatMap(([key, item]) => (typeof item === 'boolean' ? [[key, item]] : [])));
}

function withFlag(sum: Data, { name, field, value }: FlagSetting, fields: FieldSet): Data {
  // an empty address leaves the one before (component-base config IPVar)
  if (value === undefined || (value === '' && /^(address|healthz-bind-address)$/.test(name))) return sum;
  const { path } = parseFieldPath(field.path, fields);
  const put = (data: unknown, [part, ...rest]: readonly (string | number)[]): unknown =>
    part === undefined ? value : { ...(isMap(data) ? data : {}), [part]: put(isMap(data) ? data[part] : undefined, rest) };
  return put(sum, path) as Data;
}

/** Defaults that hang on gates or on other values (v1beta1/defaults.go:180,318-330@1.37.2). */
function fixed(value: Data, fields: FieldSet, layers: readonly FileLayer[], gates: Record<string, boolean>): Data {
  const on = (name: string): boolean => isOn(fields, gates, name);
  const result = { ...value };
  const written = (path: readonly string[]): boolean => layers.some((layer) => valueAt(layer.value, path) !== undefined);
  if (!on('KubeletEnsureSecretPulledImages') && !written(['imagePullCredentialsVerificationPolicy'])) {
    delete result['imagePullCredentialsVerificationPolicy'];
  } else if (on('KubeletEnsureSecretPulledImages') && !result['imagePullCredentialsVerificationPolicy'] && fields.field(['imagePullCredentialsVerificationPolicy'])) {
    result['imagePullCredentialsVerificationPolicy'] = 'NeverVerifyPreloadedImages';
  }
  if (fields.field(['crashLoopBackOff']) && !written(['crashLoopBackOff', 'maxContainerRestartPeriod'])) {
    result['crashLoopBackOff'] = on('KubeletCrashLoopBackOffMax') ? { maxContainerRestartPeriod: '5m0s' } : {};
  }
  return result;
}

/** As the gates are set, else by AllAlpha and AllBeta, else by default. */
export function isOn(fields: FieldSet, gates: Record<string, boolean>, name: string): boolean {
  const known = fields.gate(name);
  // what says otherwise is an error of its own
  const own = known?.locked ? known.default : gates[name];
  if (own !== undefined) return own;
  const all = known?.stage === 'alpha' ? gates['AllAlpha'] : known?.stage === 'beta' ? gates['AllBeta'] : undefined;
  return all ?? known?.default ?? false;
}
