/**
 * The configuration of a pretend kubelet: flags over drop-ins over the file, judged at start in the real one's words
 * (collected from a 1.37.2 kubelet). What a file says by itself is judged here; all else by kcfg's own rules, which
 * are held to real kubelets (test/harness).
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isMap, parseAllDocuments } from 'yaml';
import { type FieldSet, type FieldType } from '../kubelet/fields/field-set.ts';
import { loadFields } from '../kubelet/fields/load.ts';
import { flagSettings } from '../kubelet/flag-settings.ts';
import { listFlags } from '../kubelet/flags.ts';
import { dropInFiles } from '../kubelet/layers.ts';
import { fillDefaults } from '../kubelet/merge.ts';
import { judge, type Facts, type Files } from '../kubelet/rules/judge.ts';
import { flagValues, unknownFlag } from './flags.ts';
import { findInside } from './inside.ts';

export type Settings = Record<string, unknown>;
export interface Warning {
  message: string;
  rest: string;
}
export interface Verdict {
  settings: Settings;
  /** What it logs and goes on. */
  warnings: Warning[];
  /** What ends it within its first seconds, after it took the configuration. */
  later?: string;
}

/** Of the one version that pretend nodes have. */
const FIELDS: FieldSet = await loadFields('1.37');

/** The kubelet stops: its last line is `"command failed" err="MESSAGE"`. */
export class Refusal extends Error {}

/** `argv` without the program. Throws Refusal. Paths are the node's own; `find` gives the file behind one. */
export function loadSettings(root: string, argv: readonly string[], find = (path: string) => findInside(root, path), facts: Facts = {}): Verdict {
  const unknown = unknownFlag('kubelet', argv);
  if (unknown !== undefined) throw new Refusal(`failed to parse kubelet flag: unknown flag: --${unknown}`);
  const flags = flagValues(argv);
  const warnings: Warning[] = [];
  let settings: Settings = {};
  const files: Files & { dropIns: { file: string; bytes: Uint8Array }[] } = { dropIns: [], flags: flagSettings(FIELDS, listFlags(argv)), facts };
  const file = flags.get('config');
  if (file !== undefined) {
    const failed = `failed to load kubelet config file, path: ${file}, error: failed to load Kubelet config file ${file}, error `;
    const real = find(file);
    if (real === undefined)
      throw new Refusal(`${failed}failed to read kubelet config file "${file}", error: open ${file}: no such file or directory`);
    const text = readFileSync(real, 'utf8');
    if (text === '') throw new Refusal(`${failed}kubelet config file "${file}" was empty`);
    settings = decode(text, failed, warnings);
    files.config = { file, bytes: Buffer.from(text) };
    // apis/config/helpers.go:22: a relative path is the file's neighbour; not so in drop-ins and flags
    if (typeof settings.staticPodPath === 'string' && /^[^/]/.test(settings.staticPodPath)) {
      settings.staticPodPath = join(dirname(file), settings.staticPodPath);
    }
  }
  const dropIns = flags.get('config-dir');
  if (dropIns !== undefined) {
    // a file has its defaults before drop-ins are merged, and the sum again, but for this one (server.go:472-480@1.37.2)
    settings = withDropIns(fillDefaults(settings, FIELDS), dropIns, find, files.dropIns);
    settings = { ...fillDefaults(settings, FIELDS), evictionHard: settings['evictionHard'] };
  } else settings = fillDefaults(settings, FIELDS);
  settings = unsplit(settings);
  for (const { field, value } of files.flags) {
    // gates of the flag are added to the file's; any other map of a flag takes the place of the file's (server.go:428-451@1.37.2)
    if (field.type.kind === 'map' && field.path !== 'featureGates') delete settings[field.path];
    settings = mergePatch(settings, field.path.split('.').reduceRight<unknown>((inner, name) => ({ [name]: inner }), value)) as Settings;
  }
  const errors = judge(FIELDS, files).filter((finding) => finding.severity === 'error');
  const now = errors.find((finding) => finding.when !== 'start');
  if (now !== undefined) {
    throw new Refusal(`failed to validate kubelet configuration, error: invalid configuration: ${now.kubelet ?? now.message}, path: &TypeMeta{Kind:,APIVersion:,}`);
  }
  const later = errors[0];
  return { settings, warnings, ...(later === undefined ? {} : { later: later.kubelet ?? later.message }) };
}

/** Their flags are registered with false after the files are read: in a file they say nothing (logs/api/v1/options.go:373-380@0.37.2). */
function unsplit(settings: Settings): Settings {
  return mergePatch(settings, { logging: { options: { json: { splitStream: false }, text: { splitStream: false } } } }) as Settings;
}

function withDropIns(settings: Settings, directory: string, find: (path: string) => string | undefined, read: { file: string; bytes: Uint8Array }[]): Settings {
  const real = find(directory);
  const failed = 'failed to merge kubelet configs: ';
  if (real === undefined)
    throw new Refusal(
      `${failed}failed to walk through kubelet dropin directory "${directory}": lstat ${directory}: no such file or directory`,
    );
  let merged = settings;
  for (const name of dropInFiles(filesBelow(real))) {
    const path = find(join(directory, name));
    if (path === undefined) continue;
    const text = readFileSync(path, 'utf8');
    read.push({ file: join(directory, name), bytes: Buffer.from(text) });
    merged = mergePatch(
      merged,
      decode(text, `${failed}failed to load kubelet dropin file, path: ${join(directory, name)}, error: `),
    ) as Settings;
  }
  return merged;
}

/** Sub-directories too, but no links: as filepath.WalkDir. */
function filesBelow(directory: string, prefix = ''): string[] {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? filesBelow(join(directory, entry.name), `${prefix}${entry.name}/`) : [prefix + entry.name],
  );
}

/** RFC 7386. */
function mergePatch(target: unknown, patch: unknown): unknown {
  if (patch === null || typeof patch !== 'object' || Array.isArray(patch)) return patch;
  const result: Settings = target !== null && typeof target === 'object' && !Array.isArray(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else result[key] = mergePatch(result[key], value);
  }
  return result;
}

/** Strict, then lenient with a warning; drop-ins (no `warnings`) are strict about duplicates only. */
function decode(text: string, failed: string, warnings?: Warning[]): Settings {
  const [document] = parseAllDocuments(text, { version: '1.1', uniqueKeys: false, logLevel: 'silent' });
  if (document === undefined || !('errors' in document)) throw new Refusal(`${failed}failed to decode: EOF`);
  const problem = document.errors[0];
  if (problem !== undefined)
    throw new Refusal(
      `${failed}failed to decode: yaml: line ${problem.linePos?.[0].line ?? 1}: ${problem.message.split(' at line')[0]}`,
    );
  const value = document.toJS() as unknown;
  if (value === null || typeof value !== 'object' || Array.isArray(value))
    throw new Refusal(`${failed}failed to decode: json: cannot unmarshal into Go value of type v1beta1.KubeletConfiguration`);
  const settings = value as Settings;
  if (settings.kind !== 'KubeletConfiguration')
    throw new Refusal(`${failed}failed to decode: Object 'Kind' is missing in '${JSON.stringify(settings)}'`);
  const strict = repeatedKeys(document.contents);
  if (warnings === undefined && strict.length > 0) throw new Refusal(`${failed}failed to decode: ${strict.join(', ')}`);
  for (const [name, found] of Object.entries(settings)) {
    const field = FIELDS.field([name]);
    const type = name === 'kind' || name === 'apiVersion' ? STRING : field?.type;
    if (type === undefined) strict.push(`unknown field "${name}"`);
    else if (found !== null && !fits(found, type)) {
      throw new Refusal(
        `${failed}failed to decode: json: cannot unmarshal ${kindOf(found)} into Go struct field KubeletConfiguration.${name} of type ${type.go.replace(/^\*/, '')}`,
      );
    }
  }
  if (strict.length > 0) {
    const rest = `err=${JSON.stringify(`strict decoding error: ${strict.join(', ')}`)}`;
    warnings?.push({ message: 'Using lenient decoding as strict decoding failed', rest });
  }
  return settings;
}

function repeatedKeys(contents: unknown): string[] {
  const keys = isMap(contents) ? contents.items.map(({ key }) => String(key)) : [];
  return keys.filter((key, i) => keys.indexOf(key) !== i).map((key) => `key "${key}" already set in map`);
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}

const STRING: FieldType = { kind: 'string', go: 'string' };

function fits(value: unknown, type: FieldType): boolean {
  switch (type.kind) {
    case 'bool':
      return typeof value === 'boolean';
    case 'string':
      return typeof value === 'string';
    case 'duration':
      return typeof value === 'string' && /^(0|-?([\d.]+(ns|us|µs|ms|s|m|h))+)$/.test(value);
    case 'list':
      return Array.isArray(value);
    case 'map':
    case 'object':
      return typeof value === 'object' && !Array.isArray(value);
    case 'integer':
      return Number.isInteger(value);
    default:
      return typeof value === 'number' || typeof value === 'string';
  }
}
